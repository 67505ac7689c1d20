using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Replay;

/// <summary>Recorded sales through the product's agents, one per device, into a fleet service of its own.</summary>
internal sealed class ReplayRun : IAsyncDisposable
{
    private readonly RunFolder _folder;
    private readonly ReplayFiles _files;
    private readonly LocalFleet _fleet;
    private readonly LocalRun _run;

    private ReplayRun(RunFolder folder, ReplayFiles files, LocalFleet fleet, LocalRun run)
    {
        _folder = folder;
        _files = files;
        _fleet = fleet;
        _run = run;
    }

    /// <summary>The fleet service.</summary>
    public LocalFleet Fleet => _fleet;

    /// <summary>Starts the service.</summary>
    /// <param name="files">The files.</param>
    /// <param name="load">What they make.</param>
    /// <param name="folder">An open folder, bound to this replay; the caller's.</param>
    /// <param name="real">The computer's time.</param>
    /// <param name="cancel">Ends the start.</param>
    public static async Task<ReplayRun> StartAsync(
        ReplayFiles files, FleetLoad load, RunFolder folder, TimeProvider real, CancellationToken cancel)
    {
        var instant = new SimulatedInstant(load.StartUtc, real);
        var fleet = await LocalFleet.StartAsync(folder.Ledger, new FleetTime(instant), cancel);
        return new ReplayRun(folder, files, fleet, new LocalRun(fleet, instant, load, real));
    }

    /// <summary>How far it is.</summary>
    public ProgressSnapshot Snapshot() => _run.Progress.Snapshot();

    /// <summary>Replays the sales and proves them.</summary>
    public async Task<ReplayOutcome> RunAsync(CancellationToken cancel)
    {
        var (report, proof) = await _run.RunAsync(_folder, cancel);
        var totals = await _fleet.Api.TotalsAsync("since-launch", cancel);
        var ledger = _fleet.ProveLedger(cancel);
        return new ReplayOutcome(_files, report, proof, totals.Sum(static county => county.TotalFen),
        [
            .. _run.Crew.Refusals,
            .. ledger.Problems.Select(static problem => $"{problem.Cabinet} {problem.Subject}: {problem.Detail}"),
        ]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        await _fleet.DisposeAsync();
    }
}
