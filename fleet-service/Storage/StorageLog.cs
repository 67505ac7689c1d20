namespace KioskFleet.Service.Storage;

/// <summary>Log messages of Storage: event ids 2800–2899.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(2800, LogLevel.Information, "Database {Path} passed its check in {Milliseconds:0} ms")]
    public static partial void Checked(ILogger log, string path, double milliseconds);

    [LoggerMessage(2801, LogLevel.Information, "Applied migration {Number:0000} {Name}")]
    public static partial void Migrated(ILogger log, int number, string name);

    [LoggerMessage(2802, LogLevel.Information, "Database {Path} is open, ledger generation {Generation}")]
    public static partial void Opened(ILogger log, string path, string generation);

    [LoggerMessage(2804, LogLevel.Warning, "Another service holds the database, this one waits on: {Words}")]
    public static partial void WaitsForOthers(ILogger log, string words);

    [LoggerMessage(2805, LogLevel.Error,
        "Database {Path} does not answer, all work with it is tried again until it does: {Words}")]
    public static partial void Away(ILogger log, string path, string words);

    [LoggerMessage(2806, LogLevel.Information, "Database {Path} answers again after {Seconds:0.0} s")]
    public static partial void Back(ILogger log, string path, double seconds);

    [LoggerMessage(2803, LogLevel.Error, "Database {Path} could not be kept up; this is tried again")]
    public static partial void NotKeptUp(ILogger log, Exception error, string path);
}
