using System.Text;
using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// A prepared statement bound without boxing: the ledger writes hundreds of thousands of rows a second through it.
/// Parameters are numbered from 1 (<c>?1</c>). Belongs to one connection and one thread at a time.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <summary>Prepares the text.</summary>
    /// <exception cref="SqliteException">The text is not valid SQL for this database.</exception>
    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Check(raw.sqlite3_prepare_v3(_database, Encoding.UTF8.GetBytes(sql), raw.SQLITE_PREPARE_PERSISTENT,
            out _statement));
    }

    /// <summary>Binds an integer.</summary>
    public Statement Set(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    /// <summary>Binds an integer or NULL.</summary>
    public Statement Set(int index, long? value) => value is { } present ? Set(index, present) : SetNull(index);

    /// <summary>Binds a text.</summary>
    public Statement Set(int index, string value)
    {
        Check(raw.sqlite3_bind_text(_statement, index, value));
        return this;
    }

    /// <summary>Binds bytes; an empty span binds an empty blob, never NULL.</summary>
    public Statement Set(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, index, 0)
            : raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    /// <summary>Binds a SHA-256 value.</summary>
    public Statement Set(int index, Digest value)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        value.Write(bytes);
        return Set(index, bytes);
    }

    /// <summary>Binds a journal id.</summary>
    public Statement Set(int index, JournalId value)
    {
        Span<byte> bytes = stackalloc byte[JournalId.Size];
        value.Write(bytes);
        return Set(index, bytes);
    }

    /// <summary>Binds NULL.</summary>
    public Statement SetNull(int index)
    {
        Check(raw.sqlite3_bind_null(_statement, index));
        return this;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    /// <exception cref="SqliteException">The statement failed; it was reset.</exception>
    public void Run()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not raw.SQLITE_DONE and not raw.SQLITE_ROW)
        {
            // The reset repeats the step's error; the words are still the connection's.
            _ = raw.sqlite3_reset(_statement);
            Check(result);
        }

        Check(raw.sqlite3_reset(_statement));
    }

    /// <summary>Goes to the next row; false behind the last, and then the statement is ready to be run again.</summary>
    public bool Next()
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

    /// <summary>Leaves the rows that were not read.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    /// <summary>Reads an integer column, from 0.</summary>
    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>True when the column is NULL.</summary>
    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>Reads an integer column or null.</summary>
    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    /// <summary>Reads bytes; valid until the next row.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Reads a text.</summary>
    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>Reads a SHA-256 value.</summary>
    public Digest Hash(int column) => Digest.Read(Bytes(column));

    /// <summary>Reads a journal id.</summary>
    public JournalId Journal(int column) => JournalId.Read(Bytes(column));

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, _database);
        }
    }
}
