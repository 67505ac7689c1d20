using System.Net;
using System.Text.Json.Nodes;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Venues;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>A new operator takes a venue over from a day on; earlier figures stay where they were.</summary>
public sealed class VenueOperatorTests
{
    private const string Standings = "/api/v1/venues/standings";

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Each_operator_is_judged_by_the_reports_whose_last_day_was_its_own(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var threshold = rig.HallPolicy.ThresholdOn(rig.Start);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        await rig.ReportAsync("hall-1", 0, 10_000, rig.Start.AddDays(-2));
        var changed = await rig.PostAsync(
            "/api/v1/venues/hall-1/details", new { operatorId = "op-2" }, HttpStatusCode.OK);
        Assert.Equal(
            [("op-1", $"{rig.Start.Year}-01-01", VenueRig.Text(rig.Start)), ("op-2", VenueRig.Text(rig.Start), "")],
            changed.GetProperty("operators").EnumerateArray().Select(o => (o.GetProperty("operatorId").GetString()!,
                o.GetProperty("from").GetString()!, o.GetProperty("to").ToString())));
        rig.Today = rig.Start.AddDays(1);
        await rig.PostAsync("/api/v1/sales-reports", new
        {
            reporter = "o",
            documentNumber = "across",
            venue = "hall-1",
            firstDay = VenueRig.Text(rig.Start.AddDays(-1)),
            lastDay = VenueRig.Text(rig.Start.AddDays(1)),
            aidFen = 5_000,
            totalFen = 5_000,
            evidence = "e",
        }, HttpStatusCode.Created);
        await rig.ReportAsync("hall-1", 1_000, 1_000, rig.Start.AddDays(-3));
        var rows = await RowsAsync(rig, Standings);
        Assert.Equal(
            [("op-1", false, 1_000L, 11_000L, "breach"), ("op-2", true, 5_000L, 5_000L, "compliant")], rows);
        Assert.Equal([("op-2", true, 5_000L, 5_000L, "compliant")],
            await RowsAsync(rig, $"{Standings}?window={VenueRig.Text(rig.Today)}"));

        // As of a day before the change the new operator was nobody.
        var before = await RowsAsync(rig, $"{Standings}?day={VenueRig.Text(rig.Start.AddDays(-1))}");
        Assert.Equal([("op-1", true)], before.Select(r => (r.Item1, r.Item2)));
        Assert.True(threshold > 1_000);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_policy_of_an_operator_judges_only_what_was_sold_under_it(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var terms = (await rig.GetAsync($"/api/v1/policies/{rig.HallPolicy.Id}"))[0].GetProperty("terms");
        var body = JsonObject.Create(terms)!;
        (body["id"], body["from"], body["thresholdSteps"]) = ("of-op-2", VenueRig.Text(rig.Today), new JsonArray());
        body["scope"] = new JsonObject { ["kind"] = "operator", ["id"] = "op-2" };
        body.Remove("version");
        await rig.PostAsync("/api/v1/policies", body, HttpStatusCode.Created);
        await rig.PostAsync("/api/v1/venues/hall-1/details", new { operatorId = "op-2" }, HttpStatusCode.OK);
        var rows = (await rig.GetAsync(Standings)).GetProperty("items").EnumerateArray()
            .Select(r => (r.GetProperty("operatorId").GetString(), r.GetProperty("policyId").GetString()));
        Assert.Equal([("op-1", rig.HallPolicy.Id), ("op-2", "of-op-2")], rows);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_change_has_a_day_and_one_of_the_past_takes_a_reason_and_evidence(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var past = VenueRig.Text(rig.Today.AddDays(-9));
        await RefusedAsync(rig, new { operatorId = "op-2", operatorFrom = "x" }, "badDay", "operatorFrom");
        await RefusedAsync(rig, new { operatorId = "op-2", operatorFrom = VenueRig.Text(rig.Today.AddDays(1)) },
            "dayInFuture", "operatorFrom");
        await RefusedAsync(
            rig, new { operatorId = "op-2", operatorFrom = past, evidence = "合同" }, "noReason", "reason");
        await RefusedAsync(
            rig, new { operatorId = "op-2", operatorFrom = past, reason = "补录" }, "noEvidence", "evidence");
        await RefusedAsync(rig, new { name = "新馆", operatorFrom = past }, "noOperatorChange", "operatorFrom");
        var changed = await rig.PostAsync("/api/v1/venues/hall-1/details",
            new { operatorId = "op-2", operatorFrom = past, reason = "补录", evidence = "合同 7" }, HttpStatusCode.OK);
        var second = changed.GetProperty("operators")[1];
        Assert.Equal((past, VenueRig.Text(rig.Today), "补录", "合同 7"), (second.GetProperty("from").GetString()!,
            second.GetProperty("recordedOn").GetString()!, second.GetProperty("reason").GetString()!,
            second.GetProperty("evidence").GetString()!));

        // The order of what happened is not turned round.
        var early = await rig.PostAsync("/api/v1/venues/hall-1/details", new
        {
            operatorId = "op-3", operatorFrom = VenueRig.Text(rig.Today.AddDays(-10)), reason = "r", evidence = "e",
        }, HttpStatusCode.Conflict);
        Assert.Equal("stepTooEarly", early.GetProperty("code").GetString());
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_finding_stays_with_the_operator_that_has_the_policy_and_sold_too_little_aid(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        rig.Today = new DateOnly(rig.Start.Year, 9, 2);
        await rig.RegisterAsync("zone-1", rig.Zone.Id);
        var terms = (await rig.GetAsync($"/api/v1/policies/{rig.HallPolicy.Id}"))[0].GetProperty("terms");
        var body = JsonObject.Create(terms)!;
        (body["id"], body["venueKind"], body["from"]) = ("of-op-1", rig.Zone.Id, VenueRig.Text(rig.Today));
        body["scope"] = new JsonObject { ["kind"] = "operator", ["id"] = "op-1" };
        (body["thresholdSteps"], body["window"]) = (new JsonArray(), "month");
        body.Remove("version");
        await rig.PostAsync("/api/v1/policies", body, HttpStatusCode.Created);
        await rig.ReportAsync("zone-1", 0, 10_000, rig.Today);
        rig.Today = rig.Today.AddDays(1);
        await rig.PostAsync("/api/v1/venues/zone-1/details", new { operatorId = "op-2" }, HttpStatusCode.OK);

        // Long after, in the same window.
        rig.Today = rig.Start.AddDays(4);
        var standings = rig.Service.Host.Services.GetRequiredService<VenueStandings>();
        var draft = Assert.Single(standings.Drafts(
            new CheckMoment(rig.Places.Zone.StartOfUtcMs(rig.Today) + 1, rig.Today)));
        Assert.Equal((FindingKind.BelowThreshold, "op-1"), (draft.Kind, draft.About.OperatorId));
    }

    private static async Task RefusedAsync(VenueRig rig, object request, string code, string field)
    {
        var refused = await rig.PostAsync("/api/v1/venues/hall-1/details", request, HttpStatusCode.BadRequest);
        Assert.Equal((code, field),
            (refused.GetProperty("code").GetString()!, refused.GetProperty("field").GetString()!));
    }

    private static async Task<List<(string, bool, long, long, string)>> RowsAsync(VenueRig rig, string path) =>
    [
        .. (await rig.GetAsync(path)).GetProperty("items").EnumerateArray().Select(r => (
            r.GetProperty("operatorId").GetString()!, r.GetProperty("currentOperator").GetBoolean(),
            r.GetProperty("aidFen").GetInt64(), r.GetProperty("totalFen").GetInt64(),
            r.GetProperty("standing").GetString()!)),
    ];
}
