using System.Net;
using System.Text.Json.Nodes;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>The days of a report: within one month and one window, and told once.</summary>
public sealed class ReportPeriodTests
{
    private const string Path = "/api/v1/sales-reports";

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_period_across_the_edge_of_a_month_is_refused_so_that_no_hall_leaves_its_window(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var next = new DateOnly(rig.Start.Year, 10, 1);
        rig.Today = next.AddDays(5);
        foreach (var report in new[]
        {
            Report("R-1", "hall-1", null, next.AddDays(-30), next),
            Report("R-2", null, rig.Channels.Channel, next.AddDays(-1), next, rig.County),
        })
        {
            var refused = await rig.PostAsync(Path, report, HttpStatusCode.BadRequest);
            Assert.Equal(("acrossEdge", "lastDay", VenueRig.Text(next)), (refused.GetProperty("code").GetString()!,
                refused.GetProperty("field").GetString()!, refused.GetProperty("got").GetString()!));
        }

        await rig.PostAsync(Path, Report("R-3", "hall-1", null, next.AddDays(-30), next.AddDays(-1)),
            HttpStatusCode.Created);
        await rig.PostAsync(Path, Report("R-4", "hall-1", null, next, next), HttpStatusCode.Created);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_period_lies_within_one_window_of_the_venues_policy_on_its_last_day(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("weekly", rig.Hall.Id);
        await rig.RegisterAsync("rolling", rig.Hall.Id);
        await rig.RegisterAsync("plain", rig.Hall.Id);
        await SetWindowAsync(rig, "weekly", "week");
        await SetWindowAsync(rig, "rolling", "trailing-7");
        rig.Today = rig.Start.AddDays(5);
        var monday = JudgingWindow.Of("week", rig.Start.AddDays(4)).From;
        var across = Report("R-1", "weekly", null, monday.AddDays(-2), monday.AddDays(1));
        var refused = await rig.PostAsync(Path, across, HttpStatusCode.BadRequest);
        Assert.Equal(("acrossEdge", VenueRig.Text(monday)),
            (refused.GetProperty("code").GetString()!, refused.GetProperty("got").GetString()!));
        await rig.PostAsync(Path, Report("R-2", "weekly", null, monday, monday.AddDays(1)), HttpStatusCode.Created);

        // A rolling window has an edge between any two days.
        var twoDays = Report("R-3", "rolling", null, rig.Start.AddDays(2), rig.Start.AddDays(3));
        refused = await rig.PostAsync(Path, twoDays, HttpStatusCode.BadRequest);
        Assert.Equal(("acrossEdge", VenueRig.Text(rig.Start.AddDays(3))),
            (refused.GetProperty("code").GetString()!, refused.GetProperty("got").GetString()!));
        await rig.PostAsync(
            Path, Report("R-4", "rolling", null, rig.Start.AddDays(2), rig.Start.AddDays(2)), HttpStatusCode.Created);
        await rig.PostAsync(
            Path, Report("R-5", "plain", null, monday.AddDays(-2), monday.AddDays(1)), HttpStatusCode.Created);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task The_days_of_a_venue_are_told_once_unless_the_first_telling_was_taken_back(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id, presence: "online");
        await rig.RegisterAsync("hall-2", rig.Hall.Id);
        var day = rig.Start;
        await rig.PostAsync(Path, Report("R-1", "hall-1", null, day.AddDays(-6), day.AddDays(-2)),
            HttpStatusCode.Created);

        // Whoever tells the same days again, and however few of them.
        var again = Report("X-1", "hall-1", null, day.AddDays(-2), day, reporter: "other-office");
        var refused = await rig.PostAsync(Path, again, HttpStatusCode.Conflict);
        Assert.Equal(("reportedAlready", "R-1"), (refused.GetProperty("code").GetString()!,
            refused.GetProperty("first").GetProperty("documentNumber").GetString()!));
        Assert.Equal(
            $"{VenueRig.Text(day.AddDays(-6))} – {VenueRig.Text(day.AddDays(-2))}: county-office/R-1",
            refused.GetProperty("got").GetString());
        var rows = new JsonArray(
            again.DeepClone(), Report("X-2", "hall-1", null, day.AddDays(-1), day),
            Report("X-3", "hall-2", null, day.AddDays(-6), day), Report("X-4", "hall-2", null, day, day));
        var bulk = await rig.PostAsync($"{Path}/bulk", new JsonObject { ["reports"] = rows }, HttpStatusCode.OK);
        Assert.Equal([(1, "reportedAlready"), (4, "reportedAlready")], bulk.GetProperty("refused").EnumerateArray()
            .Select(r => (r.GetProperty("line").GetInt32(), r.GetProperty("code").GetString()!)));

        // What was sold to buyers elsewhere is told by a document of its own.
        var outside = Report("R-2", "hall-1", null, day.AddDays(-6), day.AddDays(-2));
        outside["outsideCity"] = true;
        await rig.PostAsync(Path, outside, HttpStatusCode.Created);

        // A part that is taken back leaves the rest; the whole makes room.
        await rig.PostAsync(Path, Counter("C-1", "R-1", 10), HttpStatusCode.Created);
        await rig.PostAsync(Path, again, HttpStatusCode.Conflict);
        await rig.PostAsync(Path, Counter("C-2", "R-1", null), HttpStatusCode.Created);
        await rig.PostAsync(Path, Report("R-3", "hall-1", null, day.AddDays(-6), day.AddDays(-2)),
            HttpStatusCode.Created);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Days_without_sales_are_told_once_too_and_can_be_taken_back_once(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var nothing = Report("R-1", "hall-1", null, rig.Start.AddDays(-1), rig.Start);
        (nothing["aidFen"], nothing["totalFen"]) = (0, 0);
        await rig.PostAsync(Path, nothing, HttpStatusCode.Created);
        var real = Report("R-2", "hall-1", null, rig.Start, rig.Start);
        Assert.Equal("reportedAlready",
            (await rig.PostAsync(Path, real, HttpStatusCode.Conflict)).GetProperty("code").GetString());
        await rig.PostAsync(Path, Counter("C-1", "R-1", null), HttpStatusCode.Created);
        Assert.Equal("reversesMore", (await rig.PostAsync(Path, Counter("C-2", "R-1", null), HttpStatusCode.BadRequest))
            .GetProperty("code").GetString());
        await rig.PostAsync(Path, real, HttpStatusCode.Created);
        var standing = (await rig.GetAsync("/api/v1/venues/standings")).GetProperty("items")[0];
        Assert.Equal((1, 1, 100L), (standing.GetProperty("reports").GetInt32(),
            standing.GetProperty("daysCovered").GetInt32(), standing.GetProperty("totalFen").GetInt64()));
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_reporter_tells_a_channel_and_county_once_and_different_reporters_may_tell_the_same_days(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var (channel, sibling, _) = rig.Channels;
        var (first, last) = (rig.Start.AddDays(-6), rig.Start);
        await rig.PostAsync(Path, Report("R-1", null, channel, first, last, rig.County), HttpStatusCode.Created);
        var refused = await rig.PostAsync(
            Path, Report("R-2", null, channel, last, last, rig.County), HttpStatusCode.Conflict);
        Assert.Equal("reportedAlready", refused.GetProperty("code").GetString());
        await rig.PostAsync(
            Path, Report("R-1", null, channel, first, last, rig.County, "fair-office"), HttpStatusCode.Created);
        await rig.PostAsync(Path, Report("R-3", null, sibling, first, last, rig.County), HttpStatusCode.Created);
        await rig.PostAsync(Path, Report("R-4", null, channel, first, last, rig.OtherCounty), HttpStatusCode.Created);
        await rig.PostAsync(
            Path, Report("R-5", null, channel, first.AddDays(-1), first.AddDays(-1), rig.County),
            HttpStatusCode.Created);
    }

    private static async Task SetWindowAsync(VenueRig rig, string venue, string window)
    {
        var terms = (await rig.GetAsync($"/api/v1/policies/{rig.HallPolicy.Id}"))[0].GetProperty("terms");
        var body = JsonObject.Create(terms)!;
        (body["id"], body["window"], body["from"]) = ($"{venue}-hall", window, VenueRig.Text(rig.Today));
        (body["to"], body["thresholdSteps"]) = (null, new JsonArray());
        body["scope"] = new JsonObject { ["kind"] = "cabinet", ["id"] = venue };
        body.Remove("version");
        await rig.PostAsync("/api/v1/policies", body, HttpStatusCode.Created);
    }

    private static JsonObject Report(
        string number, string? venue, string? channel, DateOnly first, DateOnly last, string? county = null,
        string reporter = "county-office") => new()
        {
            ["reporter"] = reporter,
            ["documentNumber"] = number,
            ["venue"] = venue,
            ["channel"] = channel,
            ["county"] = county,
            ["firstDay"] = VenueRig.Text(first),
            ["lastDay"] = VenueRig.Text(last),
            ["aidFen"] = 40,
            ["totalFen"] = 100,
            ["evidence"] = "发票 77",
        };

    private static JsonObject Counter(string number, string reverses, long? fen) => new()
    {
        ["reporter"] = "county-office",
        ["documentNumber"] = number,
        ["reverses"] = reverses,
        ["aidFen"] = fen,
        ["totalFen"] = fen,
        ["evidence"] = "更正",
    };
}
