using System.Buffers.Binary;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// Finds entries in the pages of a SQLite file and its write-ahead log without SQLite: for a file whose header or
/// inner pages are damaged. Every table leaf page is taken apart by itself (file format: sqlite.org/fileformat2.html,
/// sections 1.6 and 2.1); what does not hold an entry of the right number is passed over. Candidates are not proven:
/// the caller compares them with the chain. Pure over the bytes it is given.
/// </summary>
internal sealed class RawPages
{
    private const int PageBytes = 4096;
    private const int DatabaseHeaderBytes = 100;
    private const int LogHeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const byte TableLeaf = 0x0D;
    private const int LeafHeaderBytes = 8;
    private const int HashSerialType = 12 + 2 * Digest.Size;

    private readonly byte[] _file;
    private readonly byte[] _log;
    private readonly Dictionary<uint, int> _newestFrame = [];

    private RawPages(byte[] file, byte[] log)
    {
        _file = file;
        _log = log;
        for (var offset = LogHeaderBytes; offset + FrameHeaderBytes + PageBytes <= log.Length;
            offset += FrameHeaderBytes + PageBytes)
        {
            _newestFrame[BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(offset))] = offset + FrameHeaderBytes;
        }
    }

    /// <summary>Every entry found, in no order; the same number may come several times.</summary>
    public static IReadOnlyList<StoredEntry> Entries(byte[] file, byte[] log)
    {
        var pages = new RawPages(file, log);
        var found = new List<StoredEntry>();
        for (var offset = 0; offset + PageBytes <= file.Length; offset += PageBytes)
        {
            pages.ReadLeaf(file.AsSpan(offset, PageBytes), offset == 0 ? DatabaseHeaderBytes : 0, found);
        }

        for (var offset = LogHeaderBytes; offset + FrameHeaderBytes + PageBytes <= log.Length;
            offset += FrameHeaderBytes + PageBytes)
        {
            var first = BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(offset)) == 1;
            pages.ReadLeaf(
                log.AsSpan(offset + FrameHeaderBytes, PageBytes), first ? DatabaseHeaderBytes : 0, found);
        }

        return found;
    }

    private void ReadLeaf(ReadOnlySpan<byte> page, int start, List<StoredEntry> found)
    {
        if (page[start] != TableLeaf)
        {
            return;
        }

        var cells = BinaryPrimitives.ReadUInt16BigEndian(page[(start + 3)..]);
        for (var i = 0; i < cells && start + LeafHeaderBytes + 2 * i + 2 <= page.Length; i++)
        {
            var cell = BinaryPrimitives.ReadUInt16BigEndian(page[(start + LeafHeaderBytes + 2 * i)..]);
            if (cell < page.Length && ReadCell(page[cell..]) is { } entry)
            {
                found.Add(entry);
            }
        }
    }

    private StoredEntry? ReadCell(ReadOnlySpan<byte> cell)
    {
        if (!Varint(ref cell, out var size) || !Varint(ref cell, out var rowId) || rowId <= 0
            || size is < EntryHeader.FixedSize or > Protocol.Limits.MaxEntryBytes + 256)
        {
            return null;
        }

        return Payload(cell, (int)size) is { } payload ? ReadRecord(payload, (ulong)rowId) : null;
    }

    /// <summary>The record of a cell, with its overflow pages; null when they cannot be followed.</summary>
    private byte[]? Payload(ReadOnlySpan<byte> cell, int size)
    {
        const int most = PageBytes - 35;
        const int least = (PageBytes - 12) * 32 / 255 - 23;
        var spread = least + (size - least) % (PageBytes - 4);
        var local = size <= most ? size : spread <= most ? spread : least;
        if (cell.Length < local + (local < size ? 4 : 0))
        {
            return null;
        }

        var payload = new byte[size];
        cell[..local].CopyTo(payload);
        var next = local < size ? BinaryPrimitives.ReadUInt32BigEndian(cell[local..]) : 0;
        for (var at = local; at < size;)
        {
            var page = Page(next);
            if (page.IsEmpty)
            {
                return null;
            }

            var part = Math.Min(size - at, PageBytes - 4);
            page.Slice(4, part).CopyTo(payload.AsSpan(at));
            next = BinaryPrimitives.ReadUInt32BigEndian(page);
            at += part;
        }

        return payload;
    }

    private ReadOnlySpan<byte> Page(uint number)
    {
        if (number == 0)
        {
            return [];
        }

        if (_newestFrame.TryGetValue(number, out var offset))
        {
            return _log.AsSpan(offset, PageBytes);
        }

        var start = (number - 1L) * PageBytes;
        return start + PageBytes <= _file.Length ? _file.AsSpan((int)start, PageBytes) : [];
    }

    /// <summary>
    /// An entry's row begins with NULL (the row id stands for the number), the 32-byte hash and the bytes.
    /// </summary>
    private static StoredEntry? ReadRecord(byte[] record, ulong rowId)
    {
        ReadOnlySpan<byte> header = record;
        if (!Varint(ref header, out var headerSize) || headerSize < 4 || headerSize > record.Length
            || !Varint(ref header, out var first) || first != 0
            || !Varint(ref header, out var second) || second != HashSerialType
            || !Varint(ref header, out var third) || third < 12 || third % 2 != 0)
        {
            return null;
        }

        var length = (int)Math.Min((third - 12) / 2, int.MaxValue);
        var start = (int)headerSize + Digest.Size;
        if (start + (long)length > record.Length)
        {
            return null;
        }

        var bytes = record.AsMemory(start, length);
        return EntryHeader.PeekSeq(bytes.Span) == rowId
            ? new StoredEntry(rowId, Digest.Read(record.AsSpan((int)headerSize, Digest.Size)), bytes)
            : null;
    }

    private static bool Varint(ref ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        for (var i = 0; i < 9 && i < bytes.Length; i++)
        {
            if (i == 8)
            {
                value = (value << 8) | bytes[i];
                bytes = bytes[9..];
                return true;
            }

            value = (value << 7) | (uint)(bytes[i] & 0x7F);
            if ((bytes[i] & 0x80) == 0)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
