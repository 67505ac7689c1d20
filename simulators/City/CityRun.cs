using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.City;

/// <summary>
/// A city load on a fleet service that runs somewhere: its counties are asked for, its cabinets registered and
/// enrolled, sales of past days recorded by the product's agents, the proof made over the HTTP API.
/// </summary>
internal sealed class CityRun : IAsyncDisposable
{
    private readonly CityOptions _options;
    private readonly RunFolder _folder;
    private readonly FleetApi _api;
    private readonly TimeProvider _real;
    private readonly CityPlan _plan;
    private readonly PlantedTruth _truth;
    private readonly FleetLoad _load;
    private readonly RunProgress _progress;
    private readonly CabinetCrew _crew;

    private CityRun(CityOptions options, RunFolder folder, FleetApi api, CityPlan plan, TimeProvider real)
    {
        _options = options;
        _folder = folder;
        _api = api;
        _real = real;
        _plan = plan;
        _truth = PlantedTruth.Compute(plan);
        _load = CityFleetLoad.Of(plan, _truth);
        _progress = new RunProgress(_load);
        _crew = new CabinetCrew(_progress, real);
    }

    /// <summary>Asks the service for its counties and plans the load.</summary>
    /// <param name="options">The options.</param>
    /// <param name="folder">An open folder, bound to this load; the caller's.</param>
    /// <param name="real">The computer's time.</param>
    /// <param name="cancel">Ends the start.</param>
    public static async Task<CityRun> StartAsync(
        CityOptions options, RunFolder folder, TimeProvider real, CancellationToken cancel)
    {
        var api = new FleetApi(options.Service, options.Token);
        try
        {
            var counties = await api.CountiesAsync(cancel);
            var plan = CityPlan.Create([.. counties.Select(CityFleetLoad.Planned)], options.Plan);
            return new CityRun(options, folder, api, plan, real);
        }
        catch
        {
            api.Dispose();
            throw;
        }
    }

    /// <summary>How far it is.</summary>
    public ProgressSnapshot Snapshot() => _progress.Snapshot();

    /// <summary>Runs the load and proves it.</summary>
    public async Task<CityOutcome> RunAsync(CancellationToken cancel)
    {
        // The boots began a day before the load, so that no difference between the two clocks makes a time negative.
        var place = new AgentPlace(_folder.Cabinets, _options.Service, _options.Broker,
            _load.StartUtc.AddDays(-1), _real.GetUtcNow());
        using var second = _options.SecondToken is { } token ? new FleetApi(_options.Service, token) : null;
        var report = await new LoadRun(_api, _crew, _progress, _real, second).RunAsync(
            _load, place, static _ => Task.CompletedTask, cancel);
        var proof = await RemoteProof.RunAsync(_api, _crew, cancel);
        var ids = _load.Cabinets.Select(static cabinet => cabinet.Id.Value).ToHashSet(StringComparer.Ordinal);
        var found = new List<StandingsFound>();
        foreach (var month in _truth.Months)
        {
            found.Add(await StandingsFound.AskAsync(_api, month.Month, ids, cancel));
        }

        return new CityOutcome(_plan, _truth, report, proof, StandingsProof.Run(_truth, found))
        {
            Other = _crew.Refusals,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _crew.DisposeAsync();
        _api.Dispose();
    }
}
