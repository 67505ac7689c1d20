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

    [LoggerMessage(2803, LogLevel.Error, "Database {Path} could not be kept up; this is tried again")]
    public static partial void NotKeptUp(ILogger log, Exception error, string path);
}
