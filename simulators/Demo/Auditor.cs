using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.Bills;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Demo;

/// <summary>
/// Plays the people around the service: brings the payment bills of the days that are over, has the checks run, and
/// compares what they find with what was planted. For one run; not thread-safe.
/// </summary>
internal sealed class Auditor
{
    /// <summary>
    /// Days after the end of a month, and of the load, at which the checks run: longer than a payment may wait for its
    /// sale, and while the month's standings are provisional still.
    /// </summary>
    public const int DaysToWait = 5;

    private readonly CityPlan _plan;
    private readonly PlantedAccusations _planted;
    private readonly FleetApi _api;
    private readonly BillBook _bills;
    private readonly List<string> _problems = [];
    private readonly Queue<DateTimeOffset> _monthEnds;
    private DateOnly _nextBillDay;
    private int _brought;
    private string? _lacking;

    /// <summary>An auditor who has not begun.</summary>
    public Auditor(CityPlan plan, PlantedTruth truth, FleetApi api)
    {
        _plan = plan;
        _planted = PlantedAccusations.Of(plan, truth);
        _api = api;
        _bills = BillBook.Of(plan);
        // A sale just after midnight was paid on the day before.
        _nextBillDay = BusinessMonth.DayOf(plan.Options.StartUtc).AddDays(-1);
        _monthEnds = new Queue<DateTimeOffset>(truth.Months
            .Select(static month => month.Month.EndUtc.AddDays(DaysToWait))
            .Where(at => at <= plan.Options.EndUtc));
    }

    /// <summary>The moment of the last check.</summary>
    public DateTimeOffset EndsAtUtc => _plan.Options.EndUtc.AddDays(DaysToWait);

    /// <summary>True when a month that ended some days before must be checked now, before it is final.</summary>
    public bool IsDue(DateTimeOffset nowUtc) => _monthEnds.TryPeek(out var at) && at <= nowUtc;

    /// <summary>Asks whether the service has what an auditor needs; without it nothing is judged.</summary>
    public async Task ArriveAsync(CancellationToken cancel)
    {
        foreach (var (method, path) in new[]
            { ("post", FleetApi.BillsPath), ("post", FleetApi.AssessmentsPath), ("get", FleetApi.FindingsPath) })
        {
            if (!await _api.OffersAsync(method, path, cancel))
            {
                _lacking = $"the service has no {method.ToUpperInvariant()} {path}";
                return;
            }
        }
    }

    /// <summary>Brings the bills of all days that are over, and has everything checked.</summary>
    /// <param name="nowUtc">Where the service's clock stands.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task CheckAsync(DateTimeOffset nowUtc, CancellationToken cancel)
    {
        while (IsDue(nowUtc))
        {
            _monthEnds.Dequeue();
        }

        if (_lacking is not null)
        {
            return;
        }

        var today = BusinessMonth.DayOf(nowUtc);
        foreach (var file in _bills.Files(_nextBillDay, today))
        {
            await BringAsync(file, cancel);
        }

        _nextBillDay = today;
        var run = await _api.AssessAsync(cancel);
        _problems.AddRange((run.Failures ?? []).Select(static failure =>
            $"The check {failure.Source} failed: {failure.Problem}"));
    }

    /// <summary>Compares what stands now with what was planted.</summary>
    public async Task<AccusationProof> JudgeAsync(CancellationToken cancel)
    {
        if (_lacking is not null)
        {
            return new AccusationProof.NotJudged(_lacking);
        }

        var cabinets = _plan.Cabinets.Select(static cabinet => cabinet.Id.Value).ToHashSet(StringComparer.Ordinal);
        var found = (await _api.FindingsAsync(cancel))
            .Where(finding => finding.Stands && (finding.Cabinet is null or "" || cabinets.Contains(finding.Cabinet)))
            .Select(FoundAccusation.Of)
            .OfType<FoundAccusation>();
        return new AccusationProof.Judged(AccusationScore.Judge(_planted, found), _brought, [.. _problems]);
    }

    private async Task BringAsync(BillFile file, CancellationToken cancel)
    {
        var (operatorId, provider, day) = file.Key;
        var name = provider switch
        {
            PaymentMethod.WeChat => "wechat",
            PaymentMethod.Alipay => "alipay",
            _ => "unionpay",
        };
        var answer = await _api.ImportBillAsync(
            name, operatorId, day, (file.Bytes, file.Lines, file.AmountFen), cancel);
        _brought++;
        if (!answer.Complete)
        {
            _problems.Add($"The {name} bill of {operatorId} for {day:yyyy-MM-dd} was not taken as complete; "
                + $"{answer.RowsRefused} rows were refused.");
        }
    }
}
