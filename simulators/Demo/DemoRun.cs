using KioskFleet.Simulators.City;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Demo;

/// <summary>
/// The whole way in one process: a fleet service of its own, the product's agent for every cabinet, a city load at full
/// speed, an auditor with the payment bills, and the proof. Stays up until it is disposed.
/// </summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private readonly RunFolder _folder;
    private readonly LocalFleet _fleet;
    private readonly LocalRun _run;
    private readonly CityPlan _plan;
    private readonly PlantedTruth _truth;
    private readonly Auditor _auditor;
    private AccusationProof _accusations = new AccusationProof.NotJudged("the load has not ended");

    private DemoRun(RunFolder folder, LocalFleet fleet, LocalRun run, CityPlan plan, PlantedTruth truth)
    {
        _folder = folder;
        _fleet = fleet;
        _run = run;
        _plan = plan;
        _truth = truth;
        _auditor = new Auditor(plan, truth, fleet.Api);
    }

    /// <summary>The fleet service.</summary>
    public LocalFleet Fleet => _fleet;

    /// <summary>The agents.</summary>
    public CabinetCrew Crew => _run.Crew;

    /// <summary>Where ledger and journals are.</summary>
    public RunFolder Folder => _folder;

    /// <summary>Starts the service and plans the load.</summary>
    /// <param name="options">The options.</param>
    /// <param name="folder">An open folder, bound to this load; the caller's.</param>
    /// <param name="real">The computer's time.</param>
    /// <param name="cancel">Ends the start.</param>
    public static async Task<DemoRun> StartAsync(
        DemoOptions options, RunFolder folder, TimeProvider real, CancellationToken cancel)
    {
        var instant = new SimulatedInstant(options.Plan.StartUtc, real);
        var fleet = await LocalFleet.StartAsync(folder.Ledger, new FleetTime(instant), cancel);
        try
        {
            var counties = await fleet.Api.CountiesAsync(cancel);
            var plan = CityPlan.Create([.. counties.Select(CityFleetLoad.Planned)], options.Plan);
            var truth = PlantedTruth.Compute(plan);
            var run = new LocalRun(fleet, instant, CityFleetLoad.Of(plan, truth), real);
            return new DemoRun(folder, fleet, run, plan, truth);
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>How far it is.</summary>
    public ProgressSnapshot Snapshot() => _run.Progress.Snapshot();

    /// <summary>Runs the load, has it checked and proves it.</summary>
    public async Task<CityOutcome> RunAsync(CancellationToken cancel)
    {
        await _auditor.ArriveAsync(cancel);
        var (report, proof) = await _run.RunAsync(_folder, cancel, EndDayAsync);
        if (report.Undrained is null)
        {
            _run.Progress.Enter("checking");
            await CheckAsync(_auditor.EndsAtUtc, cancel);
            _accusations = await _auditor.JudgeAsync(cancel);
        }

        return await JudgeAsync(report, proof, cancel);

        Task EndDayAsync(DateTimeOffset end) => _auditor.IsDue(end) ? CheckAsync(end, cancel) : Task.CompletedTask;
    }

    /// <summary>Proves the run again from what is on the disk now.</summary>
    public Task<CityOutcome> ProveAgainAsync(LoadRunReport report, CancellationToken cancel) =>
        JudgeAsync(report, FleetProof.Run(_fleet, _run.Crew, cancel), cancel);

    /// <summary>Lets all clocks run on, for a demo that stays up.</summary>
    public void RunOn() => _run.RunOn();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        await _fleet.DisposeAsync();
    }

    private async Task CheckAsync(DateTimeOffset atUtc, CancellationToken cancel)
    {
        await _run.PassAsync(atUtc, cancel);
        await _auditor.CheckAsync(atUtc, cancel);
    }

    private async Task<CityOutcome> JudgeAsync(LoadRunReport report, EntryProofResult proof, CancellationToken cancel)
    {
        var found = new List<StandingsFound>();
        foreach (var month in _truth.Months)
        {
            found.Add(await StandingsFound.AskAsync(_fleet.Api, month.Month, cancel));
        }

        var ledger = _fleet.ProveLedger(cancel);
        return new CityOutcome(_plan, _truth, report, proof, StandingsProof.Run(_truth, found))
        {
            Accusations = _accusations,
            Other =
            [
                .. _run.Crew.Refusals,
                .. ledger.Problems.Select(static problem => $"{problem.Cabinet} {problem.Subject}: {problem.Detail}"),
            ],
        };
    }
}
