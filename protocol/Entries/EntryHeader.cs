using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Entries;

/// <summary>Where a carried entry was recorded first.</summary>
/// <param name="Journal">The predecessor journal.</param>
/// <param name="Seq">Its sequence number there.</param>
public readonly record struct EntryOrigin(JournalId Journal, ulong Seq);

/// <summary>The moment an entry was recorded, as the cabinet saw it.</summary>
/// <param name="Boot">The boot that recorded it.</param>
/// <param name="MonotonicMs">Milliseconds of that boot's monotonic clock.</param>
/// <param name="WallUtcMs">The wall clock then, in Unix milliseconds UTC; it may be wrong by years.</param>
public readonly record struct EntryTime(BootId Boot, long MonotonicMs, long WallUtcMs);

/// <summary>
/// The fixed part in front of every entry's body. Layout, all little-endian: layout version (1 byte, now 1), kind (1),
/// marks (1), body version (1), seq (8), boot id (16), monotonic ms (8), wall clock ms (8), for carried entries the
/// origin journal (16) and seq (8), body length (4). The hash chain covers header and body.
/// </summary>
/// <param name="Kind">What the body is; may be a number this version does not know.</param>
/// <param name="Marks">Marks.</param>
/// <param name="BodyVersion">Version of the body's layout, from 1.</param>
/// <param name="Seq">Number of the entry in its journal, from 1, without holes.</param>
/// <param name="Time">When it was recorded; for a carried entry the original time.</param>
/// <param name="Origin">For a carried entry: where it was recorded first.</param>
public readonly record struct EntryHeader(
    EntryKind Kind, EntryMarks Marks, byte BodyVersion, ulong Seq, EntryTime Time, EntryOrigin? Origin)
{
    /// <summary>The layout version this code writes and reads.</summary>
    public const byte Layout = 1;

    /// <summary>Offset of the sequence number in an entry's bytes.</summary>
    public const int SeqOffset = 4;

    /// <summary>Bytes of a header without an origin, body length included.</summary>
    public const int FixedSize = 48;

    /// <summary>Writes the header; the body follows.</summary>
    public void Write(ByteWriter writer, int bodyLength)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.U8(Layout);
        writer.U8((byte)Kind);
        writer.U8((byte)Marks);
        writer.U8(BodyVersion);
        writer.U64(Seq);
        writer.Boot(Time.Boot);
        writer.I64(Time.MonotonicMs);
        writer.I64(Time.WallUtcMs);
        if (Origin is { } origin)
        {
            writer.Journal(origin.Journal);
            writer.U64(origin.Seq);
        }

        writer.U32((uint)bodyLength);
    }

    /// <summary>
    /// Reads the header of an entry and finds its body. False when the layout is another one, a length does not match,
    /// or marks and origin contradict each other.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> entry, out EntryHeader header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        var reader = new ByteReader(entry);
        if (reader.U8() != Layout)
        {
            return false;
        }

        var kind = (EntryKind)reader.U8();
        var marks = (EntryMarks)reader.U8();
        var bodyVersion = reader.U8();
        var seq = reader.U64();
        var time = new EntryTime(reader.Boot(), reader.I64(), reader.I64());
        var carried = (marks & EntryMarks.Carried) != 0;
        EntryOrigin? origin = carried ? new EntryOrigin(reader.Journal(), reader.U64()) : null;
        var bodyLength = reader.U32();
        if (reader.Failed || bodyLength != reader.Remaining || marks > (EntryMarks.Carried | EntryMarks.Salvaged)
            || marks == EntryMarks.Salvaged)
        {
            return false;
        }

        body = entry[reader.Position..];
        header = new EntryHeader(kind, marks, bodyVersion, seq, time, origin);
        return true;
    }

    /// <summary>Reads only the sequence number; 0 when the bytes are too short to hold one.</summary>
    public static ulong PeekSeq(ReadOnlySpan<byte> entry)
    {
        var reader = new ByteReader(entry);
        reader.Bytes(SeqOffset);
        return reader.U64();
    }
}
