using System.CommandLine;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Storage;

/// <summary>The command <c>move-ledger</c>: from the SQLite file to the PostgreSQL server of the settings.</summary>
internal static class MoveLedgerCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="run">Runs an action so that wrong settings are named and give their exit code.</param>
    /// <param name="configured">The settings.</param>
    public static Command Create(
        Func<Func<Task<int>>, Task<int>> run, Func<ParseResult, StorageOptions> configured)
    {
        var from = new Option<FileInfo?>("--from")
        {
            Description = "The SQLite file; without, that of Storage:DataDirectory. It is only read.",
        };
        var command = new Command("move-ledger", """
            Moves everything from the SQLite file to the empty PostgreSQL database of the settings, and compares every
            row in the end. The service must be stopped. A move that was stopped goes on where it stood when it is run
            again. Exit code 0: all rows are equal, and the service can be started on PostgreSQL.

            Example:
              KioskFleet.Service move-ledger --config /etc/kioskfleet/fleet-service.json \
                --set Storage:Engine=PostgreSql --set Storage:PostgreSql:PasswordFile=/etc/kioskfleet/pg.password
            """) { from };
        command.SetAction((parsed, ct) => run(() => Task.FromResult(
            Move(configured(parsed), parsed.GetValue(from)?.FullName, ct))));
        return command;
    }

    private static int Move(StorageOptions options, string? from, CancellationToken ct)
    {
        try
        {
            if (options.Engine != StorageEngine.PostgreSql)
            {
                throw new StorageException(
                    "Storage:Engine: got Sqlite; takes PostgreSql here, with the server's settings.");
            }

            var path = from ?? options.DatabasePath;
            if (!File.Exists(path))
            {
                throw new StorageException($"{path}: there is no such file; name it with --from, or its folder with "
                    + "--set Storage:DataDirectory=DIR.");
            }

            using var taken = DataDirectoryLock.Take(options with { DataDirectory = Path.GetDirectoryName(path)! });
            using var engine = PostgreSqlEngine.OpenForMove(options, TimeProvider.System);
            using var reader = SqliteEngine.OpenFile(path);
            using var writer = (PostgreSqlFleetConnection)engine.OpenWriter();
            var (rows, tables) = new LedgerMove(reader, writer).Run(new Progress(), ct);
            Console.WriteLine($"{rows} rows of {tables} tables are equal in {reader.Name} and {engine.Name}. Start the "
                + "service with Storage:Engine=PostgreSql, and set the file aside.");
            Mark(path, engine.Name);
            return 0;
        }
        catch (Exception error) when (error is StorageException or DbException or OperationCanceledException)
        {
            Console.Error.WriteLine(error is StorageException
                ? error.Message
                : error is SqliteException
                    ? $"The file cannot be read: {error.Message}"
                    : $"The move stopped: {error.Message} Run it again; it goes on where it stood.");
            return 1;
        }
    }

    private static void Mark(string path, string target)
    {
        try
        {
            MovedLedger.Mark(path, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(
                $"{path}: could not be marked as moved: {error.Message} See that no service is started on it.");
        }
    }

    /// <summary>Tells on the error stream how far it is, at most once a second.</summary>
    private sealed class Progress : IProgress<MoveProgress>
    {
        private long _told = TimeProvider.System.GetTimestamp();

        public void Report(MoveProgress value)
        {
            if (TimeProvider.System.GetElapsedTime(_told).TotalSeconds < 1)
            {
                return;
            }

            _told = TimeProvider.System.GetTimestamp();
            var percent = value.Of == 0 ? 100 : 100 * value.Rows / value.Of;
            Console.Error.WriteLine(
                $"{(value.IsComparing ? "comparing" : "copying")} {value.Table}: {value.Rows} of {value.Of} rows, "
                + $"{percent} %");
        }
    }
}
