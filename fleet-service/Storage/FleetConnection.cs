namespace KioskFleet.Service.Storage;

/// <summary>
/// One connection to the fleet's database, of either engine. Used by one thread at a time. What is left open when it is
/// disposed is undone.
/// </summary>
internal abstract class FleetConnection : IDisposable
{
    /// <summary>What messages call the database: a file's path, or a server with the database's name.</summary>
    public abstract string Name { get; }

    /// <summary>True between the beginning and the end of a transaction.</summary>
    public abstract bool IsInTransaction { get; }

    /// <summary>What must hold for every transaction that writes; null when nothing must.</summary>
    internal IWriteFence? Fence { get; set; }

    /// <summary>Makes a statement ready; parameters are <c>?1</c>, <c>?2</c> and so on.</summary>
    /// <exception cref="System.Data.Common.DbException">
    /// The text is not valid here; PostgreSQL says so when it runs.
    /// </exception>
    public abstract Statement Prepare(string sql);

    /// <summary>Makes a writer of many rows ready.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The names of its columns, separated by commas; every row sets all of them.</param>
    /// <param name="onConflict">
    /// An <c>ON CONFLICT</c> clause; then no two rows between two flushes have the same key. Empty: a row that is there
    /// already is an error.
    /// </param>
    /// <param name="isFew">
    /// They are few beside the rows of other tables, with which they are written in one way to a server.
    /// </param>
    public abstract RowWriter PrepareRows(string table, string columns, string onConflict = "", bool isFew = false);

    /// <summary>
    /// True when each question costs a way to a server: then those of a group are asked at once, with
    /// <see cref="Statement.Set(int, IReadOnlyCollection{byte[]})"/> and <see cref="PrepareChanges"/>, which no other
    /// engine has.
    /// </summary>
    public virtual bool AsksInSets => false;

    /// <summary>
    /// True when entries lie in a part of their table for each month in which they were committed: who appends them
    /// says which, as <c>commit_month</c>. Their default is the same, and is worked out anew for each row.
    /// </summary>
    public virtual bool HasCommitMonths => false;

    /// <summary>Makes a writer of many changes of rows ready; each change must find its row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">Names of a change's values, separated by commas; every change sets all of them.</param>
    /// <param name="set">What is set, of the values <c>change.NAME</c>.</param>
    /// <param name="where">Which row a change finds.</param>
    /// <exception cref="NotSupportedException">Not <see cref="AsksInSets"/>.</exception>
    public virtual RowWriter PrepareChanges(string table, string columns, string set, string where) =>
        throw new NotSupportedException($"{Name} changes row by row.");

    /// <summary>Writes the rows that writers of this connection still hold.</summary>
    public abstract void FlushRows();

    /// <summary>
    /// Asks several statements, whose parameters are set, in one way to a server; their rows are then read as ever,
    /// with no other way. Where a question costs none, each is asked when it is read.
    /// </summary>
    public virtual void Ask(params ReadOnlySpan<Statement> questions)
    {
    }

    /// <summary>Runs statements without parameters, one after another.</summary>
    public abstract void Script(string sql);

    /// <summary>Begins a transaction whose reads all see one moment.</summary>
    public FleetTransaction BeginRead()
    {
        Begin(isWriting: false, []);
        return new FleetTransaction(this);
    }

    /// <summary>Begins a transaction that keeps every other writer out.</summary>
    /// <param name="questions">What is asked first in it, as by <see cref="Ask"/>.</param>
    /// <exception cref="InvalidOperationException">The fence of the work does not hold; nothing is open.</exception>
    public FleetTransaction BeginWrite(params ReadOnlySpan<Statement> questions)
    {
        Begin(isWriting: true, questions);
        try
        {
            Fence?.Require(this);
        }
        catch
        {
            Rollback();
            throw;
        }

        return new FleetTransaction(this);
    }

    /// <summary>Runs one statement with named parameters (<c>$name</c>).</summary>
    /// <returns>How many rows it wrote, changed or removed.</returns>
    public long Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var statement = NamedParameters.Bind(this, sql, parameters);
        return statement.Run();
    }

    /// <summary>Reads all rows of one statement with named parameters (<c>$name</c>).</summary>
    public List<T> Query<T>(
        string sql, Func<Statement, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var statement = NamedParameters.Bind(this, sql, parameters);
        var rows = new List<T>();
        while (statement.Next())
        {
            rows.Add(read(statement));
        }

        return rows;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Begins a transaction and asks.</summary>
    protected abstract void Begin(bool isWriting, ReadOnlySpan<Statement> questions);

    /// <summary>Commits; durable when it returns.</summary>
    protected internal abstract void Commit();

    /// <summary>Undoes the transaction, if one is open.</summary>
    protected internal abstract void Rollback();
}

/// <summary>An open transaction; undone when it is disposed before it is committed.</summary>
internal sealed class FleetTransaction(FleetConnection connection) : IDisposable
{
    private bool _ended;

    /// <summary>Commits; durable when it returns.</summary>
    /// <exception cref="System.Data.Common.DbException">It failed: nobody knows whether it happened.</exception>
    public void Commit()
    {
        connection.Commit();
        _ended = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            connection.Rollback();
        }
    }
}
