using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Plans what each cabinet's gate is to do; runs after the findings of an assessment were written, when a rule changed,
/// and when a person asks. One run at a time. Thread-safe.
/// </summary>
internal sealed class EnforcementPlanner(
    EnforcementSources sources, EnforcementStore store, ToldConfigStore told, FiguresStore figures,
    WantedConfigs wanted, ILogger<EnforcementPlanner> log) : IDisposable
{
    /// <summary>Who acts when no person does.</summary>
    public const string SystemActor = "system";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly KnownFigures _known = new(store, figures);

    /// <summary>Plans and sends what changed; returns how many cabinets got another config.</summary>
    public Task<int> RunAsync(CheckMoment moment, CancellationToken cancellationToken) =>
        PlanAsync(moment, null, SystemActor, cancellationToken);

    /// <summary>Plans some cabinets.</summary>
    /// <param name="moment">Now.</param>
    /// <param name="only">Which; null for all.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<int> PlanAsync(
        CheckMoment moment, IReadOnlySet<string>? only, string actor, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await told.NoteHellosAsync(cancellationToken);
            var states = store.ReadStates();
            var changes = new PlanRun(sources, figures, _known, moment).Decide(states, only);
            await store.WriteAsync(changes, actor, moment.NowUtcMs, cancellationToken);
            foreach (var change in changes)
            {
                Tell(change);
            }

            var configs = changes.Count(change => change.Config is not null);
            if (changes.Count > 0)
            {
                EnforcementLog.Planned(log, changes.Count, configs, changes.Sum(change => change.Steps.Count));
            }

            return configs;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private void Tell(PlannedChange change)
    {
        foreach (var step in change.Steps)
        {
            EnforcementLog.Stepped(log, change.State.CabinetId, step.From, step.To, step.Reason);
        }

        if (change.Config is { } config)
        {
            wanted.Want(CabinetId.Parse(change.State.CabinetId), config.Config.Version);
        }
    }
}
