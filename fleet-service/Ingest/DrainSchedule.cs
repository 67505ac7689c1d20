using KioskFleet.Service.Broker;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// Gives the turns of <see cref="DrainPace"/>: knows until when turns are given, and what the service commits a second,
/// measured by its own groups. Thread-safe.
/// </summary>
internal sealed class DrainSchedule(ByteBudget budget, IngestOptions options, TimeProvider time)
{
    /// <summary>Entries a second until a group shows more or less.</summary>
    public const double FirstEntriesPerSecond = 20_000;

    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private double _entriesPerSecond = FirstEntriesPerSecond;
    private double _freeAtMs;
    private double _measuredAtMs;

    /// <summary>What the service commits, in entries a second.</summary>
    public double EntriesPerSecond
    {
        get
        {
            lock (_gate)
            {
                return _entriesPerSecond;
            }
        }
    }

    private double NowMs => time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Gives the next turn; returns the pause to ask for, in milliseconds.</summary>
    /// <param name="entries">Entries that the cabinet has to send next; 0 for none.</param>
    public uint Next(long entries)
    {
        lock (_gate)
        {
            var turn = DrainPace.Turn(_freeAtMs, NowMs,
                Math.Min(entries, options.MaxBatchEntries), _entriesPerSecond, budget.Fullness, options.MaxPaceMs);
            _freeAtMs = turn.FreeAtMs;
            return turn.PaceMs;
        }
    }

    /// <summary>The moment at which a group is begun, for <see cref="Committed"/>.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>A group was committed and answered.</summary>
    /// <param name="entries">Its entries.</param>
    /// <param name="begun">What <see cref="Begin"/> said.</param>
    public void Committed(int entries, long begun)
    {
        var took = time.GetElapsedTime(begun);
        if (entries == 0 || took <= TimeSpan.Zero)
        {
            return;
        }

        lock (_gate)
        {
            var nowMs = NowMs;
            _entriesPerSecond = DrainPace.Rate(_entriesPerSecond, entries / took.TotalSeconds, budget.Fullness,
                (nowMs - _measuredAtMs) / 1_000, _freeAtMs > nowMs);
            _measuredAtMs = nowMs;
        }
    }
}
