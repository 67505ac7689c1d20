namespace KioskFleet.Simulators.PowerLoss;

/// <summary>A change to one file's content that no sync has made durable yet. Immutable.</summary>
internal abstract record PendingChange
{
    private PendingChange(long ordinal) => Ordinal = ordinal;

    /// <summary>Rises by one with every change of the file; a sync covers all changes up to an ordinal.</summary>
    public long Ordinal { get; }

    /// <summary>Bytes put at an offset. The array is never changed after construction.</summary>
    internal sealed record Write(long Ordinal, int Offset, byte[] Bytes) : PendingChange(Ordinal)
    {
        /// <summary>The first byte position after this write.</summary>
        public int End => Offset + Bytes.Length;
    }

    /// <summary>The file cut, or grown with zeros, to a size in bytes.</summary>
    internal sealed record Truncate(long Ordinal, int Size) : PendingChange(Ordinal);
}
