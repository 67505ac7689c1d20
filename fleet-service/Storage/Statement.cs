using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Storage;

/// <summary>
/// A prepared statement of either engine. Parameters are numbered from 1 (<c>?1</c>). Made by
/// <see cref="FleetConnection.Prepare"/>; belongs to that connection and one thread at a time. Several statements of a
/// connection may be read in turns.
/// </summary>
internal abstract class Statement : IDisposable
{
    /// <summary>Binds an integer.</summary>
    public abstract Statement Set(int index, long value);

    /// <summary>Binds an integer or NULL.</summary>
    public virtual Statement Set(int index, long? value) => value is { } present ? Set(index, present) : SetNull(index);

    /// <summary>Binds a text or NULL.</summary>
    public abstract Statement Set(int index, string? value);

    /// <summary>Binds bytes; an empty span binds an empty value, never NULL.</summary>
    public abstract Statement Set(int index, ReadOnlySpan<byte> value);

    /// <summary>
    /// Binds several bytes, for <c>= ANY (?1)</c>; only where <see cref="FleetConnection.AsksInSets"/>.
    /// </summary>
    public virtual Statement Set(int index, IReadOnlyCollection<byte[]> values) =>
        throw new NotSupportedException("This engine asks row by row.");

    /// <summary>
    /// Binds several texts, for <c>= ANY (?1)</c>; only where <see cref="FleetConnection.AsksInSets"/>.
    /// </summary>
    public virtual Statement Set(int index, IReadOnlyCollection<string> values) =>
        throw new NotSupportedException("This engine asks row by row.");

    /// <summary>Binds several integers, for <c>= ANY (?1)</c>; only where <see cref="FleetConnection.AsksInSets"/>.
    /// </summary>
    public virtual Statement Set(int index, IReadOnlyCollection<long> values) =>
        throw new NotSupportedException("This engine asks row by row.");

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
    public abstract Statement SetNull(int index);

    /// <summary>Runs a statement of which no rows are read.</summary>
    /// <returns>How many rows it wrote, changed or removed.</returns>
    /// <exception cref="System.Data.Common.DbException">The statement failed; it can be run again.</exception>
    public abstract long Run();

    /// <summary>Goes to the next row; false behind the last, and then the statement is ready to be run again.</summary>
    public abstract bool Next();

    /// <summary>Leaves the rows that were not read.</summary>
    public abstract void Reset();

    /// <summary>Reads an integer column, from 0; a truth value is 1 or 0.</summary>
    public abstract long Long(int column);

    /// <summary>True when the column is NULL.</summary>
    public abstract bool IsNull(int column);

    /// <summary>Reads an integer column or null.</summary>
    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    /// <summary>Reads bytes; valid until the next row.</summary>
    public abstract ReadOnlySpan<byte> Bytes(int column);

    /// <summary>Reads a text.</summary>
    public abstract string Text(int column);

    /// <summary>Reads a text or null.</summary>
    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Reads a SHA-256 value.</summary>
    public Digest Hash(int column) => Digest.Read(Bytes(column));

    /// <summary>Reads a journal id.</summary>
    public JournalId Journal(int column) => JournalId.Read(Bytes(column));

    /// <inheritdoc/>
    public abstract void Dispose();
}
