using System.Text.Json;
using CsCheck;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Venues;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

public sealed class VenueStandingsTests
{
    private const string Path = "/api/v1/venues/standings";

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Each_hall_is_judged_by_its_policy_in_its_window_with_the_steps_that_have_begun(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var threshold = rig.HallPolicy.ThresholdOn(rig.Today);
        var edge = threshold + rig.HallPolicy.WarningMarginBasisPoints;
        await rig.RegisterAsync("below", rig.Hall.Id);
        await rig.RegisterAsync("edge", rig.Hall.Id, rig.OtherCounty);
        await rig.RegisterAsync("good", rig.Hall.Id, presence: "online");
        await rig.RegisterAsync("silent", rig.Hall.Id, rig.City);
        await rig.RegisterAsync("zone", rig.Zone.Id);
        await rig.ReportAsync("below", threshold - 1, 10_000, rig.Today);
        await rig.ReportAsync("edge", threshold, 10_000, rig.Today);
        await rig.ReportAsync("good", edge, 10_000, rig.Today);
        await rig.ReportAsync("zone", 1, 10_000, rig.Today);
        var window = JudgingWindow.Of(rig.HallPolicy.Window, rig.Today);
        var rows = (await rig.GetAsync(Path)).GetProperty("items").EnumerateArray()
            .ToDictionary(r => r.GetProperty("venueId").GetString()!);
        Assert.Equal(
            [("below", "breach"), ("edge", "atRisk"), ("good", "compliant"), ("silent", "noData"), ("zone", "noData")],
            rows.Select(r => (r.Key, r.Value.GetProperty("standing").GetString()!)));
        var below = rows["below"];
        Assert.Equal((window.Name, threshold, threshold - 1, "reported", true), (
            below.GetProperty("window").GetProperty("name").GetString()!,
            below.GetProperty("thresholdBasisPoints").GetInt32(), below.GetProperty("shareBasisPoints").GetInt32(),
            below.GetProperty("figures").GetString()!, below.GetProperty("provisional").GetBoolean()));
        Assert.Equal(AidShareRule.ShortfallFen(threshold - 1, 10_000, threshold),
            below.GetProperty("shortfallFen").GetInt64());
        Assert.Equal(AidShareRule.HeadroomFen(edge, 10_000, threshold),
            rows["good"].GetProperty("headroomFen").GetInt64());

        // Of a zone the sales are told; no share was ever set for it.
        Assert.Equal((JsonValueKind.Null, 10_000L), (rows["zone"].GetProperty("policyId").ValueKind,
            rows["zone"].GetProperty("totalFen").GetInt64()));
        var one = await rig.GetAsync($"{Path}?county={rig.OtherCounty}&kind={rig.Hall.Id}&standing=atRisk");
        Assert.Equal("edge", Assert.Single(one.GetProperty("items").EnumerateArray().ToList())
            .GetProperty("venueId").GetString());
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task The_row_says_which_days_of_its_window_are_reported(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var window = JudgingWindow.Of(rig.HallPolicy.Window, rig.Today);
        await rig.PostAsync("/api/v1/sales-reports", new
        {
            reporter = "o",
            documentNumber = "1",
            venue = "hall-1",
            firstDay = VenueRig.Text(window.From),
            lastDay = VenueRig.Text(window.From.AddDays(1)),
            aidFen = 70,
            totalFen = 100,
            evidence = "e",
        }, System.Net.HttpStatusCode.Created);
        await rig.ReportAsync("hall-1", 0, 0, window.From.AddDays(2));
        await rig.ReportAsync("hall-1", 5, 9, window.From.AddDays(4));
        var now = (await rig.GetAsync(Path)).GetProperty("items")[0];
        Assert.Equal((109L, 3, 4, VenueRig.Text(window.From.AddDays(4))), (
            now.GetProperty("totalFen").GetInt64(), now.GetProperty("reports").GetInt32(),
            now.GetProperty("daysCovered").GetInt32(), now.GetProperty("reportedUntil").GetString()!));
        var day = (await rig.GetAsync($"{Path}?window={VenueRig.Text(window.From.AddDays(1))}"))
            .GetProperty("items")[0];
        Assert.Equal((100L, 1),
            (day.GetProperty("totalFen").GetInt64(), day.GetProperty("daysCovered").GetInt32()));
        var before = (await rig.GetAsync($"{Path}?day={VenueRig.Text(window.From.AddDays(-1))}"))
            .GetProperty("items")[0];
        Assert.Equal(0, before.GetProperty("totalFen").GetInt64());
        var year = (await rig.GetAsync($"{Path}?window=since-launch")).GetProperty("items")[0];
        Assert.Equal(109L, year.GetProperty("totalFen").GetInt64());
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Breaches_become_drafts_about_the_venue_while_their_window_is_provisional(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var standings = rig.Service.Host.Services.GetRequiredService<VenueStandings>();
        var threshold = rig.HallPolicy.ThresholdOn(rig.Today);
        await rig.RegisterAsync("below", rig.Hall.Id);
        await rig.RegisterAsync("edge", rig.Hall.Id);
        await rig.RegisterAsync("good", rig.Hall.Id);
        await rig.RegisterAsync("zone", rig.Zone.Id);
        await rig.ReportAsync("below", threshold - 1, 10_000, rig.Today);
        await rig.ReportAsync("edge", threshold, 10_000, rig.Today);
        await rig.ReportAsync("good", 10_000, 10_000, rig.Today);
        await rig.ReportAsync("zone", 0, 10_000, rig.Today);
        var window = JudgingWindow.Of(rig.HallPolicy.Window, rig.Today);
        var drafts = Drafts(rig, standings);
        Assert.Equal([(FindingKind.BelowThreshold, "below"), (FindingKind.AtRisk, "edge")],
            drafts.Select(d => (d.Kind, d.About.VenueId)));
        var evidence = JsonDocument.Parse(drafts[0].Evidence).RootElement;
        Assert.Equal((window.Name, "reported", rig.HallPolicy.Id, threshold), (
            evidence.GetProperty("window").GetString()!, evidence.GetProperty("figures").GetString()!,
            evidence.GetProperty("policy").GetString()!, evidence.GetProperty("thresholdBasisPoints").GetInt32()));
        Assert.Equal((rig.County, "op-1", ""),
            (drafts[0].About.CountyCode, drafts[0].About.OperatorId, drafts[0].About.CabinetId));
        Assert.Equal(drafts.Count, drafts.Select(d => d.Subject).Distinct().Count());

        // The next window has begun; the one before is judged on until it is final, by its last day's policy.
        rig.Today = window.To.AddDays(rig.HallPolicy.ProvisionalDays - 1);
        Assert.Equal(drafts.Select(d => d.Subject), Drafts(rig, standings).Select(d => d.Subject));
        rig.Today = window.To.AddDays(rig.HallPolicy.ProvisionalDays);
        Assert.Empty(Drafts(rig, standings));
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void Venues_that_a_policy_judges_together_share_one_standing(string dataSet)
    {
        var places = DataSetFile.Load(dataSet);
        var day = new DateOnly(2020, 9, 15);
        var threshold = places.Policies[1].ThresholdOn(day);
        Gen.Select(
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 1], Gen.Long[0, 90], Gen.Long[0, 90]).Array[1, 8],
        Gen.Enum<Judged>()).Sample((halls, judged) =>
        {
            var policy = places.Policies[1] with { Judged = judged, WarningMarginBasisPoints = 0 };
            var venues = halls.Select((h, i) => new VenueModel($"v{i}", h.Item3 == 0 ? policy.VenueKind : "other",
                Presence.Offline, $"c{h.Item1}", [new VenueOperator($"op{h.Item2}", new DateOnly(2020, 1, 1))],
                "n", "a", "",
                [new VenueLifeStep(VenueLife.Open, new DateOnly(2020, 1, 1))])).ToList();
            var windows = VenueStandingsRule.Windows(venues, new PolicyBook([policy]), day, null);
            var rows = VenueStandingsRule.Judge(
                windows, [.. windows.Select(w => halls[int.Parse(w.Venue.VenueId[1..], null)])
                    .Select(h => VenueSales.None with { AidFen = h.Item4, TotalFen = h.Item4 + h.Item5 })],
                places.Zone, DateTimeOffset.UnixEpoch);
            Assert.Equal(venues.Count, rows.Count);
            foreach (var row in rows)
            {
                var unit = row.PolicyId is null ? [row] : rows.Where(r => r.Kind == row.Kind && (judged switch
                {
                    Judged.Cabinet => r.VenueId == row.VenueId,
                    Judged.OperatorInCounty => (r.OperatorId, r.County) == (row.OperatorId, row.County),
                    _ => r.County == row.County,
                })).ToList();
                var (aid, total) = (unit.Sum(r => r.AidFen), unit.Sum(r => r.TotalFen));
                Assert.Equal((aid, total), (row.JudgedAidFen, row.JudgedTotalFen));
                Assert.Equal(
                    row.PolicyId is null || total == 0 ? Standing.NoData
                        : aid * 10_000 >= total * threshold ? Standing.Compliant : Standing.Breach,
                    row.Standing);
            }
        }, iter: 1_000);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void A_policy_of_one_venue_goes_before_the_citys(string dataSet)
    {
        var places = DataSetFile.Load(dataSet);
        var city = places.Policies[1];
        var own = city with
        {
            Id = "own", Scope = new PolicyScope(ScopeKind.Cabinet, "v1"), Threshold = ThresholdSchedule.Of(9_000),
        };
        var venues = new[] { "v1", "v2" }.Select(id => new VenueModel(id, city.VenueKind, Presence.Online,
            places.Counties[0].Code.Value, [new VenueOperator("op", new DateOnly(2020, 1, 1))], "n", "", "u",
            [new VenueLifeStep(VenueLife.Open, new DateOnly(2020, 1, 1))]));
        var windows = VenueStandingsRule.Windows(venues, new PolicyBook([city, own]), new DateOnly(2020, 9, 1), null);
        Assert.Equal(["own", city.Id], windows.Select(w => w.Policy!.Id));
    }

    [Theory]
    [InlineData("?day=2020-13-01")]
    [InlineData("?day=2999-01-01")]
    [InlineData("?window=2020-13")]
    [InlineData("?county=999999")]
    [InlineData("?standing=7")]
    [InlineData("?pageSize=501")]
    public async Task A_wrong_query_is_answered_with_its_problem(string query)
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        var problem = await rig.GetAsync(Path + query, System.Net.HttpStatusCode.BadRequest);
        Assert.NotEmpty(problem.GetProperty("titleZh").GetString()!);
    }

    private static IReadOnlyList<FindingDraft> Drafts(VenueRig rig, VenueStandings standings) => standings.Drafts(
        new CheckMoment(rig.Places.Zone.StartOfUtcMs(rig.Today) + 12 * 3_600_000, rig.Today));
}
