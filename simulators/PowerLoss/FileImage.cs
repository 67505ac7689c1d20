namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// One file (an inode: it lives on without its name): the content that is surely on the disk, and the queue of changes
/// that are not. Not thread-safe; the disk's gate guards it.
/// </summary>
internal sealed class FileImage
{
    private readonly FileContent _durable;
    private readonly List<PendingChange> _pending = [];
    private long _lastOrdinal;
    private long _pendingBytes;

    /// <summary>Starts with content that counts as durable; takes over the array.</summary>
    public FileImage(byte[] durable) => _durable = new FileContent(durable);

    /// <summary>Ordinal of the newest change; a sync that starts now covers all changes up to it.</summary>
    public long LastOrdinal => _lastOrdinal;

    /// <summary>Whether a write of this place and size stays within <see cref="PowerLossLimits"/>.</summary>
    public bool HasRoomFor(long offset, int count) =>
        offset + count <= PowerLossLimits.MaxFileBytes && _pendingBytes + count <= PowerLossLimits.MaxPendingBytes;

    /// <summary>Queues a write; the bytes are copied.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        _pending.Add(new PendingChange.Write(++_lastOrdinal, checked((int)offset), bytes.ToArray()));
        _pendingBytes += bytes.Length;
    }

    /// <summary>Queues a change of size, in bytes.</summary>
    public void Truncate(long size) =>
        _pending.Add(new PendingChange.Truncate(++_lastOrdinal, checked((int)size)));

    /// <summary>
    /// Makes every change up to <paramref name="throughOrdinal"/> durable, in order. Later ones (written by another
    /// thread while the sync ran) stay waiting: a sync promises only what was written before it was called.
    /// </summary>
    public void MakeDurable(long throughOrdinal)
    {
        int covered = 0;
        while (covered < _pending.Count && _pending[covered].Ordinal <= throughOrdinal)
        {
            PendingChange change = _pending[covered++];
            _durable.Apply(change);
            _pendingBytes -= change is PendingChange.Write write ? write.Bytes.Length : 0;
        }

        _pending.RemoveRange(0, covered);
    }

    /// <summary>A copy that later changes do not touch.</summary>
    public FileSnapshot Snapshot() => new(_durable.Copy(), [.. _pending]);
}

/// <summary>A file at the moment of a power cut.</summary>
/// <param name="Durable">What is surely on the disk.</param>
/// <param name="Pending">What was written and not synced, oldest first.</param>
internal sealed record FileSnapshot(FileContent Durable, IReadOnlyList<PendingChange> Pending);
