using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>Makes standings from a window's sales and the policies. Pure.</summary>
internal static class StandingsRule
{
    private const long MillisecondsPerDay = 86_400_000;

    private sealed record Unit(string Judged, string PolicyId, string Key);

    private sealed record Judgement(
        AssignmentSales Last, ClassAmounts Amounts, bool Current, Policy? Policy, Unit Unit);

    /// <summary>
    /// One row per cabinet and operator, by cabinet and then in the order of the operators' assignments. A cabinet's
    /// sales under an operator count together wherever they were made; a new operator does not inherit its
    /// predecessor's.
    /// </summary>
    public static IReadOnlyList<StandingRow> Judge(
        WindowSales sales, JudgingWindow window, (PolicyBook Policies, BusinessZone Zone) by, DateTimeOffset now)
    {
        var day = by.Zone.DayOf(now.ToUnixTimeMilliseconds());
        day = day < window.From ? window.From : day > window.Last ? window.Last : day;
        var judgements = sales.Assignments
            .GroupBy(a => a.CabinetId, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(cabinet => OfCabinet([.. cabinet], by.Policies, day))
            .ToList();
        var units = judgements.GroupBy(j => j.Unit).ToDictionary(
            g => g.Key, g => g.Aggregate(default(ClassAmounts), (sum, j) => sum + j.Amounts));
        return [.. judgements.Select(j => Row(j, units[j.Unit], sales, (window, by.Zone, now, day)))];
    }

    private static IEnumerable<Judgement> OfCabinet(
        IReadOnlyList<AssignmentSales> assignments, PolicyBook policies, DateOnly day)
    {
        var current = assignments.MaxBy(a => a.FromUtcMs)!.OperatorId;
        foreach (var group in assignments.GroupBy(a => a.OperatorId, StringComparer.Ordinal))
        {
            var last = group.MaxBy(a => a.FromUtcMs)!;
            var policy = policies.ForCabinet(
                new PolicySubject(last.CabinetId, last.OperatorId, last.CountyCode), day);
            var unit = policy?.Judged switch
            {
                Judged.OperatorInCounty => new Unit(
                    "operatorInCounty", policy.Id, $"{last.OperatorId}\n{last.CountyCode}"),
                Judged.County => new Unit("county", policy.Id, last.CountyCode),
                _ => new Unit("cabinet", policy?.Id ?? "", $"{last.CabinetId}\n{last.OperatorId}"),
            };
            yield return new Judgement(
                last,
                group.Aggregate(default(ClassAmounts), (sum, a) => sum + a.Amounts),
                group.Key == current,
                policy,
                unit);
        }
    }

    private static StandingRow Row(
        Judgement of,
        ClassAmounts unit,
        WindowSales sales,
        (JudgingWindow Window, BusinessZone Zone, DateTimeOffset Now, DateOnly Day) at)
    {
        var threshold = of.Policy?.ThresholdOn(at.Day) ?? 0;
        var final = DateTimeOffset.FromUnixTimeMilliseconds(
            at.Zone.StartOfUtcMs(at.Window.To) + (of.Policy?.ProvisionalDays ?? 0) * MillisecondsPerDay);
        return new StandingRow
        {
            CabinetId = of.Last.CabinetId,
            OperatorId = of.Last.OperatorId,
            CurrentOperator = of.Current,
            CountyCode = of.Last.CountyCode,
            SiteName = of.Last.SiteName,
            Life = of.Last.Life,
            Standing = of.Policy is not { } policy ? Standing.NoData : AidShareRule.Judge(
                unit.AidFen, unit.TotalFen, threshold, policy.WarningMarginBasisPoints, policy.MinimumTurnoverFen),
            AidFen = of.Amounts.AidFen,
            OrdinaryFen = of.Amounts.OrdinaryFen,
            UnmappedFen = of.Amounts.UnmappedFen,
            TotalFen = of.Amounts.TotalFen,
            ShareBasisPoints = AidShareRule.ShareBasisPoints(of.Amounts.AidFen, of.Amounts.TotalFen),
            Judged = of.Unit.Judged,
            JudgedAidFen = unit.AidFen,
            JudgedTotalFen = unit.TotalFen,
            HeadroomFen = AidShareRule.HeadroomFen(unit.AidFen, unit.TotalFen, threshold),
            ShortfallFen = AidShareRule.ShortfallFen(unit.AidFen, unit.TotalFen, threshold),
            PolicyId = of.Policy?.Id,
            PolicyVersion = of.Policy?.Version,
            ThresholdBasisPoints = of.Policy?.ThresholdOn(at.Day),
            Provisional = at.Now < final,
            FinalFromUtc = final,
            DataCompleteUntilUtc = sales.CompleteUntilUtcMs.TryGetValue(of.Last.CabinetId, out var until)
                ? DateTimeOffset.FromUnixTimeMilliseconds(until)
                : null,
        };
    }
}
