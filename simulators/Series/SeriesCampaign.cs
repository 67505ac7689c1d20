using System.Globalization;
using System.Net;
using KioskFleet.Service.Storage;
using KioskFleet.Simulators.City;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Servers;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Series;

/// <summary>
/// A real service with its writer of time series and a real VictoriaMetrics: the server is stopped for the whole of a
/// load and started again, and the service is killed while its writer catches up. Then every cabinet, class and hour is
/// compared with the ledger.
/// </summary>
internal sealed class SeriesCampaign(SeriesCampaignOptions options, RunFolder folder, TimeProvider time)
{
    /// <summary>How long the writer may make no progress.</summary>
    public static readonly TimeSpan StallWithin = TimeSpan.FromSeconds(60);

    private const string Rest = "the writer";

    // Small stretches, so that the writer can be killed in the midst of them.
    private const int EntriesOfStretch = 10;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);

    private volatile CityRun? _load;
    private volatile WriterProgress? _writer;
    private volatile string _phase = "starting";

    /// <summary>How far it is.</summary>
    public ProgressSnapshot Snapshot() => _writer is { } writer
        ? new ProgressSnapshot(_phase,
            [
                new CountyProgress
                {
                    Code = Rest, Name = Rest, Cabinets = options.Cabinets, Expected = writer.Newest,
                    Recorded = writer.Newest, Committed = writer.Position,
                },
            ])
        : _load?.Snapshot() ?? new ProgressSnapshot(_phase, []);

    /// <summary>Runs it. Whatever way it ends, no child process is left.</summary>
    /// <exception cref="CampaignException">A program does not start, or the writer does not go on.</exception>
    public async Task<SeriesCampaignResult> RunAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        await using var server = new VictoriaMetrics(
            options.Program, Directory.CreateDirectory(Path.Combine(folder.Root, "series")).FullName);
        await server.StartAsync(cancel);
        await using var service = new ServiceUnderTest(folder.Root, Settings(server));
        await service.StartAsync(cancel);

        // From before the first sale until all of them are in the ledger.
        await server.StopAsync();
        var findings = await LoadAsync(service, cancel);
        var ledger = new SeriesLedger(() => SqliteEngine.OpenFile(service.DatabasePath));
        _writer = await ledger.ProgressAsync(time, cancel);
        await server.StartAsync(cancel);
        var killedAt = await CatchUpAsync(service, ledger, cancel);
        _phase = "comparing";
        var (code, output) = await service.RunCommandAsync("verify");
        if (code != 0)
        {
            findings.Add($"The service's own verify ends with {code}: {output}");
        }

        var end = await ledger.ProgressAsync(time, cancel);
        var cells = ledger.Cells();
        var hours = HoursOf(cells.Keys);
        var mismatches = SeriesComparison.Mismatches(cells, await IncreasesAsync(server, hours, cancel));
        return new SeriesCampaignResult
        {
            Cabinets = options.Cabinets,
            Days = options.Days,
            Seed = options.Seed,
            Entries = end.Newest,
            KilledAt = killedAt,
            Hours = hours.Count,
            CellsCompared = cells.Count,
            SeriesMismatches = mismatches.Count,
            Mismatches = [.. mismatches.Take(SeriesCampaignResult.MaxMismatches)],
            RefusedLines = end.Refused,
            LedgerFindings = findings,
            Seconds = Math.Round(time.GetElapsedTime(started).TotalSeconds, 1),
        };
    }

    /// <summary>Every hour from the one before the first entry to the one behind the last.</summary>
    internal static IReadOnlyList<long> HoursOf(IEnumerable<SeriesCell> cells)
    {
        var known = cells.Select(cell => cell.HourUtcMs).DefaultIfEmpty(0).ToList();
        const long hour = 3_600_000;
        return [.. Enumerable.Range(0, (int)((known.Max() - known.Min()) / hour) + 3)
            .Select(i => known.Min() + (i - 1) * hour)];
    }

    /// <summary>Sales of past days by real agents; everything that does not fit between journals and ledger.</summary>
    private async Task<List<string>> LoadAsync(ServiceUnderTest service, CancellationToken cancel)
    {
        var city = new CityOptions
        {
            Service = service.Address,
            Token = service.AdminToken,
            Broker = new DnsEndPoint("127.0.0.1", service.BrokerPort),
            Cabinets = options.Cabinets,
            Days = options.Days,
            Seed = options.Seed,
            Start = BusinessMonth.DayOf(time.GetUtcNow()).AddDays(-options.Days),
        };
        await using var load = await CityRun.StartAsync(city, folder, time, cancel);
        _load = load;
        var outcome = await load.RunAsync(cancel);
        return [.. outcome.Proof.Findings, .. outcome.Run.Undrained is { } undrained ? [undrained] : (string[])[]];
    }

    /// <summary>Kills the service each time that the writer has come a further part of its way, then lets it end.
    /// </summary>
    private async Task<IReadOnlyList<long>> CatchUpAsync(
        ServiceUnderTest service, SeriesLedger ledger, CancellationToken cancel)
    {
        var (killedAt, moved, last) = (new List<long>(), time.GetTimestamp(), -1L);
        var starting = Task.CompletedTask;
        while (true)
        {
            var writer = await ledger.ProgressAsync(time, cancel);
            _writer = writer;
            _phase = $"catching up, killed {killedAt.Count} of {options.Kills} times";
            if (killedAt.Count < options.Kills
                && writer.Position * (options.Kills + 2) >= writer.Newest * (killedAt.Count + 1))
            {
                await service.KillAsync();
                await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var stood = await ledger.ProgressAsync(time, cancel);
                if (stood.IsDone)
                {
                    throw new CampaignException("The writer had caught up before it could be killed "
                        + $"{options.Kills} times; choose more cabinets or days.");
                }

                killedAt.Add(stood.Position);

                // Not waited for: its writer goes on before its API answers, and may be killed before that again.
                starting = service.StartAsync(cancel);
            }
            else if (writer.IsDone)
            {
                await starting;
                return killedAt;
            }

            if (writer.Position != last)
            {
                (last, moved) = (writer.Position, time.GetTimestamp());
            }
            else if (time.GetElapsedTime(moved) > StallWithin)
            {
                throw new CampaignException($"The writer stands at {writer.Position} of {writer.Newest} since "
                    + string.Create(CultureInfo.InvariantCulture, $"{StallWithin.TotalSeconds} s."));
            }

            await Task.Delay(LookInterval, time, cancel);
        }
    }

    private async Task<IReadOnlyDictionary<SeriesCell, SeriesSum>> IncreasesAsync(
        VictoriaMetrics server, IReadOnlyList<long> hours, CancellationToken cancel)
    {
        using var queries = new SeriesQueries(server.Address);
        await queries.FlushAsync(cancel);
        var all = new Dictionary<SeriesCell, SeriesSum>();
        foreach (var (hour, number) in hours.Select((hour, i) => (hour, i + 1)))
        {
            _phase = $"comparing, hour {number} of {hours.Count}";
            foreach (var (cell, sum) in await queries.IncreasesAsync(hour, cancel))
            {
                all[cell] = sum;
            }
        }

        return all;
    }

    private static string[] Settings(VictoriaMetrics server) =>
    [
        "Series:Enabled=true", $"Series:Url={server.Address}", "Series:Org=kioskfleet", "Series:Bucket=sales",
        $"Series:BatchEntries={EntriesOfStretch}", "Series:IdleMilliseconds=100", "Series:MaxRetryDelaySeconds=1",
    ];
}
