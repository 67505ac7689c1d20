using System.Data.Common;

namespace KioskFleet.Service.Storage;

/// <summary>How far a move is.</summary>
/// <param name="Table">The table in hand.</param>
/// <param name="Rows">Rows of it that are there.</param>
/// <param name="Of">Rows that it has.</param>
/// <param name="IsComparing">True while the rows are compared, false while they are copied.</param>
internal readonly record struct MoveProgress(string Table, long Rows, long Of, bool IsComparing);

/// <summary>
/// Copies everything from a SQLite file to an empty PostgreSQL database, in steps that are each durable: a move that
/// was stopped, however it was, goes on where it stood. Then it compares every row of both sides. Until that is over
/// the database has the table <c>ledger_move</c>, and no service starts on it. The file is only read. One caller at a
/// time.
/// </summary>
/// <param name="source">The file, which nobody writes to.</param>
/// <param name="target">The database, migrated as far as the file.</param>
/// <param name="rowsPerStep">Rows of a step.</param>
internal sealed class LedgerMove(FleetConnection source, PostgreSqlFleetConnection target, int rowsPerStep = 20_000)
{
    /// <summary>The table that says that a move is not over.</summary>
    public const string UnfinishedTable = "ledger_move";

    // A row beside the names of tables: which ledger is moved.
    private const string SourceMark = "of generation ";

    /// <summary>Tables into which the migrations write a row, and their own.</summary>
    private static readonly string[] Seeded = ["migrations", "readiness", "edition_marks"];

    /// <summary>Moves and compares.</summary>
    /// <returns>How many rows of how many tables are equal.</returns>
    /// <exception cref="StorageException">
    /// The sides have other migrations, the database is in use already, or a row differs in the end.
    /// </exception>
    /// <exception cref="DbException">A side cannot be read or written; run it again.</exception>
    public (long Rows, int Tables) Run(IProgress<MoveProgress>? progress, CancellationToken cancellationToken)
    {
        RefuseOtherMigrations();
        var tables = MovedTable.AllOf(source);
        Begin(tables);
        foreach (var table in tables)
        {
            Copy(table, progress, cancellationToken);
        }

        var rows = tables.Sum(table => Compare(table, progress, cancellationToken));
        End(tables);
        return (rows, tables.Count);
    }

    /// <summary>True when a move into a database is not over.</summary>
    public static bool IsUnfinished(FleetConnection connection) =>
        connection.Query($"SELECT to_regclass('{UnfinishedTable}') IS NOT NULL", row => row.Long(0) != 0)[0];

    private void RefuseOtherMigrations()
    {
        var (from, to) = (Newest(source), Newest(target));
        if (from != to)
        {
            throw new StorageException($"{source.Name} has migrations up to {from}, {target.Name} up to {to}: run "
                + "'migrate' on the file first (Storage:Engine=Sqlite), so that both are as this program has them.");
        }
    }

    private static long Newest(FleetConnection connection) =>
        connection.Query("SELECT max(number) FROM migrations", row => row.Long(0))[0];

    /// <summary>The newest generation; each restore begins another.</summary>
    private static string GenerationOf(FleetConnection connection) => connection.Query(
        "SELECT generation FROM ledger_generation ORDER BY number DESC LIMIT 1", row => row.Text(0))
        .SingleOrDefault() ?? "";

    private void Begin(IReadOnlyList<MovedTable> tables)
    {
        using var transaction = target.BeginWrite();
        var generation = GenerationOf(source);
        if (IsUnfinished(target))
        {
            if (target.Query(
                $"SELECT 1 FROM {UnfinishedTable} WHERE table_name = $source", row => row.Long(0),
                ("$source", SourceMark + generation)).Count == 0)
            {
                throw new StorageException($"{target.Name}: another ledger is being moved into this database than that "
                    + $"of {source.Name}. Name the file that the move was begun with.");
            }

            return;
        }

        if (GenerationOf(target) is { Length: > 0 } moved && moved == generation)
        {
            throw new StorageException($"{target.Name}: the ledger of {source.Name} was moved here before. "
                + "Start the service with Storage:Engine=PostgreSql, and set the file aside.");
        }

        foreach (var table in tables.Where(table => !Seeded.Contains(table.Name)))
        {
            if (Count(target, table.Name) > 0)
            {
                throw new StorageException($"{target.Name}: the database is in use, its table {table.Name} has rows. "
                    + "Move to a new, empty one.");
            }
        }

        target.Script($"CREATE TABLE {UnfinishedTable} (table_name TEXT PRIMARY KEY)");
        target.Execute(
            $"INSERT INTO {UnfinishedTable} (table_name) VALUES ($source)", ("$source", SourceMark + generation));
        foreach (var table in tables.Where(table => Seeded.Contains(table.Name)))
        {
            target.Script($"DELETE FROM {table.Name}");
        }

        foreach (var month in source.Query(
            $"SELECT DISTINCT {MovedTable.MonthOfBatch} FROM batches", row => row.Long(0)))
        {
            target.Query("SELECT make_ledger_month($month)", row => row.Long(0), ("$month", month));
        }

        transaction.Commit();
    }

    private void Copy(MovedTable table, IProgress<MoveProgress>? progress, CancellationToken cancellationToken)
    {
        if (target.Query($"SELECT 1 FROM {UnfinishedTable} WHERE table_name = $name", row => row.Long(0),
            ("$name", table.Name)).Count > 0)
        {
            return;
        }

        var of = Count(source, table.Name);
        var done = Count(target, table.Name);
        using var rows = new PostgreSqlCopy(target, table.Name, table.TargetColumns);
        using var query = table.ReadAfter(source, table.LastKey(target));
        for (var more = true; more;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var transaction = target.BeginWrite();
            for (var i = 0; i < rowsPerStep && (more = query.Next()); i++, done++)
            {
                table.Write(query, rows);
            }

            if (!more)
            {
                target.Execute($"INSERT INTO {UnfinishedTable} (table_name) VALUES ($name)", ("$name", table.Name));
            }

            transaction.Commit();
            progress?.Report(new MoveProgress(table.Name, done, of, IsComparing: false));
        }
    }

    private long Compare(MovedTable table, IProgress<MoveProgress>? progress, CancellationToken cancellationToken)
    {
        var of = Count(source, table.Name);
        var compared = 0L;
        using var moment = target.BeginRead();
        using var theirs = table.ReadAll(source);
        using var ours = table.ReadAll(target);
        while (true)
        {
            var (left, right) = (theirs.Next(), ours.Next());
            if (left != right || (left && table.Difference(theirs, ours) is not null))
            {
                var column = left && right ? table.Difference(theirs, ours) : "a row is missing";
                throw new StorageException($"{target.Name}: row {compared + 1} of {table.Name} is not what the file "
                    + $"has ({column}). The database must not be used: drop it, make a new one and move again.");
            }

            if (!left)
            {
                return compared;
            }

            if (++compared % rowsPerStep == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new MoveProgress(table.Name, compared, of, IsComparing: true));
            }
        }
    }

    /// <summary>Numbers go on behind the highest, and the database can be used.</summary>
    private void End(IReadOnlyList<MovedTable> tables)
    {
        using var transaction = target.BeginWrite();
        foreach (var table in tables)
        {
            if (table.Number is { } number)
            {
                target.Query(
                    $"""
                    SELECT setval(pg_get_serial_sequence('{table.Name}', '{number}'), max({number})) FROM {table.Name}
                    WHERE pg_get_serial_sequence('{table.Name}', '{number}') IS NOT NULL HAVING count(*) > 0
                    """,
                    row => row.Long(0));
            }
        }

        target.Script($"DROP TABLE {UnfinishedTable}");
        transaction.Commit();
    }

    private static long Count(FleetConnection connection, string table) =>
        connection.Query($"SELECT count(*) FROM {table}", row => row.Long(0))[0];
}
