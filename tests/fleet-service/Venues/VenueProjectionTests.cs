using System.Text.Json;
using System.Text.Json.Nodes;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>Where a hall goes by the end of its window if it sells on as reported.</summary>
public sealed class VenueProjectionTests
{
    private const string Path = "/api/v1/venues/standings?projected=true";

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Reported_days_are_projected_to_the_windows_end_and_the_row_says_how(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var window = JudgingWindow.Of(rig.HallPolicy.Window, rig.Start);
        var from = new DateOnly(rig.Start.Year, 9, 1);
        await rig.RegisterAsync("few", rig.Hall.Id);
        await rig.RegisterAsync("late", rig.Hall.Id, openedOn: from.AddDays(10));
        await rig.RegisterAsync("paused", rig.Hall.Id);
        await rig.RegisterAsync("steady", rig.Hall.Id);
        foreach (var venue in new[] { "late", "paused", "steady" })
        {
            for (var day = 10; day < 14; day++)
            {
                await rig.ReportAsync(venue, 1_001, 10_000, from.AddDays(day));
            }
        }

        await rig.ReportAsync("few", 1_000, 10_000, from.AddDays(10));
        await rig.PostAsync("/api/v1/venues/paused/life", new { life = "paused" }, System.Net.HttpStatusCode.OK);
        var rows = (await rig.GetAsync(Path)).GetProperty("items").EnumerateArray()
            .ToDictionary(r => r.GetProperty("venueId").GetString()!, r => r.GetProperty("projection"));
        var steady = rows["steady"];
        Assert.Equal(
            (true, ProjectionRule.Project(4_004, window.Days, 4), ProjectionRule.Project(40_000, window.Days, 4), 4,
                window.Days, VenueRig.Text(from.AddDays(13)), "breach"),
            (steady.GetProperty("enoughData").GetBoolean(), steady.GetProperty("aidFen").GetInt64(),
                steady.GetProperty("totalFen").GetInt64(), steady.GetProperty("daysReported").GetInt32(),
                steady.GetProperty("daysInAll").GetInt32(), steady.GetProperty("reportedUntil").GetString()!,
                steady.GetProperty("standing").GetString()!));
        Assert.Equal("reported", steady.GetProperty("figures").GetString());
        var threshold = rig.HallPolicy.ThresholdOn(window.Last);
        Assert.Equal(threshold, steady.GetProperty("thresholdBasisPoints").GetInt32());
        Assert.Equal(
            AidShareRule.ShortfallFen(steady.GetProperty("aidFen").GetInt64(),
                steady.GetProperty("totalFen").GetInt64(), threshold), steady.GetProperty("shortfallFen").GetInt64());
        Assert.Equal(
            window.To.DayNumber - from.AddDays(10).DayNumber, rows["late"].GetProperty("daysInAll").GetInt32());
        Assert.All(new[] { "few", "paused" }, venue => Assert.Equal((false, JsonValueKind.Null), (
            rows[venue].GetProperty("enoughData").GetBoolean(), rows[venue].GetProperty("aidFen").ValueKind)));
        Assert.Equal((1, 3), (rows["few"].GetProperty("daysReported").GetInt32(),
            rows["few"].GetProperty("neededDays").GetInt32()));

        // A window that is over has no projection, nor has a past day, nor a row of which none was asked.
        var past = (await rig.GetAsync($"{Path}&day={VenueRig.Text(rig.Today.AddDays(-1))}")).GetProperty("items")[0];
        Assert.Equal(JsonValueKind.Null, past.GetProperty("projection").ValueKind);
        var over = (await rig.GetAsync($"{Path}&window={rig.Start.Year}-08")).GetProperty("items")[0];
        Assert.Equal(JsonValueKind.Null, over.GetProperty("projection").ValueKind);
        var plain = (await rig.GetAsync("/api/v1/venues/standings")).GetProperty("items")[0];
        Assert.Equal(JsonValueKind.Null, plain.GetProperty("projection").ValueKind);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task It_is_judged_by_the_last_days_threshold_and_an_earlier_operator_counts_as_so_far(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        for (var day = -4; day < 0; day++)
        {
            await rig.ReportAsync("hall-1", 5_000, 10_000, rig.Today.AddDays(day));
        }

        var last = JudgingWindow.Of(rig.HallPolicy.Window, rig.Start).Last;
        var body = JsonObject.Create((await rig.GetAsync($"/api/v1/policies/{rig.HallPolicy.Id}"))[0]
            .GetProperty("terms"))!;
        (body["id"], body["from"], body["thresholdBasisPoints"]) = ("rising", VenueRig.Text(rig.Today), 4_000);
        body["scope"] = new JsonObject { ["kind"] = "cabinet", ["id"] = "hall-1" };
        body["thresholdSteps"] =
            new JsonArray(new JsonObject { ["from"] = VenueRig.Text(last), ["basisPoints"] = 9_000 });
        body.Remove("version");
        await rig.PostAsync("/api/v1/policies", body, System.Net.HttpStatusCode.Created);
        var row = (await rig.GetAsync(Path)).GetProperty("items")[0];
        Assert.Equal((4_000, 9_000, "breach"), (row.GetProperty("thresholdBasisPoints").GetInt32(),
            row.GetProperty("projection").GetProperty("thresholdBasisPoints").GetInt32(),
            row.GetProperty("projection").GetProperty("standing").GetString()!));
        await rig.PostAsync(
            "/api/v1/venues/hall-1/details", new { operatorId = "op-2" }, System.Net.HttpStatusCode.OK);
        var rows = (await rig.GetAsync(Path)).GetProperty("items").EnumerateArray()
            .Select(r => r.GetProperty("projection")).ToList();
        Assert.Equal([(false, 4), (false, 0)], rows.Select(p => (
            p.GetProperty("enoughData").GetBoolean(), p.GetProperty("daysReported").GetInt32())));
    }
}
