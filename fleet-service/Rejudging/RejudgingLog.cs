namespace KioskFleet.Service.Rejudging;

/// <summary>The log messages of re-judging, 4000–4049.</summary>
internal static partial class RejudgingLog
{
    /// <summary>A pass begins.</summary>
    [LoggerMessage(4000, LogLevel.Information,
        "Re-judging by catalogue versions {First} to {Last}, through ledger position {Through}.")]
    public static partial void PassBegins(ILogger log, long first, long last, long through);

    /// <summary>A pass is done.</summary>
    [LoggerMessage(4001, LogLevel.Information,
        "Re-judged by catalogue versions {First} to {Last}: {Changed} sales changed.")]
    public static partial void PassEnds(ILogger log, long first, long last, long changed);

    /// <summary>A pass failed.</summary>
    [LoggerMessage(4002, LogLevel.Error, "Re-judging stopped; it goes on where it was in half a minute.")]
    public static partial void Failed(ILogger log, Exception error);
}
