namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// A load taken through a service in this process: the service's clock stands at the load's start until every agent has
/// been greeted, then follows the load. The service outlives the run.
/// </summary>
internal sealed class LocalRun : IAsyncDisposable
{
    private readonly LocalFleet _fleet;
    private readonly SimulatedInstant _instant;
    private readonly TimeProvider _real;
    private readonly FleetLoad _load;
    private readonly CabinetCrew _crew;

    /// <summary>A run that has not begun.</summary>
    /// <param name="fleet">The service.</param>
    /// <param name="instant">The service's clock.</param>
    /// <param name="load">The load.</param>
    /// <param name="real">The computer's time.</param>
    public LocalRun(LocalFleet fleet, SimulatedInstant instant, FleetLoad load, TimeProvider real)
    {
        _fleet = fleet;
        _instant = instant;
        _load = load;
        _real = real;
        Progress = new RunProgress(load);
        _crew = new CabinetCrew(Progress, real);
    }

    /// <summary>How far it is.</summary>
    public RunProgress Progress { get; }

    /// <summary>The agents.</summary>
    public CabinetCrew Crew => _crew;

    /// <summary>Runs the load and compares both ends.</summary>
    public async Task<(LoadRunReport Report, EntryProofResult Proof)> RunAsync(
        RunFolder folder, CancellationToken cancel)
    {
        var place = new AgentPlace(
            folder.Cabinets, _fleet.Api.Service, _fleet.BrokerEndPoint, _load.StartUtc, _load.StartUtc);
        var run = new LoadRun(_fleet.Api, _crew, Progress, _real);
        var report = await run.RunAsync(_load, place, _instant.MoveTo, cancel);
        return (report, FleetProof.Run(_fleet, _crew, cancel));
    }

    /// <summary>Lets the clocks of service and agents run on from the load's end.</summary>
    public void RunOn()
    {
        _instant.Run();
        _crew.RunFrom(_instant.NowUtc);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _crew.DisposeAsync();
}
