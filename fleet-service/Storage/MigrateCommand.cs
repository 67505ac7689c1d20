using System.CommandLine;
using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Storage;

/// <summary>The command <c>migrate</c>: the tables of the program's version, before any service starts.</summary>
internal static class MigrateCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="run">Runs an action so that wrong settings are named and give their exit code.</param>
    /// <param name="configured">The database of the settings.</param>
    public static Command Create(
        Func<Func<Task<int>>, Task<int>> run, Func<ParseResult, StorageOptions> configured)
    {
        var restored = new Option<bool>("--restored")
        {
            Description = "The database was restored from a backup by the server's own tools: begins a new generation.",
        };
        var command = new Command("migrate", """
            Makes or updates the tables of the database and ends.

            Examples:
              KioskFleet.Service migrate --set Storage:DataDirectory=/var/lib/kioskfleet
              KioskFleet.Service migrate --restored --config /etc/kioskfleet/fleet-service.json
            """) { restored };
        command.SetAction((parsed, cancel) =>
            run(() => MigrateAsync(configured(parsed), parsed.GetValue(restored), cancel)));
        return command;
    }

    private static async Task<int> MigrateAsync(StorageOptions options, bool isRestored, CancellationToken cancel)
    {
        var before = Count(options);
        using var database = FleetDatabase.Open(options, TimeProvider.System, NullLogger<FleetDatabase>.Instance);
        var generations = new LedgerGenerationStore(database, TimeProvider.System);
        var generation = isRestored
            ? await generations.RenewAsync("restored by the server's own tools", cancel)
            : await generations.EnsureAsync(cancel);
        var now = Count(options);
        Console.WriteLine($"{database.Name}: {now} migrations, {now - before} of them new; ledger generation "
            + (isRestored ? $"{generation}, begun now. Start services that still run on it again." : $"{generation}."));
        return 0;
    }

    private static int Count(StorageOptions options)
    {
        try
        {
            using var database = FleetDatabase.OpenToRead(options);
            using var connection = database.OpenReader();
            return MigrationRunner.CountOf(connection);
        }
        catch (Exception error) when (error is StorageException or DbException)
        {
            // It is not there yet, or cannot be used: opening it says why.
            return 0;
        }
    }
}
