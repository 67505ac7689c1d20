namespace KioskFleet.Service.Storage;

/// <summary>Rows that are gathered for a PostgreSQL server and written in one go.</summary>
/// <param name="owner">The connection, which writes them in time.</param>
/// <param name="table">The table.</param>
internal abstract class PostgreSqlRows(PostgreSqlFleetConnection owner, string table) : RowWriter
{
    /// <summary>The table.</summary>
    public string Table => table;

    /// <summary>True while rows wait to be written.</summary>
    public abstract bool IsWaiting { get; }

    /// <summary>The connection.</summary>
    protected PostgreSqlFleetConnection Owner => owner;

    /// <summary>Forgets the rows that wait and counts anew: the transaction is over.</summary>
    public abstract void Forget();

    /// <summary>Ends what is under way to the server, which then takes something else.</summary>
    public virtual void EndSending()
    {
    }

    /// <summary>A transaction begins.</summary>
    public virtual void Begin()
    {
    }

    /// <inheritdoc/>
    public override void Dispose() => Forget();
}
