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
    /// <param name="folder">Where the agents live.</param>
    /// <param name="cancel">Ends the run.</param>
    /// <param name="dayEnded">What is done after each step, when the service's clock stands at its end.</param>
    public async Task<(LoadRunReport Report, EntryProofResult Proof)> RunAsync(
        RunFolder folder, CancellationToken cancel, Func<DateTimeOffset, Task>? dayEnded = null)
    {
        var place = new AgentPlace(
            folder.Cabinets, _fleet.Api.Service, _fleet.BrokerEndPoint, _load.StartUtc, _load.StartUtc);
        var run = new LoadRun(_fleet.Api, _crew, Progress, _real);
        var report = await run.RunAsync(_load, place, EndStepAsync, cancel);
        return (report, FleetProof.Run(_fleet, _crew, cancel));

        Task EndStepAsync(DateTimeOffset end)
        {
            _instant.MoveTo(end);
            return dayEnded?.Invoke(end) ?? Task.CompletedTask;
        }
    }

    /// <summary>
    /// Lets time pass without sales up to an instant, for service and agents; everything recorded is committed before.
    /// </summary>
    /// <exception cref="FleetApiException">It cannot be committed, or an agent is not answered.</exception>
    public async Task PassAsync(DateTimeOffset instantUtc, CancellationToken cancel)
    {
        if (await _crew.DrainAsync(cancel) is { } undrained)
        {
            throw new FleetApiException(undrained);
        }

        _instant.MoveTo(instantUtc);
        await _crew.PassAsync(instantUtc, cancel);
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
