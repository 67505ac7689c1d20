using System.Diagnostics;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

public sealed class StandingsRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);
    private static readonly JudgingWindow November = JudgingWindow.Parse("2026-11", new DateOnly(2026, 11, 23))!;

    [Fact]
    public void Sales_stay_with_the_county_they_were_made_in_when_all_are_judged_together()
    {
        var policy = HistoryRig.Shipped.Policies[0] with { Judged = Judged.OperatorInCounty };
        var rows = Judge([policy],
            Sales("a", 1, "op", "341125", aid: 100), Sales("a", 2, "op", "341126", ordinary: 300),
            Sales("b", 3, "op", "341125", ordinary: 40), Sales("c", 4, "op", "341126", aid: 7));
        Assert.Equal([("a", 100L, 400L, 7L, 307L), ("b", 0L, 40L, 100L, 140L), ("c", 7L, 7L, 7L, 307L)],
            rows.Select(r => (r.CabinetId, r.AidFen, r.TotalFen, r.JudgedAidFen, r.JudgedTotalFen)));
    }

    [Fact]
    public void A_cabinet_with_a_policy_of_its_own_is_not_judged_with_the_others()
    {
        var city = HistoryRig.Shipped.Policies[0] with { Judged = Judged.County };
        var own = city with { Id = "own", Scope = new PolicyScope(ScopeKind.Cabinet, "a"), Judged = Judged.Cabinet };
        var rows = Judge([own, city],
            Sales("a", 1, "op", "341125", ordinary: 900), Sales("b", 2, "op", "341125", aid: 60, ordinary: 40));
        Assert.Equal([("own", Standing.Breach, 900L), ("cabinet-aid-share", Standing.Compliant, 100L)],
            rows.Select(r => (r.PolicyId!, r.Standing, r.JudgedTotalFen)));
    }

    [Fact]
    public void Assignments_need_not_come_in_order()
    {
        var inOrder = new[]
        {
            Sales("a", 1, "op-a", "341125", aid: 5), Sales("a", 2, "op-b", "341125", aid: 6),
            Sales("b", 3, "op-a", "341125", aid: 7),
        };
        Assert.Equal(
            Judge(HistoryRig.Shipped.Policies, inOrder),
            Judge(HistoryRig.Shipped.Policies, inOrder[2], inOrder[0], inOrder[1]));
    }

    [Fact]
    public void A_hundred_thousand_cabinets_cost_ten_times_what_ten_thousand_do()
    {
        var book = new PolicyBook(HistoryRig.Shipped.Policies);
        var (few, many) = (Sales(10_000), Sales(100_000));
        Assert.InRange(Allocated(book, many), 1, Allocated(book, few) * 21 / 2);
    }

    [Fact]
    public void A_thousand_policies_of_single_cabinets_take_no_longer_than_three_of_the_city()
    {
        // A walk through all policies for each cabinet would take many times as long. Both are measured by turns, so
        // that
        // a busy machine hinders both.
        var (sales, few) = (Sales(30_000), new PolicyBook(HistoryRig.Shipped.Policies));
        var many = new PolicyBook([.. HistoryRig.Shipped.Policies, .. Enumerable.Range(0, 1_000).Select(i =>
            HistoryRig.Shipped.Policies[0] with
            {
                Id = $"own-{i}", Scope = new PolicyScope(ScopeKind.Cabinet, $"cab-{i * 7:000000}"),
            })]);
        var (best, bestOfMany) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 9; i++)
        {
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Took(few, sales).Ticks));
            bestOfMany = TimeSpan.FromTicks(Math.Min(bestOfMany.Ticks, Took(many, sales).Ticks));
        }

        Assert.True(bestOfMany < best * 6, $"{best.TotalMilliseconds} ms and {bestOfMany.TotalMilliseconds} ms");
    }

    private static WindowSales Sales(int cabinets) => new(
        [.. Enumerable.Range(0, cabinets).Select(i => Sales(
            $"cab-{i:000000}", i, $"op-{i % 50}", "341125", aid: i, ordinary: 1_000))],
        Enumerable.Range(0, cabinets).ToDictionary(i => $"cab-{i:000000}", _ => 1L));

    private static long Allocated(PolicyBook book, WindowSales sales)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Took(book, sales);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static TimeSpan Took(PolicyBook book, WindowSales sales)
    {
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(sales.Assignments.Count,
            StandingsRule.Judge(sales, November, (book, BusinessZone.Shanghai), Now).Count);
        return Stopwatch.GetElapsedTime(started);
    }

    private static IReadOnlyList<StandingRow> Judge(IEnumerable<Policy> policies, params AssignmentSales[] sales) =>
        StandingsRule.Judge(
            new WindowSales(sales, new Dictionary<string, long>()), November,
            (new PolicyBook(policies), BusinessZone.Shanghai), Now);

    private static AssignmentSales Sales(
        string cabinet, long assignment, string operatorId, string county, long aid = 0, long ordinary = 0) =>
        new(cabinet, assignment, operatorId, county, "site", assignment, "Active",
            new ClassAmounts(aid, ordinary, 0, aid + ordinary, 0, 1));
}
