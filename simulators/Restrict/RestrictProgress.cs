using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Restrict;

/// <summary>How far one mode of a run is, for the board. Thread-safe.</summary>
internal sealed class RestrictProgress(string mode, RestrictOptions options)
{
    private volatile string _phase = "starting";
    private long _recorded;
    private long _committed;
    private long _aidFen;
    private long _totalFen;
    private bool _isDone;

    /// <summary>What is being done.</summary>
    public string Phase => $"{mode}: {_phase}";

    /// <summary>True when nothing more is recorded.</summary>
    public bool IsDone => Volatile.Read(ref _isDone);

    /// <summary>Says what is being done.</summary>
    public void Enter(string phase) => _phase = phase;

    /// <summary>Says that nothing more is recorded.</summary>
    public void End() => Volatile.Write(ref _isDone, true);

    /// <summary>Counts an entry that an agent answered for.</summary>
    public void Recorded() => Interlocked.Increment(ref _recorded);

    /// <summary>Counts money.</summary>
    public void Sold(long paidFen, bool isAid)
    {
        Interlocked.Add(ref _totalFen, paidFen);
        Interlocked.Add(ref _aidFen, isAid ? paidFen : 0);
    }

    /// <summary>Says how many entries are committed.</summary>
    public void Committed(long entries) => Interlocked.Exchange(ref _committed, entries);

    /// <summary>The row of the board. How much will be recorded is a guess until it has been.</summary>
    public CountyProgress Row()
    {
        var recorded = Interlocked.Read(ref _recorded);
        return new CountyProgress
        {
            Code = mode,
            Name = mode,
            Cabinets = options.Cabinets,
            Expected = IsDone ? recorded
                : Math.Max(recorded, (long)options.Cabinets * options.Days * GreedyCabinet.VisitsPerDay),
            Recorded = recorded,
            Committed = Interlocked.Read(ref _committed),
            AidFen = Interlocked.Read(ref _aidFen),
            TotalFen = Interlocked.Read(ref _totalFen),
        };
    }
}
