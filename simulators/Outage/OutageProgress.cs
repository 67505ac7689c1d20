using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Outage;

/// <summary>How far a run is, for the board. Thread-safe.</summary>
internal sealed class OutageProgress
{
    private volatile string _phase = "preparing";
    private volatile OutageWorld? _world;

    /// <summary>What is done now.</summary>
    public void Phase(string phase) => _phase = phase;

    /// <summary>From now on this world is shown.</summary>
    public void Of(OutageWorld world) => _world = world;

    /// <summary>How far it is.</summary>
    public ProgressSnapshot Snapshot() => new(_phase, _world is { } world
        ? [Row("away", world.Away), Row("healthy", world.Healthy)]
        : []);

    private static CountyProgress Row(string name, IReadOnlyList<VirtualCabinet> cabinets)
    {
        var recorded = cabinets.Sum(static one => (long)one.Journal.Facts.Tail.Seq);
        return new CountyProgress
        {
            Code = name, Name = name, Cabinets = cabinets.Count, Expected = recorded, Recorded = recorded,
            Committed = recorded - cabinets.Sum(static one => one.Journal.Backlog),
            TotalFen = cabinets.Sum(static one => one.Journal.Sums.SalesFen),
        };
    }
}
