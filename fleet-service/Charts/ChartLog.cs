namespace KioskFleet.Service.Charts;

/// <summary>Log messages of Charts: event ids 4400–4449.</summary>
internal static partial class ChartLog
{
    [LoggerMessage(4400, LogLevel.Information, "The sums for charts are made anew: the ledger was restored")]
    public static partial void Begun(ILogger log);

    [LoggerMessage(4401, LogLevel.Error, "Summing for charts failed; it is tried again")]
    public static partial void Failed(ILogger log, Exception error);
}
