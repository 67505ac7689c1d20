using System.Buffers.Binary;
using System.Text.Unicode;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Encoding;

/// <summary>
/// Reads the canonical byte layout. Never throws on bad input: the first read outside the bytes, or of a text that is
/// not UTF-8, sets <see cref="Failed"/>, and everything after reads as zero.
/// </summary>
public ref struct ByteReader
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>Reads from the first byte.</summary>
    public ByteReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The offset of the next byte to read.</summary>
    public int Position { get; private set; }

    /// <summary>True once something could not be read.</summary>
    public bool Failed { get; private set; }

    /// <summary>True when everything was read and nothing failed.</summary>
    public readonly bool AtEnd => !Failed && Position == _bytes.Length;

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>Reads one byte.</summary>
    public byte U8() => Take(1) is { Length: 1 } s ? s[0] : (byte)0;

    /// <summary>Reads an unsigned 16-bit integer.</summary>
    public ushort U16() => Take(2) is { Length: 2 } s ? BinaryPrimitives.ReadUInt16LittleEndian(s) : (ushort)0;

    /// <summary>Reads an unsigned 32-bit integer.</summary>
    public uint U32() => Take(4) is { Length: 4 } s ? BinaryPrimitives.ReadUInt32LittleEndian(s) : 0;

    /// <summary>Reads an unsigned 64-bit integer.</summary>
    public ulong U64() => Take(8) is { Length: 8 } s ? BinaryPrimitives.ReadUInt64LittleEndian(s) : 0;

    /// <summary>Reads a signed 64-bit integer.</summary>
    public long I64() => Take(8) is { Length: 8 } s ? BinaryPrimitives.ReadInt64LittleEndian(s) : 0;

    /// <summary>Reads bytes as they are.</summary>
    public ReadOnlySpan<byte> Bytes(int count) => Take(count);

    /// <summary>Reads a SHA-256 value.</summary>
    public Digest Digest() =>
        Take(Identity.Digest.Size) is { Length: Identity.Digest.Size } s ? Identity.Digest.Read(s) : default;

    /// <summary>Reads a journal id.</summary>
    public JournalId Journal() => Take(JournalId.Size) is { Length: JournalId.Size } s ? JournalId.Read(s) : default;

    /// <summary>Reads a boot id.</summary>
    public BootId Boot() => Take(BootId.Size) is { Length: BootId.Size } s ? BootId.Read(s) : default;

    /// <summary>Reads a sequence number and its hash.</summary>
    public Head Head() => new(U64(), Digest());

    /// <summary>Reads a text and checks that it is UTF-8; the bytes stay where they are.</summary>
    public ReadOnlySpan<byte> TextBytes()
    {
        var text = Take(U8());
        if (!Utf8.IsValid(text))
        {
            Failed = true;
            return [];
        }

        return text;
    }

    /// <summary>Reads a text.</summary>
    public string Text() => System.Text.Encoding.UTF8.GetString(TextBytes());

    /// <summary>Marks the input as unreadable.</summary>
    public void Fail() => Failed = true;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || count < 0 || count > Remaining)
        {
            Failed = true;
            return [];
        }

        var span = _bytes.Slice(Position, count);
        Position += count;
        return span;
    }
}
