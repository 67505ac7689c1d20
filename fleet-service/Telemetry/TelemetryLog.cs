namespace KioskFleet.Service.Telemetry;

/// <summary>Log messages of Telemetry: event ids 4650–4699.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(4650, LogLevel.Debug, "Telemetry of {Cabinet} cannot be read: {Problem}")]
    public static partial void Unreadable(ILogger log, string cabinet, string problem);

    [LoggerMessage(4651, LogLevel.Error, "Writing telemetry failed; {Messages} messages are lost, the next are taken")]
    public static partial void Failed(ILogger log, Exception error, int messages);

    [LoggerMessage(4652, LogLevel.Error, "Forgetting old telemetry failed; it is tried again")]
    public static partial void ForgettingFailed(ILogger log, Exception error);

    [LoggerMessage(4653, LogLevel.Error, "Taking telemetry failed; the next is taken all the same")]
    public static partial void StepFailed(ILogger log, Exception error);
}
