namespace KioskFleet.Service.Storage;

/// <summary>Writes each row at once: SQLite has nothing faster than its prepared statement.</summary>
internal sealed class SqliteRowWriter : RowWriter
{
    private readonly Statement _insert;

    /// <summary>Makes the statement ready.</summary>
    public SqliteRowWriter(SqliteFleetConnection connection, string table, string columns, string onConflict)
    {
        var parameters = string.Join(", ", Enumerable.Range(1, columns.Split(',').Length).Select(n => $"?{n}"));
        _insert = connection.Prepare($"INSERT INTO {table} ({columns}) VALUES ({parameters}) {onConflict}");
    }

    /// <inheritdoc/>
    public override RowWriter Set(int column, long value)
    {
        _insert.Set(column, value);
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter Set(int column, string value)
    {
        _insert.Set(column, value);
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter Set(int column, ReadOnlySpan<byte> value)
    {
        _insert.Set(column, value);
        return this;
    }

    /// <inheritdoc/>
    public override RowWriter SetNull(int column)
    {
        _insert.SetNull(column);
        return this;
    }

    /// <inheritdoc/>
    public override void Add() => _insert.Run();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Each row is written when it is added.
    }

    /// <inheritdoc/>
    public override void Dispose() => _insert.Dispose();
}
