using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

public abstract class StandingsRuleTests(string dataSet)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);
    private static readonly JudgingWindow November = JudgingWindow.Parse("2026-11", new DateOnly(2026, 11, 23))!;

    private readonly PlacesDataSet _places = DataSetFile.Load(dataSet);

    private string Home => _places.Counties[0].Code.Value;

    private string Other => _places.Counties[1].Code.Value;

    [Fact]
    public void Sales_stay_with_the_county_they_were_made_in_when_all_are_judged_together()
    {
        var policy = _places.Policies[0] with { Judged = Judged.OperatorInCounty };
        var rows = Judge([policy],
            Sales("a", 1, "op", Home, aid: 100), Sales("a", 2, "op", Other, ordinary: 300),
            Sales("b", 3, "op", Home, ordinary: 40), Sales("c", 4, "op", Other, aid: 7));
        Assert.Equal([("a", 100L, 400L, 7L, 307L), ("b", 0L, 40L, 100L, 140L), ("c", 7L, 7L, 7L, 307L)],
            rows.Select(r => (r.CabinetId, r.AidFen, r.TotalFen, r.JudgedAidFen, r.JudgedTotalFen)));
    }

    [Fact]
    public void A_cabinet_with_a_policy_of_its_own_is_not_judged_with_the_others()
    {
        var city = _places.Policies[0] with { Judged = Judged.County };
        var own = city with { Id = "own", Scope = new PolicyScope(ScopeKind.Cabinet, "a"), Judged = Judged.Cabinet };
        var rows = Judge([own, city],
            Sales("a", 1, "op", Home, ordinary: 900_000), Sales("b", 2, "op", Home, aid: 60_000, ordinary: 40_000));
        Assert.Equal([("own", Standing.Breach, 900_000L), (city.Id, Standing.Compliant, 100_000L)],
            rows.Select(r => (r.PolicyId!, r.Standing, r.JudgedTotalFen)));
    }

    [Fact]
    public void Assignments_need_not_come_in_order()
    {
        var inOrder = new[]
        {
            Sales("a", 1, "op-a", Home, aid: 5), Sales("a", 2, "op-b", Home, aid: 6),
            Sales("b", 3, "op-a", Home, aid: 7),
        };
        Assert.Equal(
            Judge(_places.Policies, inOrder),
            Judge(_places.Policies, inOrder[2], inOrder[0], inOrder[1]));
    }

    private IReadOnlyList<StandingRow> Judge(IEnumerable<Policy> policies, params AssignmentSales[] sales) =>
        StandingsRule.Judge(
            new WindowSales(sales, new Dictionary<string, long>()), November,
            (new PolicyBook(policies), _places.Zone), Now);

    private static AssignmentSales Sales(
        string cabinet, long assignment, string operatorId, string county, long aid = 0, long ordinary = 0) =>
        new(cabinet, assignment, operatorId, county, "site", assignment, "Active",
            new ClassAmounts(aid, ordinary, 0, aid + ordinary, 0, 1));
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouStandingsRuleTests() : StandingsRuleTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangStandingsRuleTests() : StandingsRuleTests("linjiang-2027");
