namespace KioskFleet.Service.Series;

/// <summary>Log messages of Series: event ids 2700–2799.</summary>
internal static partial class SeriesLog
{
    [LoggerMessage(2700, LogLevel.Warning, "The time-series server refused position {Position} with {Status}: {Words}")]
    public static partial void Refused(ILogger log, long position, int status, string words);

    [LoggerMessage(2701, LogLevel.Warning, "The time-series server cannot be used now: {Words}")]
    public static partial void Unavailable(ILogger log, string words);

    [LoggerMessage(2702, LogLevel.Error, "Writing time series failed; it is tried again")]
    public static partial void Failed(ILogger log, Exception error);

    [LoggerMessage(2703, LogLevel.Warning,
        "The time-series server refused {Lines} gauges, the first of them with {Status}: {Words}")]
    public static partial void GaugesRefused(ILogger log, int lines, int status, string words);
}
