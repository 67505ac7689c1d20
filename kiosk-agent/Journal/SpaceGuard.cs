namespace KioskFleet.Agent.Journal;

/// <summary>
/// Keeps room on the disk so that every approved vend can still be recorded: a full disk refuses requests, never
/// records.
/// The decision is pure; beside it a probe of free bytes and <c>reserve.bin</c>, real blocks that are given back to
/// the disk when a record finds it full. All state is that file, so several instances over one folder agree.
/// Thread-safe.
/// </summary>
internal sealed class SpaceGuard
{
    private const int BlockBytes = 1024 * 1024;

    private readonly JournalOptions _options;
    private readonly Func<long> _freeBytes;
    private readonly Lock _gate = new();

    /// <summary>Guards the folder's disk.</summary>
    /// <param name="options">The bounds.</param>
    /// <param name="freeBytes">Free bytes of the disk; null: asks the system.</param>
    public SpaceGuard(JournalOptions options, Func<long>? freeBytes = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _freeBytes = freeBytes ?? ProbeFreeBytes;
    }

    /// <summary>Bytes the reserve file takes.</summary>
    public long ReserveBytes => (long)_options.ReservedApprovals * _options.BytesPerApproval;

    /// <summary>True while the reserve is on the disk as a whole.</summary>
    public bool IsReserveWhole => new FileInfo(ReservePath) is { Exists: true } file && file.Length == ReserveBytes;

    private string ReservePath => Path.Combine(_options.JournalsDirectory, "reserve.bin");

    /// <summary>
    /// Whether one more vend may be approved. Pure. Without a whole reserve nothing is approved; with it, the disk
    /// must hold the minimum and the outcomes of all approved vends and this one.
    /// </summary>
    public static bool MayApprove(bool reserveWhole, long freeBytes, int openVends, JournalOptions options) =>
        reserveWhole && freeBytes >= options.MinFreeBytes + (openVends + 1L) * options.BytesPerApproval;

    /// <summary>
    /// Whether one more vend may be approved now; builds the reserve again when there is room for it.
    /// </summary>
    public bool HasRoomFor(int openVends)
    {
        lock (_gate)
        {
            var free = _freeBytes();
            if (!IsReserveWhole && free >= _options.MinFreeBytes + ReserveBytes)
            {
                TryBuildReserve();
                free = _freeBytes();
            }

            return MayApprove(IsReserveWhole, free, openVends, _options);
        }
    }

    /// <summary>
    /// Whether the disk has room for something that may be missed, beside all that the journal keeps for itself: such
    /// things give way while every vend can still be approved.
    /// </summary>
    /// <param name="bytes">How much it may take.</param>
    public bool HasSpare(long bytes) => IsSpare(_freeBytes(), bytes, ReserveBytes, _options);

    /// <summary>The same as a pure decision.</summary>
    public static bool IsSpare(long freeBytes, long bytes, long reserveBytes, JournalOptions options) =>
        freeBytes >= options.MinFreeBytes + reserveBytes + bytes;

    /// <summary>Gives the reserve back to the disk; true when there was one.</summary>
    public bool Release()
    {
        lock (_gate)
        {
            if (!File.Exists(ReservePath))
            {
                return false;
            }

            File.Delete(ReservePath);
            return true;
        }
    }

    /// <summary>Writes real blocks: a sparse file would reserve nothing.</summary>
    private void TryBuildReserve()
    {
        Directory.CreateDirectory(_options.JournalsDirectory);
        try
        {
            using var handle = File.OpenHandle(ReservePath, FileMode.Create, FileAccess.Write, FileShare.None);
            var block = new byte[BlockBytes];
            for (long offset = 0; offset < ReserveBytes; offset += block.Length)
            {
                RandomAccess.Write(handle, block.AsSpan(0, (int)Math.Min(block.Length, ReserveBytes - offset)), offset);
            }

            RandomAccess.FlushToDisk(handle);
        }
        catch (IOException)
        {
            // The disk filled in between: without a whole reserve nothing is approved.
            File.Delete(ReservePath);
        }
    }

    private long ProbeFreeBytes() => new DriveInfo(Path.GetFullPath(_options.DataDirectory)).AvailableFreeSpace;
}
