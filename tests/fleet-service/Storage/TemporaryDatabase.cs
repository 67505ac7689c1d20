using KioskFleet.Service.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>A real database file in a directory of its own, gone with the test.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kiosk-fleet-");
    private FleetDatabase? _database;

    public TemporaryDatabase() => Options = new StorageOptions { DataDirectory = _directory.FullName };

    public StorageOptions Options { get; }

    public string Folder => _directory.FullName;

    /// <summary>The open database with all of the product's migrations; opened on first use.</summary>
    public FleetDatabase Database => _database ??= Open();

    public FleetDatabase Open(params IReadOnlyList<Migration> migrations) => FleetDatabase.Open(
        Options,
        migrations.Count > 0 ? migrations : Migration.FromAssembly(typeof(FleetDatabase).Assembly),
        TimeProvider.System,
        NullLogger<FleetDatabase>.Instance);

    public void Close()
    {
        _database?.Dispose();
        _database = null;
    }

    /// <summary>Runs SQL on the open database, outside the writers' queue.</summary>
    public object? Run(string sql)
    {
        using var connection = Database.OpenWriter();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        Close();
        _directory.Delete(recursive: true);
    }
}
