using System.CommandLine;
using System.Data.Common;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// The command <c>verify</c>: the ledger proof, without a running service, over a database or a copy of one.
/// </summary>
internal static class VerifyCommand
{
    /// <summary>Exit code when something does not fit.</summary>
    public const int NotProven = 1;

    /// <summary>Exit code when the ledger could not be looked at: nothing is known about it.</summary>
    public const int NotRead = 2;

    private const int ProgressEvery = 50_000;

    /// <summary>Makes the command.</summary>
    /// <param name="run">Runs an action so that wrong settings are named and give their exit code.</param>
    /// <param name="configured">The database of the settings, for when none is named.</param>
    public static Command Create(
        Func<Func<Task<int>>, Task<int>> run, Func<ParseResult, StorageOptions> configured)
    {
        var database = new Option<FileInfo?>("--database", "-d")
        {
            Description = "The database file to prove; without, the one of the settings. It is only read.",
        };
        var command = new Command("verify", """
            Proves the ledger: every journal's hash chain and signatures, heads, amounts and totals. Names each entry
            that does not fit. Exit code 0: proven, 1: not, 2: it could not be read, or holds nothing to prove.

            Examples:
              KioskFleet.Service verify
              KioskFleet.Service verify --database /backup/fleet-2026-01-31.db
            """) { database };
        command.SetAction((parsed, ct) => run(() => Task.FromResult(
            parsed.GetValue(database)?.FullName is { } path
                ? Verify(path, () => VerifyFile(path, ct))
                : VerifyConfigured(configured(parsed), ct))));
        return command;
    }

    private static int VerifyConfigured(StorageOptions options, CancellationToken ct) => Verify(options.Name, () =>
    {
        using var database = FleetDatabase.OpenToRead(options);
        if (database.IsShared)
        {
            using var connection = database.OpenReader();
            if (LedgerMove.IsUnfinished(connection))
            {
                throw new StorageException($"{options.Name}: a ledger is being moved into this database, or the move "
                    + "was stopped; it compares every row itself. Run 'move-ledger' again until it is over.");
            }
        }

        return Show(options.Name, new LedgerProof(database).Run(new Progress(), ct));
    });

    private static int VerifyFile(string path, CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            Console.Error.WriteLine($"{path}: there is no such file.");
            return NotRead;
        }

        using var connection = SqliteEngine.OpenFile(path);
        return Show(path, LedgerProof.Run(connection, new Progress(), ct));
    }

    private static int Verify(string name, Func<int> verify)
    {
        try
        {
            return verify();
        }
        catch (DbException error)
        {
            Console.Error.WriteLine(
                $"{name}: cannot be read as a ledger: {FleetDatabase.WordsOf(error).TrimEnd('.')}.");
        }
        catch (StorageException error)
        {
            Console.Error.WriteLine(error.Message);
        }

        return NotRead;
    }

    private static int Show(string name, ProofReport report)
    {
        foreach (var problem in report.Problems)
        {
            Console.WriteLine($"{problem.Cabinet}\t{problem.Subject}\t{problem.Detail}");
        }

        if (report.ProblemCount > report.Problems.Count)
        {
            Console.WriteLine($"… and {report.ProblemCount - report.Problems.Count} more.");
        }

        foreach (var month in report.Sealed)
        {
            Console.WriteLine($"{month.Month}: detached, {month.Entries} entries, seal {month.Seal}");
        }

        if (report is { IsProven: true, Journals: 0, Batches: 0, Entries: 0 })
        {
            Console.WriteLine($"{name}: the ledger is empty, there is nothing to prove.");
            return NotRead;
        }

        Console.WriteLine($"{name}: {report.Journals} journals, {report.Batches} batches, {report.Entries} entries: "
            + (report.IsProven ? "proven." : $"NOT proven, {report.ProblemCount} problems."));
        return report.IsProven ? 0 : NotProven;
    }

    /// <summary>Tells on the error stream how far it is, now and then.</summary>
    private sealed class Progress : IProgress<long>
    {
        private long _told;

        public void Report(long value)
        {
            if (value - _told >= ProgressEvery)
            {
                _told = value;
                Console.Error.WriteLine($"{value} entries checked …");
            }
        }
    }
}
