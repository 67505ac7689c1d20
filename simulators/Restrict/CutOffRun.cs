using System.Net;
using System.Text.Json.Nodes;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Faults;
using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Restrict;

/// <summary>
/// One mode of a run: a fleet service and cabinets in this process; figures while they are online; the network goes;
/// greedy days; the network comes back; the ledger is read.
/// </summary>
internal sealed class CutOffRun : IAsyncDisposable
{
    /// <summary>Cabinets that sell at the same time: selling blocks on fsync.</summary>
    private const int Sellers = 4;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly RestrictOptions _options;
    private readonly RestrictProgress _progress;
    private readonly SimulatedInstant _instant;
    private readonly LocalFleet _fleet;
    private readonly FaultProxy _link;
    private readonly CutOffFolder _folder;
    private readonly TimeProvider _real;
    private readonly List<CutOffCabinet> _cabinets = [];

    private CutOffRun(RestrictOptions options, RestrictProgress progress, SimulatedInstant instant, LocalFleet fleet,
        CutOffFolder folder, TimeProvider real)
    {
        (_options, _progress, _instant, _fleet, _folder, _real) = (options, progress, instant, fleet, folder, real);
        _link = new FaultProxy(fleet.BrokerEndPoint.Port, real);
    }

    /// <summary>The fleet service.</summary>
    public LocalFleet Fleet => _fleet;

    /// <summary>Starts the service.</summary>
    public static async Task<CutOffRun> StartAsync(RestrictOptions options, RestrictProgress progress,
        CutOffFolder folder, TimeProvider real, CancellationToken cancel)
    {
        var instant = new SimulatedInstant(RestrictOptions.StartUtc, real);
        var fleet = await LocalFleet.StartAsync(folder.Ledger, new FleetTime(instant), cancel);
        return new CutOffRun(options, progress, instant, fleet, folder, real);
    }

    /// <summary>Runs the mode.</summary>
    /// <param name="mode">observe or restrict.</param>
    /// <param name="cancel">Ends the run.</param>
    /// <exception cref="FleetApiException">Service or agents do not do their part.</exception>
    public async Task<CutOffOutcome> RunAsync(string mode, CancellationToken cancel)
    {
        _progress.Enter("enrolling");
        var policy = await PrepareAsync(mode, cancel);
        _progress.Enter("selling online");
        var desks = _cabinets.ConvertAll(life =>
        {
            var tally = new RunTally();
            return (Life: life, Tally: tally, Desk: new VendDesk(life, tally, _progress));
        });
        var online = new OnlineDays(_fleet.Api, _cabinets, MoveServiceTo, _real);
        await online.SellAsync([.. desks.Select(static one => one.Desk)], mode, cancel);

        _link.Faults = new LinkFaults { RefusesNew = true };
        _link.CutAll();
        desks.ForEach(static one => one.Tally.Forget());
        await SellCutOffAsync(
            desks.ConvertAll(one => new GreedyCabinet(
                one.Life, one.Tally, one.Desk, _options, desks.IndexOf(one))), cancel);
        var committedBefore = _cabinets.Sum(static life => (long)life.Agent.CommittedSeq);

        _progress.Enter("reconnecting");
        var undrained = await ReconnectAsync(cancel);
        _progress.Enter("proving");
        var (proof, ledger) = (FleetProof.Run(_fleet, [.. _cabinets.Select(static life => life.Agent)], cancel),
            _fleet.ProveLedger(cancel));
        var tally = RunTally.Sum(desks.Select(static one => one.Tally));
        var verdicts = WindowJudge.Judge(LedgerReading.Read(_fleet.Database), RestrictPolicy.TermsOf(policy),
            BusinessMonth.DayOf(RestrictOptions.CutUtc), tally.AidRefunds);
        List<string> findings =
        [
            .. undrained is null ? Array.Empty<string>() : [undrained],
            .. tally.Problems, .. proof.Findings,
            .. ledger.Problems.Select(static problem => $"{problem.Cabinet} {problem.Subject}: {problem.Detail}"),
            .. await ServiceWindows.DifferencesAsync(_fleet.Api, verdicts, cancel),
        ];
        if (committedBefore >= proof.Recorded)
        {
            findings.Add("Everything was committed before the network came back: it was never away.");
        }

        return new CutOffOutcome(mode, tally, verdicts, proof, findings);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(_cabinets, static async (life, _) => await life.DisposeAsync());

        await _link.DisposeAsync();
        await _fleet.DisposeAsync();
    }

    private static ParallelOptions Limits(int atOnce, CancellationToken cancel) =>
        new() { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel };

    private void MoveServiceTo(DateTimeOffset instantUtc) => _instant.MoveTo(instantUtc);

    /// <summary>Policy, catalogue and cabinets; returns the policy.</summary>
    private async Task<JsonObject> PrepareAsync(string mode, CancellationToken cancel)
    {
        var api = _fleet.Api;
        var county = CountyCode.Parse((await api.CountiesAsync(cancel))[0].Code);
        var from = BusinessMonth.DayOf(RestrictOptions.StartUtc);
        var policy = RestrictPolicy.Make(
            await api.PoliciesAsync(RestrictPolicy.Venue, cancel), county, mode, $"{from:yyyy-MM-dd}");
        await api.MakePolicyAsync(policy, cancel);
        var import = await api.ImportAsync(CatalogueUpload.Csv(RestrictGoods.Catalogue(county, from)), cancel);
        if (import.RowsRefused > 0)
        {
            throw new FleetApiException($"A row of the catalogue was refused: {import.Refused[0].GetRawText()}");
        }

        var plan = RestrictGoods.Plan(RestrictOptions.StartUtc);
        var cabinets = Enumerable.Range(0, _options.Cabinets).Select(i => Cabinet(i, county, plan)).ToList();
        await api.RegisterAsync(cabinets, cancel);
        var place = new AgentPlace(_folder.Cabinets, api.Service,
            new DnsEndPoint(IPAddress.Loopback.ToString(), _link.Port), RestrictOptions.StartUtc,
            RestrictOptions.StartUtc);
        foreach (var (i, cabinet) in cabinets.Index())
        {
            var life = new CutOffCabinet(cabinet, place, new Chance(_options.Seed, (ulong)i << 32 | 0xB007), _real);
            _cabinets.Add(life);
        }

        await Parallel.ForEachAsync(_cabinets, Limits(CabinetCrew.Starters, cancel), async (life, stopping) =>
        {
            await life.Agent.EnrolAsync(api, _real, stopping);
            await life.Agent.StartAsync(stopping);
            await life.Agent.GreetAsync(CabinetCrew.GreetWithin, _real, stopping);
        });
        return policy;
    }

    private static LoadCabinet Cabinet(int number, CountyCode county, CabinetPlan plan) => new()
    {
        Id = CabinetId.Parse($"R{number + 1:000}"),
        County = county,
        OperatorId = "op-greedy",
        SiteName = "断网试验点",
        Row = "",
        Plan = plan,
        // A wall clock that was wrong before is no reason to sell more.
        WallError = TimeSpan.FromMinutes(number % 4 == 2 ? -300 : 0),
        Events = static () => [],
    };

    private async Task SellCutOffAsync(List<GreedyCabinet> cabinets, CancellationToken cancel)
    {
        var last = BusinessMonth.DayOf(_options.EndUtc);
        var first = BusinessMonth.DayOf(RestrictOptions.CutUtc);
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            _progress.Enter($"day {day.DayNumber - first.DayNumber} of {_options.Days} without a network");
            await Parallel.ForEachAsync(cabinets, Limits(Sellers, cancel), async (cabinet, stopping) =>
                await cabinet.LiveAsync(day, RestrictOptions.CutUtc, _options.EndUtc, stopping));
        }
    }

    /// <summary>Brings the network back; null when everything recorded was committed, else why not.</summary>
    private async Task<string?> ReconnectAsync(CancellationToken cancel)
    {
        MoveServiceTo(_options.EndUtc);
        _link.Faults = LinkFaults.None;
        await Parallel.ForEachAsync(_cabinets, Limits(CabinetCrew.Starters, cancel), async (life, stopping) =>
            await life.ReconnectAsync(_options.EndUtc, stopping));
        _progress.End();
        for (var started = _real.GetTimestamp(); ;)
        {
            _progress.Committed(_cabinets.Sum(static life => (long)life.Agent.CommittedSeq));
            if (_cabinets.Find(static life => life.Agent.Backlog > 0) is not { } behind)
            {
                return null;
            }

            if (_real.GetElapsedTime(started) > CabinetCrew.StallWithin)
            {
                return $"{behind.Cabinet.Id} still holds {behind.Agent.Backlog} entries: {behind.Agent.Trouble}";
            }

            await Task.Delay(LookInterval, _real, cancel);
        }
    }
}
