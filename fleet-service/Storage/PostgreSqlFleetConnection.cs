using Npgsql;

namespace KioskFleet.Service.Storage;

/// <summary>
/// A connection to a PostgreSQL server. A server's connection reads one result at a time: when another statement runs,
/// the rows that are still to be read of the one before are read ahead into memory.
/// </summary>
internal sealed class PostgreSqlFleetConnection(NpgsqlConnection connection, string name) : FleetConnection
{
    /// <summary>The advisory lock of the one writer; the letters "kf" and a number.</summary>
    private const long WriterLock = 0x6B66_0001;

    private readonly List<PostgreSqlRows> _pending = [];
    private readonly List<PostgreSqlStatement> _answered = [];
    private PostgreSqlStatement? _reading;
    private bool _isInTransaction;
    private bool _isFailed;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool IsInTransaction => _isInTransaction;

    /// <summary>The driver's connection.</summary>
    public NpgsqlConnection Driver => connection;

    /// <summary>The rows that are under way to the server; null when none are.</summary>
    internal PostgreSqlRows? Sending { get; set; }

    /// <inheritdoc/>
    public override Statement Prepare(string sql) => new PostgreSqlStatement(this, PostgreSqlText.Of(sql));

    /// <inheritdoc/>
    public override RowWriter PrepareRows(
        string table, string columns, string onConflict = "", bool isFew = false) =>
        onConflict.Length == 0 && !isFew
            ? new PostgreSqlCopy(this, table, columns)
            : PostgreSqlUpsert.Rows(this, table, columns, onConflict);

    /// <inheritdoc/>
    public override bool AsksInSets => true;

    /// <inheritdoc/>
    public override bool HasCommitMonths => true;

    /// <inheritdoc/>
    public override RowWriter PrepareChanges(string table, string columns, string set, string where) =>
        PostgreSqlUpsert.Changes(this, table, columns, set, where);

    /// <inheritdoc/>
    public override void Ask(params ReadOnlySpan<Statement> questions)
    {
        foreach (var question in questions)
        {
            MakeRoom(null, ((PostgreSqlStatement)question).Sql);
        }

        try
        {
            AskAll(null, questions);
        }
        catch
        {
            Fail();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Script(string sql)
    {
        MakeRoom(null, sql);
        Guard(() => Run(sql));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        try
        {
            Rollback();
        }
        catch (NpgsqlException)
        {
            // A broken connection has no transaction left; those that broke with it are not handed out either.
            NpgsqlConnection.ClearPool(connection);
        }

        connection.Dispose();
    }

    /// <summary>Lets a statement be the one that reads, and writes the rows it must see.</summary>
    /// <param name="next">The statement that is about to run; null when it reads no rows.</param>
    /// <param name="sql">Its text, which names its tables.</param>
    internal void MakeRoom(PostgreSqlStatement? next, string sql)
    {
        Sending?.EndSending();
        _reading?.ReadAhead();
        for (var i = 0; i < _pending.Count; i++)
        {
            if (_pending[i].IsWaiting && sql.Contains(_pending[i].Table, StringComparison.Ordinal))
            {
                _pending[i].Flush();
            }
        }

        _reading = next;
    }

    /// <summary>A statement has read its last row.</summary>
    internal void Done(PostgreSqlStatement statement)
    {
        if (_reading == statement)
        {
            _reading = null;
        }
    }

    /// <summary>Lets rows wait until somebody reads their table or the transaction ends.</summary>
    internal void Wait(PostgreSqlRows rows)
    {
        if (!_pending.Contains(rows))
        {
            _pending.Add(rows);
        }
    }

    /// <summary>Runs something and remembers that the transaction can only be undone when it fails.</summary>
    internal T Guard<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch
        {
            Fail();
            throw;
        }
    }

    /// <summary>The transaction can only be undone.</summary>
    internal void Fail() => _isFailed = _isInTransaction;

    /// <inheritdoc/>
    protected override void Begin(bool isWriting, ReadOnlySpan<Statement> questions)
    {
        try
        {
            Open(isWriting, questions);
        }
        catch (PostgresException error) when (isWriting && PostgreSqlEngine.IsHeldByOthers(error)
            && FrozenWriter.End(connection, WriterLock))
        {
            Open(isWriting, questions);
        }
    }

    private void Open(bool isWriting, ReadOnlySpan<Statement> questions)
    {
        MakeRoom(null, "");
        try
        {
            _isInTransaction = true;
            foreach (var rows in _pending)
            {
                rows.Begin();
            }

            if (isWriting)
            {
                // Each question is asked when the turn has come, and sees all that was committed before it. A plan that
                // is kept may be that of tables that were empty: for what is asked once a group a new one is cheap.
                string[] plans = questions.IsEmpty ? [] : ["SET LOCAL plan_cache_mode = force_custom_plan"];
                AskAll(["BEGIN", .. plans, $"SELECT pg_advisory_xact_lock({WriterLock})"], questions);
            }
            else
            {
                Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            }
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    /// <inheritdoc/>
    protected internal override void Commit()
    {
        FlushRows();
        _reading?.ReadAhead();
        if (_isFailed)
        {
            // The server would answer COMMIT with ROLLBACK and call it a success.
            throw new InvalidOperationException("A statement of this transaction failed: it can only be undone.");
        }

        Run("COMMIT");
        _isInTransaction = false;
        _answered.Clear();
        ForgetRows();
    }

    /// <inheritdoc/>
    public override void FlushRows()
    {
        // What is copied goes its own way; all else in one way to the server.
        foreach (var rows in _pending)
        {
            if (rows is not PostgreSqlUpsert)
            {
                rows.Flush();
            }
        }

        PostgreSqlUpsert.Flush(this, [.. _pending.OfType<PostgreSqlUpsert>().Where(static rows => rows.IsWaiting)]);
    }

    /// <inheritdoc/>
    protected internal override void Rollback()
    {
        ForgetRows();
        if (!_isInTransaction)
        {
            return;
        }

        _isInTransaction = false;
        _isFailed = false;
        _reading?.Reset();
        _answered.ForEach(static statement => statement.Reset());
        _answered.Clear();
        if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            Run("ROLLBACK");
        }
    }

    private void ForgetRows()
    {
        foreach (var rows in _pending)
        {
            rows.Forget();
        }
    }

    /// <summary>Takes the turn, where it is not taken yet, and asks, all in one way to the server.</summary>
    private void AskAll(string[]? turn, ReadOnlySpan<Statement> questions)
    {
        using var batch = connection.CreateBatch();
        foreach (var command in turn ?? [])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(command));
        }

        foreach (var question in questions)
        {
            batch.BatchCommands.Add(((PostgreSqlStatement)question).Part());
        }

        using var reader = batch.ExecuteReader();
        if (turn is not null)
        {
            reader.NextResult();
        }

        foreach (var question in questions)
        {
            _answered.Add((PostgreSqlStatement)question);
            ((PostgreSqlStatement)question).Take(reader);
            reader.NextResult();
        }
    }

    private int Run(string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteNonQuery();
    }
}
