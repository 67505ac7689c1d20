using KioskFleet.Service.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>A real database file in a directory of its own, gone with the test.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    /// <summary>Sums totals of days that were written by hand to months and weeks, as the ledger does.</summary>
    public const string WindowsOfDays = """
        DELETE FROM window_totals;
        INSERT INTO window_totals
        SELECT kind, CASE kind WHEN 1 THEN business_day - business_day % 100 + 1
                     ELSE CAST(strftime('%Y%m%d', printf('%04d-%02d-%02d', business_day / 10000,
                       business_day / 100 % 100, business_day % 100), 'weekday 0', '-6 days') AS INTEGER) END,
               cabinet_id, assignment_id, class, sum(sales_fen), sum(sales_lines), sum(refunds_fen),
               sum(refunds_of_day_fen)
        FROM totals, (SELECT 1 AS kind UNION SELECT 2) GROUP BY 1, 2, 3, 4, 5
        """;

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

    /// <summary>
    /// Runs SQL on the open database, outside the writers' queue. Totals of days that are written by hand are summed to
    /// months and weeks, as the ledger does.
    /// </summary>
    public object? Run(string sql)
    {
        using var connection = Database.OpenWriter();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        var result = command.ExecuteScalar();
        if (sql.Contains("INTO totals", StringComparison.Ordinal)
            || sql.Contains("UPDATE totals", StringComparison.Ordinal))
        {
            command.CommandText = WindowsOfDays;
            command.ExecuteNonQuery();
        }

        return result;
    }

    public void Dispose()
    {
        Close();
        _directory.Delete(recursive: true);
    }
}
