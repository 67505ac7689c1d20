namespace KioskFleet.Agent.Hosting;

/// <summary>What hosting logs: 1500 to 1599.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1500, LogLevel.Error, "Retention failed; it is tried again in an hour")]
    public static partial void RetentionFailed(ILogger logger, Exception exception);
}
