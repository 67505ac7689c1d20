namespace KioskFleet.Service.Storage;

/// <summary>A table of a SQLite file that is moved to a PostgreSQL database, where it has the same columns.</summary>
internal sealed class MovedTable
{
    /// <summary>The month of commit of a batch, yyyymm: when it was received.</summary>
    public const string MonthOfBatch =
        "CAST(strftime('%Y%m', batches.received_utc_ms / 1000, 'unixepoch') AS INTEGER)";

    private readonly IReadOnlyList<(string Name, string Type)> _columns;

    private MovedTable(string name, IReadOnlyList<(string Name, string Type)> columns, IReadOnlyList<string> key)
    {
        Name = name;
        _columns = columns;
        Key = key;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The columns of its primary key, in order.</summary>
    public IReadOnlyList<string> Key { get; }

    /// <summary>The key, where it is one number that the database may give; else null.</summary>
    public string? Number => Key is [var only] && TypeOf(only) == "INTEGER" ? only : null;

    /// <summary>The columns that are written, separated by commas.</summary>
    public string TargetColumns => Columns + (Month is null ? "" : ", commit_month");

    private string Columns => string.Join(", ", _columns.Select(column => column.Name));

    private string? Month => Name switch
    {
        "batches" => MonthOfBatch,
        "entries" => $"(SELECT {MonthOfBatch} FROM batches WHERE batches.batch_id = entries.batch_id)",
        _ => null,
    };

    /// <summary>The tables of a file in the order they were made, so that what is referred to comes first.</summary>
    public static IReadOnlyList<MovedTable> AllOf(FleetConnection source) =>
    [
        .. source.Query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'migrations' "
            + "ORDER BY rowid",
            row => row.Text(0)).Select(name =>
        {
            var columns = source.Query(
                $"SELECT name, type, pk FROM pragma_table_info('{name}') ORDER BY cid",
                row => (Name: row.Text(0), Type: row.Text(1), Key: row.Long(2)));
            return new MovedTable(
                name, [.. columns.Select(column => (column.Name, column.Type))],
                [
                    .. columns.Where(column => column.Key > 0).OrderBy(column => column.Key)
                        .Select(column => column.Name),
                ]);
        }),
    ];

    /// <summary>The key of the last row that is there already; null when there is none.</summary>
    public IReadOnlyList<object>? LastKey(FleetConnection target) => target.Query(
        $"SELECT {string.Join(", ", Key)} FROM {Name} "
        + $"ORDER BY {string.Join(", ", Key.Select(k => k + " DESC"))} LIMIT 1",
        row => Key.Select((column, i) => Value(row, i, TypeOf(column))!).ToList()).SingleOrDefault();

    /// <summary>Reads the rows behind a key, with the month of commit where there is one.</summary>
    public Statement ReadAfter(FleetConnection source, IReadOnlyList<object>? last)
    {
        var behind = last is null
            ? ""
            : $"WHERE ({string.Join(", ", Key)}) > ({string.Join(", ", Key.Select((_, i) => $"?{i + 1}"))})";
        var query = source.Prepare(
            $"SELECT {Columns}{(Month is { } month ? ", " + month : "")} FROM {Name} {behind} "
            + $"ORDER BY {string.Join(", ", Key)}");
        for (var i = 0; i < last?.Count; i++)
        {
            _ = last[i] switch
            {
                long number => query.Set(i + 1, number),
                string text => query.Set(i + 1, text),
                _ => query.Set(i + 1, (byte[])last[i]),
            };
        }

        return query;
    }

    /// <summary>Reads all rows in the order of the key, on either side.</summary>
    public Statement ReadAll(FleetConnection connection) =>
        connection.Prepare($"SELECT {Columns} FROM {Name} ORDER BY {string.Join(", ", Key)}");

    /// <summary>Writes the row in hand.</summary>
    public void Write(Statement row, RowWriter rows)
    {
        for (var i = 0; i < _columns.Count; i++)
        {
            _ = Value(row, i, _columns[i].Type) switch
            {
                null => rows.SetNull(i + 1),
                long number => rows.Set(i + 1, number),
                string text => rows.Set(i + 1, text),
                var bytes => rows.Set(i + 1, (byte[])bytes),
            };
        }

        if (Month is not null)
        {
            rows.Set(_columns.Count + 1, row.Long(_columns.Count));
        }

        rows.Add();
    }

    /// <summary>The first column in which two rows differ; null when they are equal.</summary>
    public string? Difference(Statement left, Statement right)
    {
        for (var i = 0; i < _columns.Count; i++)
        {
            var (a, b) = (Value(left, i, _columns[i].Type), Value(right, i, _columns[i].Type));
            if (a is byte[] bytes ? b is not byte[] others || !bytes.AsSpan().SequenceEqual(others) : !Equals(a, b))
            {
                return _columns[i].Name;
            }
        }

        return null;
    }

    private string TypeOf(string column) => _columns.First(c => c.Name == column).Type;

    private static object? Value(Statement row, int column, string type) => row.IsNull(column)
        ? null
        : type switch
        {
            "INTEGER" => row.Long(column),
            "TEXT" => row.Text(column),
            "BLOB" => row.Bytes(column).ToArray(),
            _ => throw new InvalidOperationException($"No column has the type {type}."),
        };
}
