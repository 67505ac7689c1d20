using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Agent.Uplink;

/// <summary>What the uplink logs: 1200 to 1299.</summary>
internal static partial class UplinkLog
{
    [LoggerMessage(1200, LogLevel.Information, "Connected as {Target}")]
    public static partial void Connected(ILogger logger, UplinkTarget target);

    [LoggerMessage(1201, LogLevel.Warning, "Not connected ({Reason}); trying again in {WaitMs} ms")]
    public static partial void NotConnected(ILogger logger, string reason, long waitMs);

    [LoggerMessage(1202, LogLevel.Warning, "The link ended: {Reason}")]
    public static partial void LinkEnded(ILogger logger, string reason);

    [LoggerMessage(1203, LogLevel.Warning,
        "Watchdog: connected, {Backlog} entries wait and nothing was committed; the link is made anew")]
    public static partial void WatchdogTripped(ILogger logger, long backlog);

    [LoggerMessage(1204, LogLevel.Warning, "Message of journal {Journal} refused: {Refusal} {Detail}")]
    public static partial void Refused(ILogger logger, JournalId journal, Refusal refusal, string detail);

    [LoggerMessage(1205, LogLevel.Error, "Journal {Journal} is damaged and gets a successor")]
    public static partial void Damaged(ILogger logger, Exception exception, JournalId journal);

    [LoggerMessage(1206, LogLevel.Error, "Closed journal {Journal} is damaged and left alone until the next start")]
    public static partial void ClosedDamaged(ILogger logger, Exception exception, JournalId journal);

    [LoggerMessage(1207, LogLevel.Error, "Sending journal {Journal} failed; trying again in {WaitMs} ms")]
    public static partial void StepFailed(ILogger logger, Exception exception, JournalId journal, long waitMs);

    [LoggerMessage(1208, LogLevel.Warning, "Journal {Ended} ended ({Reason}); {Successor} goes on")]
    public static partial void Succeeded(ILogger logger, JournalId ended, SuccessionReason reason, JournalId successor);

    [LoggerMessage(1209, LogLevel.Information, "The service's clock is {OffsetMs} ms ahead of this cabinet's")]
    public static partial void ClockObserved(ILogger logger, long offsetMs);

    [LoggerMessage(1210, LogLevel.Debug, "A payload on {Lane} that is no receipt was left alone: {Bytes} bytes")]
    public static partial void PayloadLeftAlone(ILogger logger, Protocol.Topics.Lane lane, int bytes);

    [LoggerMessage(1211, LogLevel.Debug, "Committed up to {Head} of journal {Journal}")]
    public static partial void Committed(ILogger logger, Head head, JournalId journal);

    [LoggerMessage(1212, LogLevel.Warning,
        "Journal {Journal} declares a gap behind {ServiceHead}: older entries are no longer on this cabinet")]
    public static partial void GapDeclared(ILogger logger, JournalId journal, Head serviceHead);

    [LoggerMessage(1213, LogLevel.Error, "The uplink failed unexpectedly; it goes on after a back-off")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(1214, LogLevel.Warning, "The identity cannot be read: {Reason}")]
    public static partial void IdentityUnreadable(ILogger logger, string reason);

    [LoggerMessage(1215, LogLevel.Warning, "The number of the new session cannot be kept: {Reason}")]
    public static partial void SessionNotKept(ILogger logger, string reason);

    [LoggerMessage(1216, LogLevel.Warning, "A message of journal {Journal} was put off: {Reason}")]
    public static partial void PutOff(ILogger logger, JournalId journal, string reason);

    [LoggerMessage(1217, LogLevel.Warning,
        "The broker does not take this cabinet's presence ({Reason}); the service sees it by its messages only")]
    public static partial void PresenceRefused(ILogger logger, string reason);
}
