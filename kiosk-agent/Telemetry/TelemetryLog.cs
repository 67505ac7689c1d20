namespace KioskFleet.Agent.Telemetry;

/// <summary>What telemetry logs: 4600 to 4649.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(4600, LogLevel.Warning, "The telemetry source {Source} cannot be read: {Why}")]
    public static partial void SourceFailed(ILogger logger, string source, string why);

    [LoggerMessage(4601, LogLevel.Warning,
        "The disk is nearly full: {Path} was given up; telemetry is only sent, not kept, until there is room")]
    public static partial void Shed(ILogger logger, string path);

    [LoggerMessage(4602, LogLevel.Warning, "{Path} failed and is begun anew; telemetry that waited is gone")]
    public static partial void StoreFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(4603, LogLevel.Error, "A turn of the telemetry lane failed; it goes on")]
    public static partial void TurnFailed(ILogger logger, Exception exception);

    [LoggerMessage(4604, LogLevel.Error, "What the agent knows by itself cannot be told; what sources tell goes on")]
    public static partial void OwnFactsFailed(ILogger logger, Exception exception);
}
