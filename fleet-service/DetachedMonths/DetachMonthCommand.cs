using System.CommandLine;
using System.Data.Common;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.DetachedMonths;

/// <summary>The commands <c>detach-month</c> and <c>attach-month</c>.</summary>
internal static class DetachMonthCommand
{
    private const string Actor = "command line";

    /// <summary>Makes the command <c>detach-month</c>.</summary>
    /// <param name="run">Runs an action so that wrong settings are named and give their exit code.</param>
    /// <param name="open">Opens the database of a call's settings.</param>
    public static Command Detach(Func<Func<Task<int>>, Task<int>> run, Func<ParseResult, FleetDatabase> open)
    {
        var month = new Argument<string?>("month")
        {
            Description = "The month of commit (UTC), as yyyy-mm; without, the months are listed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("detach-month", $"""
            Takes the entries of an old month out of the ledger on PostgreSQL. Sums and hashes stay, so that 'verify'
            proves the rest as before; totals, standings, editions and reports stay as they are. The month's tables
            stay in the database as detached_entries_YYYYMM and detached_batches_YYYYMM: dump them, then drop them.
            A month can be detached {MonthDetachment.MinAgeDays} days after its end. Services may run meanwhile.

            Examples:
              KioskFleet.Service detach-month
              KioskFleet.Service detach-month 2025-09 --config /etc/kioskfleet/fleet-service.json
              pg_dump --format=custom --table='detached_*_202509' --file=2025-09.dump kioskfleet
            """) { month };
        command.SetAction((parsed, ct) => run(async () =>
        {
            using var database = open(parsed);
            return parsed.GetValue(month) is { } name
                ? await ChangeAsync(
                    name,
                    (of, stop) => new MonthDetachment(database, TimeProvider.System)
                        .DetachAsync(of, Actor, new Progress(), stop),
                    done => $"detached: {done.Entries} entries of {done.Batches} batches, {done.KeptEntries} entries "
                        + $"stay. Keep its seal in writing: {done.Seal}",
                    ct)
                : List(database);
        }));
        return command;
    }

    /// <summary>Makes the command <c>attach-month</c>.</summary>
    /// <param name="run">Runs an action so that wrong settings are named and give their exit code.</param>
    /// <param name="open">Opens the database of a call's settings.</param>
    public static Command Attach(Func<Func<Task<int>>, Task<int>> run, Func<ParseResult, FleetDatabase> open)
    {
        var month = new Argument<string>("month") { Description = "The month of commit (UTC), as yyyy-mm." };
        var command = new Command("attach-month", """
            Brings a detached month back into the ledger, for an audit or a refund. Its tables must be in the database,
            and be what was sealed.

            Examples:
              pg_restore --dbname=kioskfleet 2025-09.dump
              KioskFleet.Service attach-month 2025-09 --config /etc/kioskfleet/fleet-service.json
            """) { month };
        command.SetAction((parsed, ct) => run(async () =>
        {
            using var database = open(parsed);
            return await ChangeAsync(
                parsed.GetValue(month)!,
                (of, stop) => new MonthDetachment(database, TimeProvider.System)
                    .AttachAsync(of, Actor, new Progress(), stop),
                done => $"attached again: {done.Entries} entries of {done.Batches} batches.",
                ct);
        }));
        return command;
    }

    private static async Task<int> ChangeAsync(
        string name, Func<MonthName, CancellationToken, Task<SealedMonth>> change, Func<SealedMonth, string> tell,
        CancellationToken ct)
    {
        try
        {
            if (MonthName.Parse(name) is not { } month)
            {
                throw new StorageException($"'{name}' is no month; give it as yyyy-mm, like 2025-09.");
            }

            Console.WriteLine($"{month} {tell(await change(month, ct))}");
            return 0;
        }
        catch (Exception error) when (error is StorageException or DbException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(error is OperationCanceledException
                ? "Stopped; nothing was changed."
                : error.Message);
            return 1;
        }
    }

    private static int List(FleetDatabase database)
    {
        if (!database.IsShared)
        {
            Console.Error.WriteLine($"{database.Name}: a SQLite file has no months to detach; this takes "
                + "Storage:Engine=PostgreSql.");
            return 1;
        }

        using var connection = database.OpenReader();
        var detached = SealedMonthStore.All(connection);
        foreach (var month in detached)
        {
            Console.WriteLine($"{new MonthName(month.Month)}\tdetached\t{month.Entries} entries\tseal {month.Seal}");
        }

        var attached = connection.Query(
            """
            SELECT commit_month, count(*) FROM batches
            WHERE commit_month NOT IN (SELECT month FROM sealed_months) GROUP BY 1 ORDER BY 1
            """,
            row => (new MonthName((int)row.Long(0)), row.Long(1)));
        foreach (var (month, batches) in attached)
        {
            Console.WriteLine($"{month}\tattached\t{batches} batches\tmay be detached from "
                + $"{month.End.AddDays(MonthDetachment.MinAgeDays):yyyy-MM-dd} on");
        }

        if (detached.Count + attached.Count == 0)
        {
            Console.WriteLine($"{database.Name}: nothing was committed yet.");
        }

        return 0;
    }

    /// <summary>Tells on the error stream how far it is, at most once a second.</summary>
    private sealed class Progress : IProgress<long>
    {
        private long _told = TimeProvider.System.GetTimestamp();

        public void Report(long value)
        {
            if (TimeProvider.System.GetElapsedTime(_told).TotalSeconds >= 1)
            {
                _told = TimeProvider.System.GetTimestamp();
                Console.Error.WriteLine($"{value} entries read …");
            }
        }
    }
}
