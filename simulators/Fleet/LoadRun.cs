namespace KioskFleet.Simulators.Fleet;

/// <summary>What a run came to before its proof.</summary>
/// <param name="Undrained">Null when every entry was committed, else why not.</param>
/// <param name="Starting">How long registering, enrolling and greeting took.</param>
/// <param name="Selling">How long selling took.</param>
/// <param name="Draining">How long the rest of the drain took.</param>
internal sealed record LoadRunReport(string? Undrained, TimeSpan Starting, TimeSpan Selling, TimeSpan Draining);

/// <summary>Takes a load through a fleet: register, catalogue, enrol, sell, drain.</summary>
internal sealed class LoadRun
{
    private readonly FleetApi _api;
    private readonly FleetApi? _second;
    private readonly CabinetCrew _crew;
    private readonly RunProgress _progress;
    private readonly TimeProvider _real;

    /// <summary>A run against a service with a crew that has no agents yet.</summary>
    /// <param name="api">The service.</param>
    /// <param name="crew">The crew.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="real">The computer's time.</param>
    /// <param name="second">
    /// The service for a second person, who approves what of the catalogue reaches into the past of a service that has
    /// cabinets; null when there is none.
    /// </param>
    public LoadRun(
        FleetApi api, CabinetCrew crew, RunProgress progress, TimeProvider real, FleetApi? second = null)
    {
        _api = api;
        _second = second;
        _crew = crew;
        _progress = progress;
        _real = real;
    }

    /// <summary>Runs the load; the agents stay up.</summary>
    /// <param name="load">The load.</param>
    /// <param name="place">Where the agents live.</param>
    /// <param name="stepEnded">Told the end of each step of the load; the next waits for it.</param>
    /// <param name="cancel">Ends the run.</param>
    /// <exception cref="FleetApiException">The service does not do its part.</exception>
    public async Task<LoadRunReport> RunAsync(
        FleetLoad load, AgentPlace place, Func<DateTimeOffset, Task> stepEnded, CancellationToken cancel)
    {
        var started = _real.GetTimestamp();
        _progress.Enter("registering");
        if (load.Catalogue.Count > 0)
        {
            await new CatalogueSetUp(_api, _second).ImportAsync(load.Catalogue, cancel);
        }

        // After the catalogue: a run that it stops can be tried again, its cabinets being nobody's yet.
        await RegisterAsync(load, place, cancel);
        _progress.Enter("enrolling");
        await _crew.StartAsync(load, place, _api, cancel);
        var starting = _real.GetElapsedTime(started);

        started = _real.GetTimestamp();
        _progress.Enter("selling");
        await _crew.SellAsync(load, stepEnded, cancel);
        var selling = _real.GetElapsedTime(started);

        started = _real.GetTimestamp();
        _progress.Enter("draining");
        var undrained = await _crew.DrainAsync(cancel);
        _progress.Enter("proving");
        return new LoadRunReport(undrained, starting, selling, _real.GetElapsedTime(started));
    }

    /// <summary>
    /// A cabinet that the service knows and this folder does not is somebody else's: nothing is sold then.
    /// </summary>
    private async Task RegisterAsync(FleetLoad load, AgentPlace place, CancellationToken cancel)
    {
        var existing = await _api.RegisterAsync(load.Cabinets, cancel);
        var foreign = existing
            .Where(id => !Directory.Exists(Path.Combine(place.Folder, id)))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (foreign.Count > 0)
        {
            throw new FleetApiException($"{foreign.Count} cabinets of the load are in the register already and have no "
                + $"agent in {place.Folder}: {string.Join(", ", foreign.Take(5))}…");
        }
    }
}
