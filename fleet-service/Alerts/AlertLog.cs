namespace KioskFleet.Service.Alerts;

/// <summary>Log messages of Alerts: event ids 4700–4749.</summary>
internal static partial class AlertLog
{
    [LoggerMessage(4700, LogLevel.Information, "{Opened} alerts opened, {Closed} closed")]
    public static partial void Checked(ILogger log, int opened, int closed);

    [LoggerMessage(4701, LogLevel.Error, "A check of the cabinets failed; the next is made all the same")]
    public static partial void CheckFailed(ILogger log, Exception error);

    [LoggerMessage(4702, LogLevel.Warning, "Message {MessageId} was not taken by {Channel}: {Why}")]
    public static partial void NotTaken(ILogger log, string messageId, string channel, string why);

    [LoggerMessage(4703, LogLevel.Error, "Message {MessageId} is given up: {Channel} did not take it {Attempts} times")]
    public static partial void Dead(ILogger log, string messageId, string channel, int attempts);

    [LoggerMessage(4704, LogLevel.Error, "Telling alerts failed; it is tried again")]
    public static partial void TellingFailed(ILogger log, Exception error);

    [LoggerMessage(4705, LogLevel.Error, "Cabinet {Cabinet} could not be judged; its alerts stay as they are")]
    public static partial void CabinetFailed(ILogger log, Exception error, string cabinet);

    [LoggerMessage(4706, LogLevel.Error, "What became of alert {AlertId} could not be put into words; nobody is told")]
    public static partial void NoticeFailed(ILogger log, Exception error, long alertId);

    [LoggerMessage(4707, LogLevel.Error, "Channel {Channel} failed with message {MessageId}; it is tried again")]
    public static partial void ChannelFailed(ILogger log, Exception error, string channel, string messageId);
}
