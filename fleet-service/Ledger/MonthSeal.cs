using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// The hashes of a sealed month: SHA-256 over its values, one after another, numbers as eight bytes (little-endian),
/// texts and bytes behind their length, an absent value as the length -1. Not thread-safe.
/// </summary>
internal sealed class MonthSeal : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The seal of a month: of all that its row says but the seal itself, and of its figures.</summary>
    public static Digest Of(SealedMonth month, MonthFigures figures)
    {
        using var seal = new MonthSeal();
        seal.Add(month.Month).Add(month.FirstPosition).Add(month.LastPosition).Add(month.Batches).Add(month.Entries)
            .Add(month.KeptEntries).Add(month.RowsHash).Add(month.KeptHash).Add(month.SealedUtcMs)
            .Add(month.SealedBy);
        foreach (var run in figures.Runs)
        {
            seal.Add(run.JournalNo).Add(run.FirstSeq).Add(run.LastSeq).Add((long)run.Base.Seq).Add(run.Base.Hash)
                .Add(run.LastHash);
        }

        foreach (var sum in figures.Sums)
        {
            seal.Add(sum.Cabinet).Add(sum.Assignment).Add(sum.Day).Add(sum.Class).Add(sum.SalesFen)
                .Add(sum.SalesLines);
        }

        foreach (var span in figures.Spans)
        {
            seal.Add(span.Block).Add(span.FirstUtcMs).Add(span.LastUtcMs);
        }

        return seal.End();
    }

    /// <summary>Adds a number.</summary>
    public MonthSeal Add(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds bytes.</summary>
    public MonthSeal Add(ReadOnlySpan<byte> value)
    {
        Add(value.Length);
        _hash.AppendData(value);
        return this;
    }

    /// <summary>Adds bytes that may be absent.</summary>
    public MonthSeal Add(byte[]? value) => value is null ? Add(-1) : Add(value.AsSpan());

    /// <summary>Adds a text.</summary>
    public MonthSeal Add(string value) => Add(Encoding.UTF8.GetBytes(value).AsSpan());

    /// <summary>Adds a hash.</summary>
    public MonthSeal Add(Digest value)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        value.Write(bytes);
        return Add(bytes);
    }

    /// <summary>Adds all that is stored of an entry.</summary>
    public void Add(ProofEntry entry) => Add(entry.Position).Add(entry.BatchId).Add(entry.Seq).Add(entry.Hash)
        .Add(entry.Bytes.AsSpan()).Add((long)entry.Kind).Add((long)entry.State).Add(entry.UtcMs)
        .Add(entry.BusinessDay).Add(entry.AssignmentId).Add(entry.Amounts.AidFen).Add(entry.Amounts.OrdinaryFen)
        .Add(entry.Amounts.UnmappedFen).Add(entry.LineClass).Add(entry.LineClasses);

    /// <summary>Adds what the proof reads of a batch.</summary>
    public void Add(ProofBatch batch) => Add(batch.BatchId).Add(batch.Range.FirstSeq).Add(batch.Range.Entries)
        .Add(batch.Range.FirstPosition).Add(batch.SignedFirstSeq).Add(batch.Envelope.AsSpan())
        .Add(batch.Signature.AsSpan()).Add(batch.KeySpki.AsSpan()).Add(batch.CatalogueVersion)
        .Add(batch.ReceivedUtcMs);

    /// <summary>The hash of what was added since the beginning, or since the last end.</summary>
    public Digest End() => Digest.Read(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
