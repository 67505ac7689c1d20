namespace KioskFleet.Service.Ledger;

/// <summary>The log messages of the ledger, 2200–2299.</summary>
internal static partial class LedgerLog
{
    /// <summary>The proof held.</summary>
    [LoggerMessage(2200, LogLevel.Information, "The ledger proof holds: {Entries} entries of {Journals} journals.")]
    public static partial void Proven(ILogger log, long entries, long journals);

    /// <summary>The proof found something.</summary>
    [LoggerMessage(2201, LogLevel.Critical,
        "The ledger proof failed with {Problems} problems; the first is {Subject}: {Detail}.")]
    public static partial void NotProven(ILogger log, long problems, string subject, string detail);

    /// <summary>The proof could not run.</summary>
    [LoggerMessage(2202, LogLevel.Error, "The ledger proof could not run; it runs again at its next time.")]
    public static partial void ProofFailedToRun(ILogger log, Exception error);
}
