using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Batches;

/// <summary>
/// A batch that was taken apart. Entries stay bytes in the payload; their hashes are computed once. Immutable after
/// <see cref="ComputeHashes"/>.
/// </summary>
public sealed class ReceivedBatch
{
    private readonly ReadOnlyMemory<byte> _payload;
    private readonly (int Offset, int Length)[] _entries;
    private Digest[] _hashes = [];

    private ReceivedBatch(
        ReadOnlyMemory<byte> payload, BatchHeader header, (int Offset, int Length)[] entries)
    {
        _payload = payload;
        _entries = entries;
        Header = header;
        MessageHash = SignedMessage.HashOf(payload.Span);
    }

    /// <summary>Everything beside the entries.</summary>
    public BatchHeader Header { get; }

    /// <summary>The hash by which a receipt names this batch.</summary>
    public Digest MessageHash { get; }

    /// <summary>Number of entries, 1 to <see cref="Limits.MaxBatchEntries"/>.</summary>
    public int Count => _entries.Length;

    /// <summary>Bytes of the payload.</summary>
    public int PayloadBytes => _payload.Length;

    /// <summary>The payload as it came.</summary>
    public ReadOnlyMemory<byte> Payload => _payload;

    /// <summary>The signed bytes in front of the entries, the entry count included.</summary>
    public ReadOnlyMemory<byte> Envelope => _payload[..(_entries[0].Offset - sizeof(uint))];

    /// <summary>The signature.</summary>
    public ReadOnlyMemory<byte> Signature => _payload[^MessageSigner.SignatureSize..];

    /// <summary>The batch as the receiver judges it; after <see cref="ComputeHashes"/>.</summary>
    public BatchFacts Facts => new(Header.Cabinet, Header.Journal, Header.Previous, Header.GapBase, _hashes);

    /// <summary>Number of the first entry.</summary>
    public ulong FirstSeq => Header.Previous.Seq + 1;

    /// <summary>The canonical bytes of an entry, from 0.</summary>
    public ReadOnlyMemory<byte> Entry(int index) => _payload.Slice(_entries[index].Offset, _entries[index].Length);

    /// <summary>The chain's hash at an entry, from 0; after <see cref="ComputeHashes"/>.</summary>
    public Digest Hash(int index) => _hashes[index];

    /// <summary>
    /// The chain's hash at a sequence number that this batch covers, its previous head included.
    /// </summary>
    public Digest HashAt(ulong seq) => seq == Header.Previous.Seq
        ? Header.Previous.Hash
        : _hashes[(int)(seq - FirstSeq)];

    /// <summary>
    /// Computes the chain over the entries. True when their numbers follow each other and the last hash is the one that
    /// the agent stated.
    /// </summary>
    public bool ComputeHashes(HashChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var hashes = new Digest[_entries.Length];
        var hash = Header.Previous.Hash;
        var contiguous = true;
        for (var i = 0; i < _entries.Length; i++)
        {
            var entry = Entry(i).Span;
            contiguous &= Entries.EntryHeader.PeekSeq(entry) == FirstSeq + (ulong)i;
            hashes[i] = hash = chain.Next(hash, entry);
        }

        _hashes = hashes;
        return contiguous && hash == Header.Last.Hash;
    }

    /// <summary>True when the batch is signed by this key.</summary>
    public bool IsSignedBy(MessageVerifier verifier) =>
        SignedMessage.Verify(_payload.Span, MessageHash, verifier);

    /// <summary>Takes a payload apart; false when it is not a batch of this version within the limits.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out ReceivedBatch? batch)
    {
        batch = null;
        if (payload.Length <= MessageSigner.SignatureSize || payload.Length > Limits.MaxBatchBytes)
        {
            return false;
        }

        var reader = new ByteReader(payload.Span[..^MessageSigner.SignatureSize]);
        if (!reader.Bytes(MessageMagic.Size).SequenceEqual(MessageMagic.Batch)
            || !CabinetId.TryParse(reader.Text(), out var cabinet))
        {
            return false;
        }

        var journal = reader.Journal();
        var key = new KeyId(reader.U64());
        var gapMark = reader.U8();
        Head? gapBase = gapMark == 1 ? reader.Head() : null;
        var previous = reader.Head();
        var lastHash = reader.Digest();
        var clocks = ReadClocks(ref reader);
        var entries = ReadEntries(ref reader);
        if (!reader.AtEnd || gapMark > 1 || entries.Length == 0 || clocks.Length > Limits.MaxClockObservations
            || previous.Seq > ulong.MaxValue - Limits.MaxBatchEntries
            || (gapBase is { } g && g.Seq >= previous.Seq))
        {
            return false;
        }

        var last = new Head(previous.Seq + (ulong)entries.Length, lastHash);
        batch = new ReceivedBatch(
            payload, new BatchHeader(cabinet, journal, key, gapBase, previous, last, clocks), entries);
        return true;
    }

    private static ClockObservation[] ReadClocks(ref ByteReader reader)
    {
        var clocks = new ClockObservation[reader.U8()];
        for (var i = 0; i < clocks.Length; i++)
        {
            clocks[i] = new ClockObservation(reader.Boot(), reader.I64(), reader.I64());
        }

        return clocks;
    }

    private static (int Offset, int Length)[] ReadEntries(ref ByteReader reader)
    {
        var count = reader.U16();
        if (count > Limits.MaxBatchEntries)
        {
            reader.Fail();
            return [];
        }

        var entries = new (int, int)[count];
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var length = reader.U32();
            if (length > Limits.MaxEntryBytes)
            {
                reader.Fail();
                break;
            }

            entries[i] = (reader.Position, (int)length);
            reader.Bytes((int)length);
        }

        return entries;
    }
}
