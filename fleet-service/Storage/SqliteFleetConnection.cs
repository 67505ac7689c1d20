using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KioskFleet.Service.Storage;

/// <summary>A connection to the one SQLite file.</summary>
internal sealed class SqliteFleetConnection(SqliteConnection connection) : FleetConnection
{
    /// <inheritdoc/>
    public override string Name => connection.DataSource;

    /// <inheritdoc/>
    public override bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>The driver's connection, for copies of the file.</summary>
    public SqliteConnection Driver => connection;

    private sqlite3 Handle => connection.Handle ?? throw new InvalidOperationException("The connection is not open.");

    /// <summary>Opens a file.</summary>
    public static SqliteFleetConnection Open(string path, SqliteOpenMode mode, int timeoutSeconds, bool isPooled)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            DefaultTimeout = timeoutSeconds,
            Pooling = isPooled,
        }.ToString());
        try
        {
            connection.Open();

            // The driver waits for others in its own commands only; statements are prepared below them.
            SqliteException.ThrowExceptionForRC(
                raw.sqlite3_busy_timeout(connection.Handle, timeoutSeconds * 1_000), connection.Handle);
            return new SqliteFleetConnection(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Statement Prepare(string sql) => new SqliteStatement(Handle, sql);

    /// <inheritdoc/>
    public override RowWriter PrepareRows(
        string table, string columns, string onConflict = "", bool isFew = false) =>
        new SqliteRowWriter(this, table, columns, onConflict);

    /// <inheritdoc/>
    public override void FlushRows()
    {
        // Each row is written when it is added.
    }

    /// <inheritdoc/>
    public override void Script(string sql)
    {
        var result = raw.sqlite3_exec(Handle, sql);
        SqliteException.ThrowExceptionForRC(result, Handle);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (connection.Handle is not null && IsInTransaction
            && raw.sqlite3_exec(Handle, "ROLLBACK") != raw.SQLITE_OK)
        {
            // Its transaction must not live on in the pool, where it would keep every other writer out.
            SqliteConnection.ClearPool(connection);
        }

        connection.Dispose();
    }

    /// <inheritdoc/>
    protected override void Begin(bool isWriting, ReadOnlySpan<Statement> questions) =>
        Script(isWriting ? "BEGIN IMMEDIATE" : "BEGIN");

    /// <inheritdoc/>
    protected internal override void Commit() => Script("COMMIT");

    /// <inheritdoc/>
    protected internal override void Rollback()
    {
        if (IsInTransaction)
        {
            Script("ROLLBACK");
        }
    }
}
