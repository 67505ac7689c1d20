namespace KioskFleet.Service.Ingest;

/// <summary>The log messages of ingest, 2100–2199.</summary>
internal static partial class IngestLog
{
    /// <summary>A receipt could not be handed over.</summary>
    [LoggerMessage(2100, LogLevel.Warning, "The receipt for cabinet {Cabinet} was not sent; the agent will ask again.")]
    public static partial void ReceiptNotSent(ILogger log, string cabinet, Exception error);

    /// <summary>A message was refused.</summary>
    [LoggerMessage(2101, LogLevel.Warning, "Refused a {Lane} of cabinet {Cabinet}: {Refusal} ({Detail}).")]
    public static partial void Refused(ILogger log, string lane, string cabinet, string refusal, string detail);

    /// <summary>A group could not be committed.</summary>
    [LoggerMessage(2102, LogLevel.Error,
        "A group of {Messages} messages could not be committed; the agents keep them and send again.")]
    public static partial void CommitFailed(ILogger log, int messages, Exception error);

    /// <summary>Nobody knows whether a commit happened.</summary>
    [LoggerMessage(2103, LogLevel.Error,
        "The outcome of committing {Messages} messages is unknown; no receipts are sent, the agents will ask again.")]
    public static partial void CommitUnknown(ILogger log, int messages, Exception error);

    /// <summary>Entries were kept apart.</summary>
    [LoggerMessage(2104, LogLevel.Warning, "Quarantined {Count} entries of cabinet {Cabinet}.")]
    public static partial void Quarantined(ILogger log, int count, string cabinet);

    /// <summary>A checking thread met a bug.</summary>
    [LoggerMessage(2105, LogLevel.Error, "A message of cabinet {Cabinet} could not be checked.")]
    public static partial void CheckFailed(ILogger log, string cabinet, Exception error);

    /// <summary>Ingest began.</summary>
    [LoggerMessage(2106, LogLevel.Information, "Ingest takes batches with {Verifiers} checking threads.")]
    public static partial void Started(ILogger log, int verifiers);
}
