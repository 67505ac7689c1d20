using Microsoft.Data.Sqlite;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// Reads the fleet service's database file. That of a running service is read in place; one of a stopped service from a
/// copy, so that looking recovers nothing.
/// </summary>
internal sealed class LedgerFile(string path, string scratchFolder)
{
    private int _copies;

    /// <summary>The database file.</summary>
    public string Path => path;

    /// <summary>Reads everything the proof needs.</summary>
    /// <param name="live">True while the service runs.</param>
    public LedgerFacts Read(bool live)
    {
        if (!File.Exists(path))
        {
            return LedgerFacts.Empty;
        }

        if (live)
        {
            return Read(path);
        }

        var folder = Directory.CreateDirectory(System.IO.Path.Combine(scratchFolder, $"ledger-{++_copies}")).FullName;
        foreach (var suffix in (string[])["", "-wal"])
        {
            if (File.Exists(path + suffix))
            {
                File.Copy(path + suffix, System.IO.Path.Combine(folder, "fleet.db" + suffix));
            }
        }

        var facts = Read(System.IO.Path.Combine(folder, "fleet.db"));
        Directory.Delete(folder, recursive: true);
        return facts;
    }

    /// <summary>Reads a database file.</summary>
    public static LedgerFacts Read(string file)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30,
        }.ToString());
        connection.Open();
        using var snapshot = connection.BeginTransaction(deferred: true);
        return LedgerRows.Read(connection);
    }
}
