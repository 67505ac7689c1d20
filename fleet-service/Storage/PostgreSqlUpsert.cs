using Npgsql;
using NpgsqlTypes;

namespace KioskFleet.Service.Storage;

/// <summary>
/// Writes rows with a rule for those that are there already, or changes rows that are there: one statement over arrays
/// of their columns.
/// </summary>
internal sealed class PostgreSqlUpsert : PostgreSqlRows
{
    private readonly string _before;
    private readonly string _behind;
    private readonly bool _changesEach;
    private readonly Column[] _values;
    private string? _sql;
    private int _rows;

    private sealed class Column
    {
        public List<long>? Integers { get; set; }

        public List<string>? Texts { get; set; }

        public List<byte[]?>? Bytes { get; set; }

        public string Type => Integers is not null ? "bigint" : Texts is not null ? "text" : "bytea";

        public NpgsqlParameter Parameter => Integers is { } integers
            ? new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = integers }
            : Texts is { } texts
                ? new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = texts }
                : new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = Bytes! };

        public void Clear()
        {
            Integers?.Clear();
            Texts?.Clear();
            Bytes?.Clear();
        }
    }

    private PostgreSqlUpsert(
        PostgreSqlFleetConnection owner, string table, string columns, (string Before, string Behind) sql,
        bool changesEach) : base(owner, table)
    {
        (_before, _behind) = sql;
        _changesEach = changesEach;
        _values = [.. columns.Split(',').Select(_ => new Column())];
    }

    /// <inheritdoc/>
    public override bool IsWaiting => _rows > 0;

    /// <summary>Makes the writer of a table's rows.</summary>
    public static PostgreSqlUpsert Rows(
        PostgreSqlFleetConnection owner, string table, string columns, string onConflict) => new(
        owner, table, columns, ($"INSERT INTO {table} ({columns}) SELECT * FROM", $" {onConflict}"),
        changesEach: false);

    /// <summary>Makes the writer of changes, of which each must find its row.</summary>
    public static PostgreSqlUpsert Changes(
        PostgreSqlFleetConnection owner, string table, string columns, string set, string where) => new(
        owner, table, columns, ($"UPDATE {table} SET {set} FROM", $" AS change ({columns}) WHERE {where}"),
        changesEach: true);

    /// <inheritdoc/>
    public override RowWriter Set(int column, long value)
    {
        (_values[column - 1].Integers ??= []).Add(value);
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter Set(int column, string value)
    {
        (_values[column - 1].Texts ??= []).Add(PostgreSqlText.Write(value));
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter Set(int column, ReadOnlySpan<byte> value)
    {
        (_values[column - 1].Bytes ??= []).Add(value.ToArray());
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter SetNull(int column)
    {
        (_values[column - 1].Bytes ??= []).Add(null);
        return this;
    }

    /// <inheritdoc/>
    public override void Add()
    {
        _rows++;
        Owner.Wait(this);
    }

    /// <inheritdoc/>
    public override void Flush() => Flush(Owner, IsWaiting ? [this] : []);

    /// <summary>Writes what waits in several, in their order and in one way to the server.</summary>
    /// <param name="owner">Their connection.</param>
    /// <param name="waiting">Those in which rows wait.</param>
    public static void Flush(PostgreSqlFleetConnection owner, IReadOnlyList<PostgreSqlUpsert> waiting)
    {
        if (waiting.Count > 0)
        {
            owner.MakeRoom(null, "");
            owner.Guard(() => Send(owner, waiting));
        }
    }

    /// <inheritdoc/>
    public override void Forget()
    {
        _rows = 0;
        foreach (var column in _values)
        {
            column.Clear();
        }
    }

    private static int Send(PostgreSqlFleetConnection owner, IReadOnlyList<PostgreSqlUpsert> waiting)
    {
        try
        {
            using var batch = owner.Driver.CreateBatch();
            foreach (var rows in waiting)
            {
                batch.BatchCommands.Add(rows.Command());
            }

            var written = batch.ExecuteNonQuery();
            for (var i = 0; i < waiting.Count; i++)
            {
                waiting[i].Check(batch.BatchCommands[i].RecordsAffected);
            }

            return written;
        }
        finally
        {
            foreach (var rows in waiting)
            {
                rows.Forget();
            }
        }
    }

    private NpgsqlBatchCommand Command()
    {
        _sql ??= _before + " unnest("
            + string.Join(", ", _values.Select((column, i) => $"${i + 1}::{column.Type}[]")) + ")" + _behind;
        var command = new NpgsqlBatchCommand(_sql);
        foreach (var column in _values)
        {
            command.Parameters.Add(column.Parameter);
        }

        return command;
    }

    private void Check(int rows)
    {
        if (_changesEach && rows != _rows)
        {
            throw new InvalidOperationException(
                $"{Table}: {_rows} rows were to be changed, and {rows} were as they had been read.");
        }
    }
}
