namespace KioskFleet.Service.Storage;

/// <summary>
/// Keeps a data directory to one running service: two would each believe to be the only writer. Held until disposed;
/// the system lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    /// <summary>The name of the file inside the directory.</summary>
    public const string FileName = "service.lock";

    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the directory, which is made when absent.</summary>
    /// <exception cref="StorageException">Another process has it, or its lock file cannot be written.</exception>
    public static DataDirectoryLock Take(StorageOptions options)
    {
        var directory = Path.GetDirectoryName(options.DatabasePath)!;
        var path = Path.Combine(directory, FileName);
        try
        {
            Directory.CreateDirectory(directory);
            return new DataDirectoryLock(new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"{directory}: cannot be taken: {error.Message} If another fleet service runs on it, stop that one, or "
                + "name another directory with --set Storage:DataDirectory=DIR.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
