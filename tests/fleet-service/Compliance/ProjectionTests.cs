using System.Globalization;
using System.Numerics;
using CsCheck;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>Where sales go by the end of a window, from totals written as the ledger writes them.</summary>
public abstract class ProjectionTests : IDisposable
{
    private readonly TemporaryDatabase _files = new();
    private readonly HistoryClock _clock = new() { UtcMs = Ms("2026-11-11T12:00:00+08:00") };
    private readonly PlacesDataSet _places;
    private readonly CurrentPolicies _policies;

    protected ProjectionTests(string dataSet)
    {
        _places = DataSetFile.Load(dataSet);
        _policies = new CurrentPolicies(new PolicyBook(_places.Policies));
        _files.Run("INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ('op-a', 'A', 0), ('op-b', 'B', 0)");
    }

    private string County => _places.Counties[0].Code.Value;

    public void Dispose()
    {
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void The_formula_is_amount_times_days_in_all_by_days_so_far_half_up() => Gen.Select(
        Gen.Long[-1_000_000_000, 1_000_000_000], Gen.Int[1, 92], Gen.Int[1, 92]).Sample((fen, inAll, soFar) =>
        {
            // Half up: the nearest whole number, and of two equally near ones the larger.
            var projected = ProjectionRule.Project(fen, inAll, soFar);
            var twice = 2 * ((BigInteger)fen * inAll - (BigInteger)projected * soFar);
            return twice < soFar && twice >= -soFar;
        }, iter: 100_000);

    [Fact]
    public void A_cabinet_sells_on_as_in_its_whole_days_with_complete_data()
    {
        Cabinet("steady", "2026-01-01", completeUntil: "2026-11-11T11:59:00+08:00");
        for (var day = 1; day <= 10; day++)
        {
            Sell("steady", 20_261_100 + day, aid: 60_000, ordinary: 30_000, unmapped: 7_000);
        }

        Sell("steady", 20_261_111, aid: 5_000_000, ordinary: 0);
        var row = Assert.Single(OfCabinet("steady"));
        var projection = row.Projection!;
        Assert.Equal((5_600_000L, 1_800_000L, 900_000L, 210_000L), (row.AidFen, projection.AidFen!.Value,
            projection.OrdinaryFen!.Value, projection.UnmappedFen!.Value));
        Assert.Equal((true, 10, 30, new DateOnly(2026, 11, 10)), (projection.EnoughData, projection.CompleteDays!.Value,
            projection.DaysInAll!.Value, projection.CompleteThrough!.Value));
        Assert.Equal(Standing.Compliant, projection.Standing);
        Assert.Equal(6_185, projection.ShareBasisPoints);
        Assert.Equal((60_000L, 97_000L, ProjectionHow.WholeDaysSoFar, new DateOnly(2026, 11, 1)), (
            projection.AidFenPerDay!.Value, projection.TotalFenPerDay!.Value, projection.How,
            projection.CompleteFrom!.Value));
    }

    [Fact]
    public void A_projection_waits_for_days_whose_data_is_complete()
    {
        Cabinet("behind", "2026-01-01", completeUntil: "2026-11-05T09:00:00+08:00");
        Cabinet("new", "2026-11-09", completeUntil: "2026-11-11T11:59:00+08:00");
        Cabinet("silent", "2026-01-01", completeUntil: null);
        foreach (var cabinet in (string[])["behind", "new", "silent"])
        {
            for (var day = 1; day <= 10; day++)
            {
                Sell(cabinet, 20_261_100 + day, aid: 10 * day, ordinary: 0);
            }
        }

        // Four complete days of one: 10 + 20 + 30 + 40 in four of thirty days.
        var behind = OfCabinet("behind").Single().Projection!;
        Assert.Equal((4, 750L, true), (behind.CompleteDays!.Value, behind.AidFen!.Value, behind.EnoughData));
        var tooNew = OfCabinet("new").Single().Projection!;
        Assert.Equal((2, 3, false), (tooNew.CompleteDays!.Value, tooNew.NeededDays, tooNew.EnoughData));
        Assert.Null(tooNew.Standing);
        Assert.Null(tooNew.TotalFen);
        Assert.Equal((ProjectionHow.TooFewWholeDays, null, null),
            (tooNew.How, tooNew.AidFenPerDay, tooNew.TotalFenPerDay));
        Assert.False(OfCabinet("silent").Single().Projection!.EnoughData);

        // 25 a day of the only one that is projected.
        var city = Places(PlaceLevel.City).Single().Projection!;
        Assert.Equal((25L, 25L, ProjectionHow.SumOfCabinets, 1, 2), (city.AidFenPerDay!.Value,
            city.TotalFenPerDay!.Value, city.How, city.CabinetsProjected, city.CabinetsAsSoFar));
        _files.Run("UPDATE cabinets SET life = 'Retired' WHERE cabinet_id = 'behind'");
        var retired = OfCabinet("behind").Single().Projection!;
        Assert.Equal((ProjectionHow.SellsNoMore, null), (retired.How, retired.AidFenPerDay));
    }

    [Fact]
    public void A_rate_is_rounded_half_up_and_every_way_of_computing_has_a_sentence()
    {
        Cabinet("slow", "2026-01-01", completeUntil: "2026-11-05T09:00:00+08:00");
        Sell("slow", 20_261_102, aid: 6, ordinary: 3, unmapped: 1);
        var projection = OfCabinet("slow").Single().Projection!;
        Assert.Equal((2L, 3L), (projection.AidFenPerDay!.Value, projection.TotalFenPerDay!.Value));
        Assert.All(Enum.GetValues<ProjectionHow>(), how =>
        {
            var text = (projection with { How = how }).HowText;
            Assert.True(text.En.Length > 0 && text.Zh.Length > 0 && text.En != text.Zh);
        });
    }

    [Fact]
    public void Only_the_present_operators_sales_go_on_and_from_the_day_it_began()
    {
        var first = Cabinet("moved", "2026-01-01", completeUntil: "2026-11-11T11:59:00+08:00", until: "2026-11-06");
        Sell("moved", 20_261_101, aid: 90_000, ordinary: 10_000, assignment: first);
        var second = Assign("moved", "op-b", "2026-11-06", null);
        for (var day = 6; day <= 10; day++)
        {
            Sell("moved", 20_261_100 + day, aid: 1_000, ordinary: 4_000, assignment: second);
        }

        var rows = OfCabinet("moved");
        Assert.Null(rows.Single(r => r.OperatorId == "op-a").Projection);
        var present = rows.Single(r => r.OperatorId == "op-b").Projection!;
        Assert.Equal((5, 25, 25_000L, 100_000L, Standing.Breach), (present.CompleteDays!.Value,
            present.DaysInAll!.Value, present.AidFen!.Value, present.OrdinaryFen!.Value, present.Standing!.Value));
        var county = Places(PlaceLevel.County).Single(p => p.PlaceCode == County).Projection!;
        Assert.Equal((115_000L, 110_000L, 1, 0), (county.AidFen!.Value, county.OrdinaryFen!.Value,
            county.CabinetsProjected, county.CabinetsAsSoFar));
    }

    [Fact]
    public void The_projected_standing_is_by_the_threshold_of_the_windows_last_day()
    {
        var policy = _places.Policies[0];
        _policies.Replace(new PolicyBook([policy with
        {
            Threshold = new ThresholdSchedule(5_000, [new ThresholdStep(new DateOnly(2026, 11, 20), 7_000)]),
        }]));
        Cabinet("steady", "2026-01-01", completeUntil: "2026-11-11T11:59:00+08:00");
        Sell("steady", 20_261_102, aid: 60_000, ordinary: 40_000);
        var row = OfCabinet("steady").Single();
        Assert.Equal((Standing.Compliant, 5_000), (row.Standing, row.ThresholdBasisPoints!.Value));
        Assert.Equal((Standing.Breach, 7_000),
            (row.Projection!.Standing!.Value, row.Projection.ThresholdBasisPoints!.Value));
    }

    [Fact]
    public void Nothing_is_projected_when_nothing_is_to_come()
    {
        Cabinet("steady", "2026-01-01", completeUntil: "2026-11-11T11:59:00+08:00");
        Sell("steady", 20_261_002, aid: 60_000, ordinary: 40_000);
        Assert.Null(OfCabinet("steady", "2026-10").Single().Projection);
        Assert.Null(OfCabinet("steady", "trailing-30").Single().Projection);
        Assert.Null(OfCabinet("steady", at: "2026-10-31").Single().Projection);
        Assert.NotNull(OfCabinet("steady", at: "2026-10-30").Single().Projection);
    }

    private StandingsReader Reader => new(
        new ProvenSales(new StandingsStore(_files.Database, _places.Zone), new NoBills()),
        new MomentSalesStore(_files.Database, _places.Zone), _places, _policies,
        new CurrentCatalogue(CatalogueSnapshot.From(CatalogueState.Empty)), _clock);

    private StandingsReports Reports => new(
        Reader, new StandingsStore(_files.Database, _places.Zone), new HeadsStore(_files.Database),
        new EditionStore(_files.Database));

    private IReadOnlyList<StandingRow> OfCabinet(string cabinet, string? window = null, string? at = null) =>
        Reports.OfCabinet((WindowAsk.Windows)Reader.Understand(window ?? "month", at), cabinet)!;

    private IReadOnlyList<PlaceStanding> Places(PlaceLevel level) =>
        Reports.Places((WindowAsk.Windows)Reader.Understand("month", null), [level], projected: true)!.Items;

    private long Cabinet(string cabinet, string from, string? completeUntil, string? until = null)
    {
        _files.Run($"""
            INSERT INTO cabinets (cabinet_id, life, registered_utc_ms, changed_utc_ms)
            VALUES ('{cabinet}', 'Active', 0, 0)
            """);
        if (completeUntil is not null)
        {
            _files.Run($"""
                INSERT INTO journals (journal_id, cabinet_id, head_seq, head_hash, last_utc_ms)
                VALUES (CAST('{cabinet,16}' AS BLOB), '{cabinet}', 9, zeroblob(32), 0);
                INSERT INTO hellos VALUES ('{cabinet}', CAST('{cabinet,16}' AS BLOB), {Ms(completeUntil)}, 9, 0, 0, 0,
                                           0, 0, 0, '', '');
                """);
        }

        return Assign(cabinet, "op-a", from, until);
    }

    private long Assign(string cabinet, string operatorId, string from, string? until) => (long)_files.Run($"""
        INSERT INTO assignments (cabinet_id, operator_id, county_code, site_name, site_kind, from_utc_ms, to_utc_ms)
        VALUES ('{cabinet}', '{operatorId}', '{County}', 'site', 'school', {Ms(from + "T00:00:00+08:00")},
                {(until is null ? "NULL" : $"{Ms(until + "T00:00:00+08:00")}")})
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

    private static long Ms(string moment) =>
        DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouProjectionTests() : ProjectionTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangProjectionTests() : ProjectionTests("linjiang-2027");
