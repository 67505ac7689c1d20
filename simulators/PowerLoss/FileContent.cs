namespace KioskFleet.Simulators.PowerLoss;

/// <summary>A file's bytes in memory, growing with zeros as a file system does. Not thread-safe.</summary>
internal sealed class FileContent
{
    private byte[] _bytes;

    /// <summary>Takes over <paramref name="bytes"/>; the caller gives up the array.</summary>
    public FileContent(byte[] bytes)
    {
        _bytes = bytes;
        Length = bytes.Length;
    }

    /// <summary>Size in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>The content as it stands; valid until the next change.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Puts bytes at an offset; a hole before them reads as zeros.</summary>
    public void Put(int offset, ReadOnlySpan<byte> bytes)
    {
        GrowTo(checked(offset + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(offset));
    }

    /// <summary>Cuts or grows (with zeros) to a size in bytes.</summary>
    public void SetLength(int size)
    {
        if (size >= Length)
        {
            GrowTo(size);
            return;
        }

        // What lies beyond the end must read as zeros if the file grows again.
        _bytes.AsSpan(size, Length - size).Clear();
        Length = size;
    }

    /// <summary>An independent copy.</summary>
    public FileContent Copy() => new(Span.ToArray());

    /// <summary>Grows with zeros to at least a size; never shrinks.</summary>
    public void GrowTo(int size)
    {
        if (size > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(size, _bytes.Length * 2L), Array.MaxLength));
        }

        Length = Math.Max(Length, size);
    }

    /// <summary>Does one change wholly.</summary>
    public void Apply(PendingChange change)
    {
        switch (change)
        {
            case PendingChange.Write write:
                Put(write.Offset, write.Bytes);
                break;
            case PendingChange.Truncate truncate:
                SetLength(truncate.Size);
                break;
            default:
                throw new InvalidOperationException($"Unknown change {change}.");
        }
    }
}
