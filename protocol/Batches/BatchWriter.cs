using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Batches;

/// <summary>
/// Builds a batch: entries are added while they fit, then it is signed. Layout, little-endian: <c>KFB1</c> (4), cabinet
/// (text), journal (16), key id (8), gap mark (1) and with it the base head (8 + 32), previous head (8 + 32), last
/// head's hash (32), clock count (1) and per clock boot (16), monotonic ms (8), server ms (8), entry count (2), per
/// entry its length (4) and bytes; then the signature (64) over the SHA-256 of everything before it. Not thread-safe.
/// </summary>
public sealed class BatchWriter
{
    private readonly ByteWriter _writer = new(16 * 1024);
    private readonly List<ReadOnlyMemory<byte>> _entries = [];
    private int _entryBytes;

    /// <summary>Entries added so far.</summary>
    public int Count => _entries.Count;

    /// <summary>
    /// Adds an entry when the batch stays within the limits; the first entry always fits. False: send what there is.
    /// </summary>
    /// <param name="entry">The canonical bytes; must not change until <see cref="Sign"/>.</param>
    /// <param name="maxEntries">1 to <see cref="Limits.MaxBatchEntries"/>.</param>
    /// <param name="maxBytes">Limit for the entries' bytes.</param>
    public bool TryAdd(ReadOnlyMemory<byte> entry, int maxEntries, int maxBytes)
    {
        if (_entries.Count > 0 && (_entries.Count >= maxEntries || _entryBytes + entry.Length + 4 > maxBytes))
        {
            return false;
        }

        _entries.Add(entry);
        _entryBytes += entry.Length + 4;
        return true;
    }

    /// <summary>Forgets what was added: a batch that failed in the making must not run into the next one.</summary>
    public void Clear()
    {
        _entries.Clear();
        _entryBytes = 0;
    }

    /// <summary>Signs the batch and empties the writer.</summary>
    public SignedMessage Sign(BatchHeader header, MessageSigner signer)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            header.Clocks.Count, Limits.MaxClockObservations, nameof(header));
        ArgumentOutOfRangeException.ThrowIfZero(_entries.Count, nameof(header));
        _writer.Clear();
        _writer.Bytes(MessageMagic.Batch);
        _writer.Text(header.Cabinet.Value);
        _writer.Journal(header.Journal);
        _writer.U64(header.Key.Value);
        _writer.U8(header.GapBase is null ? (byte)0 : (byte)1);
        if (header.GapBase is { } gapBase)
        {
            _writer.Head(gapBase);
        }

        _writer.Head(header.Previous);
        _writer.Digest(header.Last.Hash);
        _writer.U8((byte)header.Clocks.Count);
        foreach (var clock in header.Clocks)
        {
            _writer.Boot(clock.Boot);
            _writer.I64(clock.MonotonicMs);
            _writer.I64(clock.ServerUtcMs);
        }

        _writer.U16((ushort)_entries.Count);
        foreach (var entry in _entries)
        {
            _writer.U32((uint)entry.Length);
            _writer.Bytes(entry.Span);
        }

        Clear();
        return SignedMessage.Sign(_writer, signer);
    }
}
