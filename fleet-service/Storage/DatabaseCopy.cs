using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Storage;

/// <summary>Whole-file copies of the SQLite file: out to a backup and back from one. No state; thread-safe.</summary>
internal static class DatabaseCopy
{
    private const string UnfinishedSuffix = ".part";

    /// <summary>Copies what <paramref name="source"/> sees at one moment to a new, checked file.</summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    /// <exception cref="StorageException">The copy did not pass the check.</exception>
    public static void Backup(SqliteConnection source, string path)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
        {
            throw new IOException($"{path}: exists already; a backup takes a new file name.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + UnfinishedSuffix;
        File.Delete(unfinished);
        using (var target = OpenAlone(unfinished))
        {
            source.BackupDatabase(target.Driver);

            // A backup is one file: fold the write-ahead log away and leave a rollback-journal header.
            target.Script("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;");
            SqliteEngine.QuickCheck(target);
        }

        using (var file = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path);
    }

    /// <summary>
    /// Puts a checked backup in place of a database that is absent and gives it a new ledger generation, so that
    /// cursors made before the restore are known to be stale. The service must not be running.
    /// </summary>
    /// <exception cref="IOException">The database file is still there, or a file cannot be read or written.</exception>
    /// <exception cref="StorageException">The backup did not pass the check.</exception>
    public static void Restore(string backupPath, StorageOptions options, TimeProvider time)
    {
        var path = options.DatabasePath;
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
        {
            if (File.Exists(file))
            {
                throw new IOException($"{file}: still there; stop the service and set the old files aside first.");
            }
        }

        if (!File.Exists(backupPath))
        {
            throw new FileNotFoundException($"{backupPath}: there is no such backup.", backupPath);
        }

        using var taken = DataDirectoryLock.Take(options);
        var unfinished = path + UnfinishedSuffix;
        try
        {
            File.Copy(backupPath, unfinished, overwrite: true);
            using (var copy = OpenAlone(unfinished))
            {
                SqliteEngine.QuickCheck(copy);
                using var transaction = copy.BeginWrite();
                LedgerGenerationStore.Renew(copy, "restored from a backup", time);
                transaction.Commit();
            }

            File.Move(unfinished, path);
        }
        catch (Exception error) when (error is SqliteException or StorageException)
        {
            File.Delete(unfinished);
            throw new StorageException(
                $"{backupPath}: cannot be restored: {error.Message} Nothing was restored; when the backup itself is "
                + "damaged, take another one.", error);
        }
    }

    private static SqliteFleetConnection OpenAlone(string path) =>
        SqliteFleetConnection.Open(path, SqliteOpenMode.ReadWriteCreate, timeoutSeconds: 30, isPooled: false);
}
