using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// Keeps samples until they are sent: on the disk while that has room beside all that the journal wants for itself, and
/// else the newest few in memory. One caller at a time; the figures may be read by any.
/// </summary>
internal sealed class TelemetryKeep(string path, long maxBytes, SpaceGuard space, ILogger logger) : IDisposable
{
    /// <summary>Most samples kept in memory while the disk has no room.</summary>
    public const int MaxInMemory = 32;

    private readonly LinkedList<StoredSample> _memory = new();
    private TelemetryStore? _store;
    private long _droppedBefore;
    private long _numberInMemory;
    private bool _wasShed;
    private volatile int _waiting;

    /// <summary>Samples that wait.</summary>
    public int Waiting => _waiting;

    /// <summary>Samples that gave way since the start.</summary>
    public long Dropped => Interlocked.Read(ref _droppedBefore) + (_store?.Dropped ?? 0);

    /// <summary>True while the disk has no room.</summary>
    public bool IsShed => _store is null && _wasShed;

    /// <summary>Adds encoded samples.</summary>
    public void Add(IReadOnlyList<(BootId Boot, byte[] Bytes)> samples)
    {
        if (OpenStore() is { } store)
        {
            try
            {
                // What was kept in memory meanwhile is older than what comes now.
                store.Append([.. _memory.Reverse().Select(sample => (sample.Boot, sample.Bytes)), .. samples]);
                _memory.Clear();
                Recount();
                return;
            }
            catch (Exception exception) when (IsOfTheDisk(exception))
            {
                // Full, or damaged: best effort ends here, the file is begun anew at the next cut.
                TelemetryLog.StoreFailed(logger, exception, path);
                Shed();
            }
        }

        foreach (var (boot, bytes) in samples)
        {
            // Below zero, so that a number of the file is never taken for one of these.
            _memory.AddFirst(new StoredSample(--_numberInMemory, boot, bytes));
            if (_memory.Count > MaxInMemory)
            {
                _memory.RemoveLast();
                Interlocked.Increment(ref _droppedBefore);
            }
        }

        Recount();
    }

    /// <summary>The newest samples, newest first.</summary>
    public IReadOnlyList<StoredSample> Newest(int count)
    {
        var newest = _memory.Take(count).ToList();
        try
        {
            if (newest.Count < count && _store is { } store)
            {
                newest.AddRange(store.Newest(count - newest.Count));
            }
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            TelemetryLog.StoreFailed(logger, exception, path);
            Shed();
        }

        return newest;
    }

    /// <summary>Removes samples that were sent.</summary>
    public void Remove(IReadOnlyList<long> numbers)
    {
        foreach (var sample in _memory.Where(sample => numbers.Contains(sample.Number)).ToList())
        {
            _memory.Remove(sample);
        }

        try
        {
            if (numbers.Any(number => number > 0))
            {
                _store?.Remove([.. numbers.Where(number => number > 0)]);
            }
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            TelemetryLog.StoreFailed(logger, exception, path);
            Shed();
        }

        Recount();
    }

    /// <inheritdoc/>
    public void Dispose() => _store?.Dispose();

    private static bool IsOfTheDisk(Exception exception) =>
        exception is System.Data.Common.DbException or IOException or UnauthorizedAccessException;

    private TelemetryStore? OpenStore()
    {
        if (!space.HasSpare(maxBytes))
        {
            if (_store is not null || !_wasShed)
            {
                TelemetryLog.Shed(logger, path);
            }

            Shed();
            return null;
        }

        try
        {
            _store ??= TelemetryStore.Open(path, maxBytes);
            _wasShed = false;
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            TelemetryLog.StoreFailed(logger, exception, path);
            _wasShed = true;
        }

        return _store;
    }

    /// <summary>Gives the file's blocks back to the disk.</summary>
    private void Shed()
    {
        _wasShed = true;
        if (_store is not { } store)
        {
            return;
        }

        _store = null;
        try
        {
            store.Shed();
        }
        catch (Exception exception) when (IsOfTheDisk(exception))
        {
            TelemetryLog.StoreFailed(logger, exception, path);
        }

        Interlocked.Add(ref _droppedBefore, store.Dropped);
    }

    private void Recount() => _waiting = _memory.Count + (_store?.Count ?? 0);
}
