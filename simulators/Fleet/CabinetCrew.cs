using System.Collections.Concurrent;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// The agents of a load, opened together: enrolled, selling in steps, drained. Selling blocks on fsync, so it has
/// threads of its own and leaves the pool to uplinks and service.
/// </summary>
internal sealed class CabinetCrew : IAsyncDisposable
{
    /// <summary>Agents that sell at the same time.</summary>
    public const int Sellers = 8;

    /// <summary>Agents that start at the same time.</summary>
    public const int Starters = 16;

    /// <summary>Refused reports that are told one by one.</summary>
    public const int MaxRefusals = 20;

    /// <summary>How long the first hello may take.</summary>
    public static readonly TimeSpan GreetWithin = TimeSpan.FromSeconds(90);

    /// <summary>How long a drain may make no progress at all.</summary>
    public static readonly TimeSpan StallWithin = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly List<CabinetAgent> _agents = [];
    private readonly ConcurrentQueue<string> _refusals = new();
    private readonly RunProgress _progress;
    private readonly TimeProvider _real;
    private long _refused;

    /// <summary>A crew without agents.</summary>
    public CabinetCrew(RunProgress progress, TimeProvider real)
    {
        _progress = progress;
        _real = real;
    }

    /// <summary>The agents, in the order of the load.</summary>
    public IReadOnlyList<CabinetAgent> Agents => _agents;

    /// <summary>The first reports that an agent did not take; a load has none.</summary>
    public IReadOnlyList<string> Refusals => [.. _refusals];

    /// <summary>Opens, enrols and starts an agent per cabinet and waits for its first hello to be answered.</summary>
    public async Task StartAsync(FleetLoad load, AgentPlace place, FleetApi api, CancellationToken cancel)
    {
        foreach (var cabinet in load.Cabinets)
        {
            cancel.ThrowIfCancellationRequested();
            _agents.Add(CabinetAgent.Open(cabinet, place, _real));
        }

        _progress.Watch(Committed);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = Starters, CancellationToken = cancel };
        await Parallel.ForEachAsync(_agents, limits, async (agent, stopping) =>
        {
            await agent.EnrolAsync(api, _real, stopping);
            await agent.StartAsync(stopping);
            await agent.GreetAsync(GreetWithin, _real, stopping);
        });
    }

    /// <summary>Sells the load, step by step.</summary>
    /// <param name="load">The load.</param>
    /// <param name="stepEnded">
    /// Told the end of each step when every agent has reached it; the next waits for it.
    /// </param>
    /// <param name="cancel">Ends the selling between two events.</param>
    public async Task SellAsync(FleetLoad load, Func<DateTimeOffset, Task> stepEnded, CancellationToken cancel)
    {
        var scripts = _agents.ConvertAll(static agent => new CabinetScript(agent));
        try
        {
            for (var end = load.StartUtc; end < load.EndUtc;)
            {
                end = end + load.Step < load.EndUtc ? end + load.Step : load.EndUtc;
                await SellStepAsync(scripts, end, cancel);
                await stepEnded(end);
            }
        }
        finally
        {
            scripts.ForEach(static script => script.Dispose());
        }
    }

    /// <summary>
    /// Waits until the service has committed every entry. Null when it has, else why not: a drain that makes no
    /// progress for <see cref="StallWithin"/> is given up.
    /// </summary>
    public async Task<string?> DrainAsync(CancellationToken cancel)
    {
        var (committed, movedAt) = (-1L, _real.GetTimestamp());
        while (_agents.Find(static agent => agent.Backlog > 0) is { } behind)
        {
            var now = _agents.Sum(static agent => (long)agent.CommittedSeq);
            if (now != committed)
            {
                (committed, movedAt) = (now, _real.GetTimestamp());
            }
            else if (_real.GetElapsedTime(movedAt) > StallWithin)
            {
                return $"{behind.Cabinet.Id} still holds {behind.Backlog} uncommitted entries: {behind.Trouble}";
            }

            await Task.Delay(LookInterval, _real, cancel);
        }

        return null;
    }

    /// <summary>
    /// Lets time pass without sales up to an instant at which the service's clock stands already: cabinets that leave
    /// are gone, all others are heard. Everything must be drained.
    /// </summary>
    /// <exception cref="FleetApiException">An agent was not answered in time.</exception>
    public async Task PassAsync(DateTimeOffset instantUtc, CancellationToken cancel)
    {
        var limits = new ParallelOptions { MaxDegreeOfParallelism = _agents.Count, CancellationToken = cancel };
        await Parallel.ForEachAsync(_agents, limits, async (agent, stopping) => await (agent.Cabinet.Leaves
            ? agent.LeaveAsync(stopping)
            : agent.PassAsync(instantUtc, GreetWithin, _real, stopping)));
    }

    /// <summary>Lets all clocks run on from an instant, for agents that stay up after the load.</summary>
    public void RunFrom(DateTimeOffset instantUtc) => _agents.ForEach(agent => agent.RunFrom(instantUtc));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(_agents, static async (agent, _) => await agent.DisposeAsync());
        _agents.Clear();
    }

    private async Task SellStepAsync(List<CabinetScript> scripts, DateTimeOffset end, CancellationToken cancel)
    {
        var waiting = new ConcurrentQueue<CabinetScript>(scripts);
        var sellers = Enumerable.Range(0, Math.Min(Sellers, scripts.Count)).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (waiting.TryDequeue(out var script))
                {
                    SellUntil(script, end, cancel);
                }
            },
            cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        await Task.WhenAll(sellers);
    }

    private void SellUntil(CabinetScript script, DateTimeOffset end, CancellationToken cancel)
    {
        while (script.Next is { } happening && happening.AtUtc < end)
        {
            cancel.ThrowIfCancellationRequested();
            if (script.Agent.Perform(happening) is ScriptOutcome.Refused refused)
            {
                if (Interlocked.Increment(ref _refused) <= MaxRefusals)
                {
                    _refusals.Enqueue(
                        $"{happening.Cabinet} {happening.Sequence} {happening.AtUtc:O}: {refused.Answer}");
                }
            }
            else
            {
                _progress.Recorded(script.Agent.Cabinet.Row, happening);
            }

            script.Advance();
        }
    }

    private Dictionary<string, long> Committed() => _agents.GroupBy(static agent => agent.Cabinet.Row)
        .ToDictionary(static row => row.Key, static row => row.Sum(static agent => (long)agent.CommittedSeq));

    /// <summary>Where one cabinet is in its events.</summary>
    private sealed class CabinetScript : IDisposable
    {
        private readonly IEnumerator<LoadEvent> _events;

        public CabinetScript(CabinetAgent agent)
        {
            Agent = agent;
            _events = agent.Cabinet.Events().GetEnumerator();
            Advance();
        }

        public CabinetAgent Agent { get; }

        public LoadEvent? Next { get; private set; }

        public void Advance() => Next = _events.MoveNext() ? _events.Current : null;

        public void Dispose() => _events.Dispose();
    }
}
