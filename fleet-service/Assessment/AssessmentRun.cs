using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Assessment;

/// <summary>
/// Runs every check once: asks each on its own, so that one that fails takes no other along; writes what was found and
/// what has ended in one transaction; then lets enforcement plan. Runs never overlap: who asks meanwhile gets the next
/// run. Thread-safe.
/// </summary>
internal sealed class AssessmentRun : IDisposable
{
    private const int MaxProblemLength = 500;

    private readonly IReadOnlyList<IFindingSource> _sources;
    private readonly AssessmentStore _store;
    private readonly EnforcementPlanner _planner;
    private readonly AssessmentClock _clock;
    private readonly int _worseByPercent;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Takes the checks.</summary>
    /// <exception cref="InvalidOperationException">Two checks own one kind: a finding could never end.</exception>
    public AssessmentRun(
        IEnumerable<IFindingSource> sources, AssessmentStore store, EnforcementPlanner planner,
        AssessmentClock clock, IOptions<AssessmentOptions> options, ILogger<AssessmentRun> log)
    {
        _sources = [.. sources];
        _store = store;
        _planner = planner;
        _clock = clock;
        _worseByPercent = options.Value.WorseByPercent;
        _log = log;
        var twice = _sources
            .SelectMany(source => source.Kinds.Select(kind => (Kind: kind, source.AboutVenues, Name: NameOf(source))))
            .GroupBy(owned => (owned.Kind, owned.AboutVenues)).FirstOrDefault(owners => owners.Count() > 1);
        if (twice is not null)
        {
            throw new InvalidOperationException(
                $"The kind {twice.Key.Kind} belongs to one check; got "
                + $"{string.Join(" and ", twice.Select(o => o.Name))}.");
        }
    }

    /// <summary>Runs all checks now, for the service itself.</summary>
    public Task<AssessmentReport> RunAsync(CancellationToken cancellationToken) =>
        RunAsync(FindingTable.Service, cancellationToken);

    /// <summary>Runs all checks now.</summary>
    /// <param name="by">Who asked.</param>
    /// <param name="cancellationToken">Gives up; what was not written by then is written by no one.</param>
    public async Task<AssessmentReport> RunAsync(string by, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var nowUtcMs = _clock.Time.GetUtcNow().ToUnixTimeMilliseconds();
            var moment = new CheckMoment(nowUtcMs, _clock.Zone.DayOf(nowUtcMs));
            var asked = _sources.Select(source => Ask(source, moment, cancellationToken)).ToList();
            var report = await _store.WriteAsync(moment, by, asked, _worseByPercent, cancellationToken);
            report = await EnforceAsync(report, moment, cancellationToken);
            AssessmentLog.Ran(_log, report.Kinds.Sum(k => k.Found), report.Kinds.Sum(k => k.New),
                report.Kinds.Sum(k => k.Ended), report.Failures.Count);
            return report;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private AskedSource Ask(IFindingSource source, CheckMoment moment, CancellationToken cancellationToken)
    {
        try
        {
            var check = source.Check(moment, _store.NotClosed(source.Kinds, source.AboutVenues), cancellationToken);
            var foreign = check.Found.Select(draft => draft.Kind).Concat(check.Ended.Select(open => open.Kind))
                .Except(source.Kinds).ToList();
            return foreign.Count == 0
                ? new AskedSource(source.Kinds, check, null)
                : throw new InvalidOperationException($"It told of {string.Join(", ", foreign)}, not its own.");
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            AssessmentLog.SourceFailed(_log, error, NameOf(source));
            return new AskedSource(
                source.Kinds, null, new SourceFailure(NameOf(source), source.Kinds, Problem(error)));
        }
    }

    private async Task<AssessmentReport> EnforceAsync(
        AssessmentReport report, CheckMoment moment, CancellationToken cancellationToken)
    {
        try
        {
            report = report with { ConfigsChanged = await _planner.RunAsync(moment, cancellationToken) };
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            AssessmentLog.EnforcementFailed(_log, error);
            report = report with { EnforcementFailure = Problem(error) };
        }

        await _store.WriteEnforcementAsync(report, cancellationToken);
        return report;
    }

    private static string NameOf(IFindingSource source) => source.GetType().Name;

    private static string Problem(Exception error)
    {
        var words = $"{error.GetType().Name}: {error.Message}";
        return words.Length <= MaxProblemLength ? words : words[..MaxProblemLength];
    }
}

/// <summary>The time of assessments.</summary>
/// <param name="Zone">The zone of business days.</param>
/// <param name="Time">The clock.</param>
internal sealed record AssessmentClock(BusinessZone Zone, TimeProvider Time);
