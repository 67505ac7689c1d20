using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KioskFleet.Service.Storage;

/// <summary>
/// A statement of SQLite, bound without boxing: the ledger writes hundreds of thousands of rows a second through it.
/// </summary>
internal sealed class SqliteStatement : Statement
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <summary>Prepares the text.</summary>
    /// <exception cref="SqliteException">The text is not valid SQL for this database.</exception>
    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(_database, Encoding.UTF8.GetBytes(sql), raw.SQLITE_PREPARE_PERSISTENT,
            out _statement));
    }

    /// <inheritdoc/>
    public override Statement Set(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    /// <inheritdoc/>
    public override Statement Set(int index, string? value)
    {
        if (value is null)
        {
            return SetNull(index);
        }

        Check(raw.sqlite3_bind_text(_statement, index, value));
        return this;
    }

    /// <inheritdoc/>
    public override Statement Set(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, index, 0)
            : raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    /// <inheritdoc/>
    public override Statement SetNull(int index)
    {
        Check(raw.sqlite3_bind_null(_statement, index));
        return this;
    }

    /// <inheritdoc/>
    public override long Run()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not raw.SQLITE_DONE and not raw.SQLITE_ROW)
        {
            // The reset repeats the step's error; the words are still the connection's.
            _ = raw.sqlite3_reset(_statement);
            Check(result);
        }

        var changed = raw.sqlite3_changes(_database);
        Check(raw.sqlite3_reset(_statement));
        return changed;
    }

    /// <inheritdoc/>
    public override bool Next()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        _ = raw.sqlite3_reset(_statement);
        if (result != raw.SQLITE_DONE)
        {
            Check(result);
        }

        return false;
    }

    /// <inheritdoc/>
    public override void Reset() => _ = raw.sqlite3_reset(_statement);

    /// <inheritdoc/>
    public override long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <inheritdoc/>
    public override bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <inheritdoc/>
    public override string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <inheritdoc/>
    public override void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, _database);
        }
    }
}
