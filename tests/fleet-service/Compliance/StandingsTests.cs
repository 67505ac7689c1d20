using System.Globalization;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>
/// Standings over the real tables: a small register and totals written as the ledger writes them. Amounts follow from
/// the data set's threshold, so that each city's rule is met to the fen.
/// </summary>
public abstract class StandingsTests : IDisposable
{
    private readonly TemporaryDatabase _files = new();
    private readonly FakeTimeProvider _time = new(At("2026-11-23T04:00:00Z"));
    private readonly PlacesDataSet _places;

    protected StandingsTests(string dataSet)
    {
        _places = DataSetFile.Load(dataSet);
        _files.Run("""
            INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ('op-a', 'A', 0), ('op-b', 'B', 0);
            INSERT INTO cabinets (cabinet_id, life, registered_utc_ms, changed_utc_ms) VALUES
              ('good', 'Active', 0, 0), ('edge', 'Active', 0, 0), ('bad', 'Active', 0, 0), ('idle', 'Active', 0, 0),
              ('moved', 'Active', 0, 0);
            """);
        Assign("good", "op-a", County, "2026-01-01T00:00:00Z");
        Assign("edge", "op-a", County, "2026-01-01T00:00:00Z");
        Assign("bad", "op-b", Other, "2026-01-01T00:00:00Z");
        Assign("idle", "op-b", Other, "2026-01-01T00:00:00Z");
        var first = Assign("moved", "op-a", County, "2026-01-01T00:00:00Z", "2026-11-10T00:00:00Z");
        var second = Assign("moved", "op-b", Other, "2026-11-10T00:00:00Z");
        Sell("good", 20_261_101, aid: 90_000, ordinary: 10_000);
        Sell("good", 20_261_031, aid: 0, ordinary: 1_000_000);
        Sell("edge", 20_261_130, aid: 10 * Threshold, ordinary: 90_000 - 10 * Threshold, unmapped: 10_000);
        Sell("bad", 20_261_115, aid: 10 * Threshold - 1, ordinary: 100_001 - 10 * Threshold);
        Sell("moved", 20_261_105, aid: 100_000, ordinary: 0, assignment: first);
        Sell("moved", 20_261_115, aid: 0, ordinary: 30_000, assignment: second);
    }

    private Policy Policy => _places.Policies.First(p => p.VenueKind == PolicyBook.CabinetVenue);

    /// <summary>The least share in November, in parts of 10,000.</summary>
    private int Threshold => Policy.ThresholdOn(new DateOnly(2026, 11, 23));

    private string County => _places.Counties[0].Code.Value;

    private string Other => _places.Counties[1].Code.Value;

    private StandingsQuery Query => new(
        new StandingsStore(_files.Database, _places.Zone), _places,
        new CurrentPolicies(new PolicyBook(_places.Policies)), _time);

    private JudgingWindow November => Query.Window("2026-11")!;

    public void Dispose()
    {
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Each_cabinet_is_judged_by_its_own_sales_of_the_window() => Assert.Equal(
        [
            ("bad", "op-b", Standing.Breach), ("edge", "op-a", Standing.AtRisk), ("good", "op-a", Standing.Compliant),
            ("idle", "op-b", Standing.NoData), ("moved", "op-a", Standing.Compliant),
            ("moved", "op-b", Standing.Breach),
        ],
        Query.All(November).Select(r => (r.CabinetId, r.OperatorId, r.Standing)));

    [Fact]
    public void A_new_operator_does_not_inherit_its_predecessors_share()
    {
        var rows = Query.OfCabinet(November, "moved")!;
        Assert.Equal([(100_000L, false), (0L, true)], rows.Select(r => (r.AidFen, r.CurrentOperator)));
        Assert.Equal([County, Other], rows.Select(r => r.CountyCode));
        Assert.Null(Query.OfCabinet(November, "nobody"));
        Assert.Empty(Query.OfCabinet(Query.Window("2020-01")!, "idle")!);
    }

    [Fact]
    public void Unmapped_sales_are_in_the_total_and_not_in_aid()
    {
        var edge = Query.All(November).Single(r => r.CabinetId == "edge");
        Assert.Equal((10 * Threshold, 90_000 - 10 * Threshold, 10_000, 100_000),
            (edge.AidFen, edge.OrdinaryFen, edge.UnmappedFen, edge.TotalFen));
        Assert.Equal((Threshold, 0L, 0L), (edge.ShareBasisPoints, edge.HeadroomFen, edge.ShortfallFen));
        var good = Query.All(November).Single(r => r.CabinetId == "good");
        Assert.Equal((9_000, 90_000L * 10_000 / Threshold - 100_000), (good.ShareBasisPoints, good.HeadroomFen));

        // One fen short of the share; each fen more raises what is needed too.
        Assert.Equal((10_000 + 10_000 - Threshold - 1) / (10_000 - Threshold),
            Query.All(November).Single(r => r.CabinetId == "bad").ShortfallFen);
    }

    [Fact]
    public void A_refund_counts_on_its_sales_day_for_standings_and_on_its_own_for_money()
    {
        _files.Run("""
            UPDATE totals SET refunds_of_day_fen = 85000
            WHERE cabinet_id = 'good' AND class = 1 AND business_day = 20261101;
            INSERT INTO totals SELECT cabinet_id, assignment_id, 20261201, 1, 0, 0, 85000, 0 FROM totals
            WHERE cabinet_id = 'good' AND class = 1 AND business_day = 20261101;
            """);
        var good = Query.All(November).Single(r => r.CabinetId == "good");
        // What is left is below the least turnover, if there is one.
        Assert.Equal((15_000 < Policy.MinimumTurnoverFen ? Standing.NoData : Standing.Breach, 5_000L),
            (good.Standing, good.AidFen));
        var one = Query.Counties(November).Counties.Single(c => c.Code == County);
        Assert.Equal((300_000L, 0L), (one.SalesFen, one.RefundsFen));
        var december = Query.Counties(Query.Window("2026-12")!).Counties.Single(c => c.Code == County);
        Assert.Equal((0L, 85_000L, -85_000L), (december.SalesFen, december.RefundsFen, december.NetFen));
        Assert.Equal(0, december.TotalFen);
    }

    [Fact]
    public void County_totals_follow_the_assignment_and_add_up_to_the_city()
    {
        var counties = Query.Counties(November);
        Assert.Equal(_places.Counties.Length, counties.Counties.Count);
        var one = counties.Counties.Single(c => c.Code == County);
        Assert.Equal((190_000L + 10 * Threshold, 300_000L, 2, 1, 1, 0, 0), (
            one.AidFen, one.TotalFen, one.Cabinets, one.Compliant, one.AtRisk,
            one.Breach, one.NoData));
        var other = counties.Counties.Single(c => c.Code == Other);
        Assert.Equal((10L * Threshold - 1, 130_000L, 3, 2, 1), (
            other.AidFen, other.TotalFen, other.Cabinets, other.Breach, other.NoData));
        var city = Query.City(November);
        Assert.Equal(counties.Counties.Sum(c => c.TotalFen), city.City.TotalFen);
        Assert.Equal((5, _places.CityTarget.AidSalesFen, 0),
            (city.City.Cabinets, city.TargetAidSalesFen, city.SoldTowardTargetFen));
    }

    [Fact]
    public void Sales_without_an_assignment_and_in_an_unknown_county_stay_in_the_sums()
    {
        Sell("lost", 20_261_115, aid: 7, ordinary: 0, assignment: 0);
        Sell("away", 20_261_115, aid: 5, ordinary: 0,
            assignment: Assign("good", "op-b", "110101", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"));
        Assert.Equal(
            [("", 7L), ("110101", 5L)],
            Query.Counties(November).Counties.Where(c => c.Zh is null).Select(c => (c.Code, c.AidFen)));
        Assert.Equal(190_000 + 20 * Threshold - 1 + 12, Query.City(November).City.AidFen);
    }

    [Fact]
    public void A_standing_is_provisional_until_its_policys_days_after_its_window()
    {
        Assert.True(Query.All(November)[0].Provisional);
        var end = At("2026-11-30T16:00:00Z");
        var last = _places.Policies.Max(p => p.ProvisionalDays);
        _time.SetUtcNow(end.AddDays(Policy.ProvisionalDays).AddSeconds(-1));
        Assert.True(Query.All(November)[0].Provisional);
        Assert.True(Query.Counties(November).Provisional);
        _time.SetUtcNow(end.AddDays(Policy.ProvisionalDays));
        Assert.False(Query.All(November)[0].Provisional);
        Assert.Equal(last > Policy.ProvisionalDays, Query.City(November).Provisional);
        _time.SetUtcNow(end.AddDays(last));
        Assert.False(Query.City(November).Provisional);
    }

    [Fact]
    public void Data_is_complete_up_to_the_hello_once_its_tail_is_committed()
    {
        _files.Run("""
            INSERT INTO journals (journal_no, journal_id, cabinet_id, head_seq, head_hash, last_utc_ms)
            VALUES (1, x'01', 'good', 9, x'', 4000), (2, x'02', 'bad', 9, x'', 4000);
            INSERT INTO hellos VALUES ('good', x'01', 5000, 9, 3, 3000, 0, 0, 0, 0, '', ''),
                                      ('bad', x'02', 5000, 10, 3, 3000, 0, 0, 0, 0, '', '');
            """);
        var until = Query.All(November).ToLookup(
            r => r.CabinetId, r => r.DataCompleteUntilUtc?.ToUnixTimeMilliseconds());
        Assert.Equal([5_000L], until["good"]);
        Assert.Equal([4_000L], until["bad"]);
        Assert.Equal([null], until["idle"]);
        Assert.Equal(3, Query.City(November).City.NeverHeard);
    }

    [Fact]
    public void Pages_are_filtered_by_county_and_standing()
    {
        var page = Query.Page(November, new StandingsFilter(Other, Standing.Breach, 2, 1));
        Assert.Equal((2, "moved"), (page.Total, Assert.Single(page.Items).CabinetId));
        Assert.Equal(new StandingCounts(0, 0, 0, 2), page.Counts);
        Assert.Equal(JudgingWindow.Of(Policy.Window, new DateOnly(2026, 11, 23)), Query.Window(null));
    }

    [Fact]
    public void The_most_specific_policy_in_force_wins_and_may_judge_an_operator_in_a_county_as_one()
    {
        var city = Policy;
        var together = city with
        {
            Id = "together",
            Scope = new PolicyScope(ScopeKind.County, Other),
            Judged = Judged.OperatorInCounty,
            Threshold = ThresholdSchedule.Of((10 * Threshold - 1) / 14),
        };
        var past = together with { Id = "past", Scope = new PolicyScope(ScopeKind.Cabinet, "bad"), To = November.From };
        var places = _places with { Policies = [together, city, past] };
        var query = new StandingsQuery(
            new StandingsStore(_files.Database, places.Zone), places,
            new CurrentPolicies(new PolicyBook(places.Policies)), _time);
        var bad = query.OfCabinet(November, "bad")!.Single();
        Assert.Equal(("together", Standing.AtRisk, 10L * Threshold - 1, 130_000L),
            (bad.PolicyId, bad.Standing, bad.JudgedAidFen, bad.JudgedTotalFen));
        Assert.Equal(city.Id, query.OfCabinet(November, "good")!.Single().PolicyId);
    }

    private long Assign(string cabinet, string owner, string county, string from, string? to = null) =>
        (long)_files.Run($"""
        INSERT INTO assignments (cabinet_id, operator_id, county_code, site_name, site_kind, from_utc_ms, to_utc_ms)
        VALUES ('{cabinet}', '{owner}', '{county}', 'site', 'school', {At(from).ToUnixTimeMilliseconds()},
                {(to is null ? "NULL" : $"{At(to).ToUnixTimeMilliseconds()}")})
        RETURNING assignment_id
        """)!;

    private void Sell(
        string cabinet, int day, long aid, long ordinary, long unmapped = 0, long? assignment = null) => _files.Run($"""
        INSERT INTO totals
        SELECT '{cabinet}', {(assignment is null
            ? $"(SELECT MAX(assignment_id) FROM assignments WHERE cabinet_id = '{cabinet}')" : $"{assignment}")},
               {day}, column1, column2, 1, 0, 0
        FROM (VALUES (1, {aid}), (2, {ordinary}), (3, {unmapped})) AS amounts WHERE column2 > 0
        """);

    private static DateTimeOffset At(string utc) => DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouStandingsTests() : StandingsTests("chuzhou-2020");

/// <summary>In the other one, which has a least turnover, a rising threshold and windows of a week.</summary>
public sealed class LinjiangStandingsTests() : StandingsTests("linjiang-2027");
