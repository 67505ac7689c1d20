using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Restrict;

/// <summary>The same cut-off twice, with a gate that refuses and with one that only observes, and the comparison.
/// </summary>
internal sealed class RestrictRun
{
    /// <summary>The mode that refuses.</summary>
    public const string Restrict = "restrict";

    /// <summary>The mode that only looks.</summary>
    public const string Observe = "observe";

    private readonly RestrictOptions _options;
    private readonly RunFolder _folder;
    private readonly TimeProvider _real;
    private readonly RestrictProgress _restrict;
    private readonly RestrictProgress _observe;

    /// <summary>A run that has not begun.</summary>
    /// <param name="options">The run.</param>
    /// <param name="folder">Where it keeps its files; the caller's.</param>
    /// <param name="real">The computer's time.</param>
    public RestrictRun(RestrictOptions options, RunFolder folder, TimeProvider real)
    {
        (_options, _folder, _real) = (options, folder, real);
        _restrict = new RestrictProgress(Restrict, options);
        _observe = new RestrictProgress(Observe, options);
    }

    /// <summary>Runs both modes, one after the other.</summary>
    /// <exception cref="FleetApiException">Service or agents do not do their part.</exception>
    public async Task<RestrictResult> RunAsync(CancellationToken cancel)
    {
        var started = _real.GetTimestamp();
        var restrict = await RunAsync(Restrict, _restrict, cancel);
        var observe = await RunAsync(Observe, _observe, cancel);
        return RestrictResult.Of(_options, restrict, observe, _real.GetElapsedTime(started));
    }

    /// <summary>How far it is.</summary>
    public ProgressSnapshot Snapshot() => new(
        _restrict.IsDone ? _observe.Phase : _restrict.Phase, [_restrict.Row(), _observe.Row()]);

    private async Task<CutOffOutcome> RunAsync(string mode, RestrictProgress progress, CancellationToken cancel)
    {
        var folder = new CutOffFolder(Path.Combine(_folder.Root, mode));
        await using var run = await CutOffRun.StartAsync(_options, progress, folder, _real, cancel);
        return await run.RunAsync(mode, cancel);
    }
}
