using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Storage;

/// <summary>
/// Writes many rows of one table, in the engine's fastest way: SQLite writes each at once, PostgreSQL gathers them and
/// writes them in one go. Rows are written when <see cref="FleetConnection.PrepareRows"/>'s connection commits, or
/// earlier when a statement that names the table runs; who disposes it before that flushes it. Belongs to one
/// connection and one thread.
/// </summary>
internal abstract class RowWriter : IDisposable
{
    /// <summary>
    /// The row at which the transaction failed, from 0 and counted from its beginning. Null when it did not fail in
    /// this writer's rows, or nobody knows which it was.
    /// </summary>
    public virtual long? RefusedRow => null;

    /// <summary>True when the transaction failed in this writer's rows, after they were added.</summary>
    public virtual bool IsRefused => false;

    /// <summary>Sets a column of the row in hand, from 1 and in order, to an integer.</summary>
    public abstract RowWriter Set(int column, long value);

    /// <summary>Sets a column of the row in hand to a text.</summary>
    public abstract RowWriter Set(int column, string value);

    /// <summary>Sets a column of the row in hand to bytes.</summary>
    public abstract RowWriter Set(int column, ReadOnlySpan<byte> value);

    /// <summary>Sets a column of the row in hand to a SHA-256 value.</summary>
    public RowWriter Set(int column, Digest value)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        value.Write(bytes);
        return Set(column, bytes);
    }

    /// <summary>
    /// Sets a column of the row in hand to NULL; with a rule for rows that are there already only a column of bytes.
    /// </summary>
    public abstract RowWriter SetNull(int column);

    /// <summary>Ends the row in hand; every column was set, in order.</summary>
    public abstract void Add();

    /// <summary>Writes what was gathered.</summary>
    /// <exception cref="System.Data.Common.DbException">
    /// A row was refused; the transaction can only be undone.
    /// </exception>
    public abstract void Flush();

    /// <inheritdoc/>
    public abstract void Dispose();
}
