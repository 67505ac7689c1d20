namespace KioskFleet.Agent.LocalApi;

/// <summary>What the local API logs: 1100 to 1199.</summary>
internal static partial class LocalApiLog
{
    [LoggerMessage(1100, LogLevel.Information, "The local API listens on {Address}")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(1101, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(1102, LogLevel.Debug, "The caller of {Path} went away")]
    public static partial void CallerGone(ILogger logger, string path);
}
