using KioskFleet.Service.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>A real database file in a directory of its own, gone with the test.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kiosk-fleet-");
    private FleetDatabase? _database;

    /// <summary>Makes a database of the engine that the tests run on.</summary>
    public TemporaryDatabase() => Options = TestEngine.Options(_directory.FullName);

    /// <summary>Makes a database of an engine for tests of what only that engine does.</summary>
    public TemporaryDatabase(StorageEngine engine) => Options = engine == StorageEngine.Sqlite
        ? new StorageOptions { DataDirectory = _directory.FullName }
        : TestEngine.PostgreSql(_directory.FullName);

    public StorageOptions Options { get; }

    public string Folder => _directory.FullName;

    /// <summary>The open database with all of the product's migrations; opened on first use.</summary>
    public FleetDatabase Database => _database ??= Open();

    public FleetDatabase Open(params IReadOnlyList<Migration> migrations) => migrations.Count > 0
        ? FleetDatabase.Open(Options, migrations, TimeProvider.System, NullLogger<FleetDatabase>.Instance)
        : FleetDatabase.Open(Options, TimeProvider.System, NullLogger<FleetDatabase>.Instance);

    public void Close()
    {
        _database?.Dispose();
        _database = null;
    }

    /// <summary>
    /// Runs SQL on the open database, outside the writers' queue. Totals of days that are written by hand are summed to
    /// months and weeks, as the ledger does.
    /// </summary>
    public object? Run(string sql)
    {
        using var connection = Database.OpenWriter();
        using var command = connection.Command(sql);
        var result = command.ExecuteScalar();
        if (sql.Contains("INTO totals", StringComparison.Ordinal)
            || sql.Contains("UPDATE totals", StringComparison.Ordinal))
        {
            TestEngine.SumWindows(connection);
        }

        return result;
    }

    public void Dispose()
    {
        Close();
        TestEngine.Drop(Options);
        _directory.Delete(recursive: true);
    }
}
