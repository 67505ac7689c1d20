using System.Diagnostics;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>What it costs to judge a whole city and more.</summary>
[RunsOnce]
public sealed class StandingsCostTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);
    private static readonly JudgingWindow November = JudgingWindow.Parse("2026-11", new DateOnly(2026, 11, 23))!;

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void A_hundred_thousand_cabinets_cost_ten_times_what_ten_thousand_do(string dataSet)
    {
        var policies = DataSetFile.Load(dataSet).Policies;
        var book = new PolicyBook(policies);
        var (few, many) = (Sales(10_000), Sales(100_000));
        Assert.InRange(Allocated(book, many), 1, Allocated(book, few) * 21 / 2);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void A_thousand_policies_of_single_cabinets_take_no_longer_than_three_of_the_city(string dataSet)
    {
        var policies = DataSetFile.Load(dataSet).Policies;

        // A walk through all policies for each cabinet would take many times as long. Both are measured by turns,
        // so that a busy machine hinders both.
        var (sales, few) = (Sales(30_000), new PolicyBook(policies));
        var many = new PolicyBook([.. policies, .. Enumerable.Range(0, 1_000).Select(i =>
            policies[0] with
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
            $"cab-{i:000000}", i, $"op-{i % 50}"))],
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

    private static AssignmentSales Sales(string cabinet, long number, string operatorId) => new(
        cabinet, number, operatorId, "341125", "site", number, "Active",
        new ClassAmounts(number, 1_000, 0, number + 1_000, 0, 1));
}
