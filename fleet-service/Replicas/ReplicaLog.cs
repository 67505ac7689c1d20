namespace KioskFleet.Service.Replicas;

/// <summary>Log messages of Replicas: event ids 4800–4849.</summary>
internal static partial class ReplicaLog
{
    [LoggerMessage(4800, LogLevel.Information, "This service does {Work} from now on")]
    public static partial void WorkTaken(ILogger log, string work);

    [LoggerMessage(4801, LogLevel.Warning, "{Work} has gone to another service")]
    public static partial void WorkGone(ILogger log, string work);

    [LoggerMessage(4802, LogLevel.Warning, "The database did not answer for leases; this is tried again")]
    public static partial void NotAsked(ILogger log, Exception error);

    [LoggerMessage(4803, LogLevel.Warning, "Changes that other services made were not read; this is tried again")]
    public static partial void NotRead(ILogger log, Exception error);

    [LoggerMessage(4804, LogLevel.Information, "Read {Topic} again: another service, or this one, changed {Changes}")]
    public static partial void Read(ILogger log, string topic, int changes);
}
