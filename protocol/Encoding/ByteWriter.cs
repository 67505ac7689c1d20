using System.Buffers.Binary;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Encoding;

/// <summary>
/// Writes the canonical byte layout into a growing buffer: integers little-endian, texts as one length byte and UTF-8.
/// One value has one encoding. Not thread-safe; reuse it with <see cref="Clear"/>.
/// </summary>
public sealed class ByteWriter
{
    private byte[] _buffer;

    /// <summary>Makes a writer.</summary>
    /// <param name="capacity">Bytes to begin with.</param>
    public ByteWriter(int capacity = 512) => _buffer = new byte[capacity];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Forgets what has been written and keeps the buffer.</summary>
    public void Clear() => Length = 0;

    /// <summary>Writes one byte.</summary>
    public void U8(byte value) => Take(1)[0] = value;

    /// <summary>Writes an unsigned 16-bit integer.</summary>
    public void U16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    /// <summary>Writes an unsigned 32-bit integer.</summary>
    public void U32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    /// <summary>Writes an unsigned 64-bit integer.</summary>
    public void U64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>Writes a signed 64-bit integer.</summary>
    public void I64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    /// <summary>Writes bytes as they are.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Writes a SHA-256 value.</summary>
    public void Digest(Digest digest) => digest.Write(Take(Identity.Digest.Size));

    /// <summary>Writes a journal id.</summary>
    public void Journal(JournalId id) => id.Write(Take(JournalId.Size));

    /// <summary>Writes a boot id.</summary>
    public void Boot(BootId id) => id.Write(Take(BootId.Size));

    /// <summary>Writes a sequence number and its hash.</summary>
    public void Head(Head head)
    {
        U64(head.Seq);
        Digest(head.Hash);
    }

    /// <summary>Writes a text: one length byte, then UTF-8.</summary>
    /// <exception cref="ArgumentException">
    /// The text takes more than <see cref="Limits.MaxTextBytes"/> bytes.
    /// </exception>
    public void Text(string text)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(text);
        if (length > Limits.MaxTextBytes)
        {
            throw new ArgumentException(
                $"A text of {length} bytes is longer than {Limits.MaxTextBytes}.", nameof(text));
        }

        U8((byte)length);
        System.Text.Encoding.UTF8.GetBytes(text, Take(length));
    }

    /// <summary>Sets an unsigned 32-bit integer that was written before at an offset.</summary>
    public void PatchU32(int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(offset, 4), value);

    private Span<byte> Take(int count)
    {
        if (Length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
