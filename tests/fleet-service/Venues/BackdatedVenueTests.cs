using System.Net;
using System.Text.Json;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>What is told of a venue's past is proven, and when it was told is shown.</summary>
public sealed class BackdatedVenueTests
{
    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_day_of_the_past_takes_evidence_and_shows_when_it_was_told(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var opened = rig.Today.AddDays(-20);
        var refused = await rig.PostAsync("/api/v1/venues", Venue(rig, opened, null), HttpStatusCode.BadRequest);
        Assert.Equal(("noEvidence", "evidence"),
            (refused.GetProperty("code").GetString()!, refused.GetProperty("field").GetString()!));
        await rig.PostAsync("/api/v1/venues", Venue(rig, rig.Today, null, "today"), HttpStatusCode.Created);
        var hall = await rig.PostAsync("/api/v1/venues", Venue(rig, opened, " 照片 3 "), HttpStatusCode.Created);
        var step = hall.GetProperty("steps")[0];
        Assert.Equal((VenueRig.Text(opened), VenueRig.Text(rig.Today), "照片 3"), (
            step.GetProperty("from").GetString()!, step.GetProperty("recordedOn").GetString()!,
            step.GetProperty("evidence").GetString()!));

        var proof = await rig.PostAsync("/api/v1/venues", Venue(rig, opened, "照片 4"), HttpStatusCode.Conflict);
        Assert.Equal("venueExists", proof.GetProperty("code").GetString());

        // What was no past on the day on which it was told needs nothing when it is told again.
        rig.Today = rig.Today.AddDays(3);
        await rig.PostAsync("/api/v1/venues", Venue(rig, rig.Today.AddDays(-3), null, "today"), HttpStatusCode.OK);
        var pause = new { life = "paused", on = VenueRig.Text(rig.Today.AddDays(-1)) };
        refused = await rig.PostAsync("/api/v1/venues/hall-1/life", pause, HttpStatusCode.BadRequest);
        Assert.Equal("noEvidence", refused.GetProperty("code").GetString());
        hall = await rig.PostAsync(
            "/api/v1/venues/hall-1/life", new { pause.life, pause.on, evidence = "通知 9" }, HttpStatusCode.OK);
        Assert.Equal(("通知 9", VenueRig.Text(rig.Today)), (
            hall.GetProperty("steps")[1].GetProperty("evidence").GetString()!,
            hall.GetProperty("steps")[1].GetProperty("recordedOn").GetString()!));
        await rig.PostAsync("/api/v1/venues/hall-1/life", new { life = "open" }, HttpStatusCode.OK);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_duty_shows_since_when_it_is_met_and_on_which_day_that_was_told(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var (kind, duty) = rig.Places.VenueKinds.SelectMany(k => k.Duties.Select(d => (k, d)))
            .First(d => d.d.RequiredIn.Length > 0 && d.d.AtLeast == 1);
        var place = duty.RequiredIn[0].Value;
        var presence = duty.Presence == Service.Places.Presence.Online ? "online" : "offline";
        rig.Today = duty.By.AddDays(5);
        await rig.PostAsync("/api/v1/venues", new
        {
            venueId = "v0",
            kind = kind.Id,
            presence,
            county = place,
            operatorId = "op-1",
            name = "馆",
            address = "人民路1号",
            url = "https://example.org",
        }, HttpStatusCode.Created);
        rig.Today = duty.By.AddDays(10);
        await rig.PostAsync("/api/v1/venues/v0/life",
            new { life = "open", on = VenueRig.Text(duty.By), evidence = "照片" }, HttpStatusCode.OK);
        var line = (await rig.GetAsync($"/api/v1/duties?county={place}")).GetProperty("duties").EnumerateArray()
            .First(d => d.GetProperty("kind").GetString() == kind.Id
                && d.GetProperty("status").GetString() == "met");
        Assert.Equal((VenueRig.Text(duty.By), VenueRig.Text(rig.Today), true), (
            line.GetProperty("metSince").GetString()!, line.GetProperty("recordedOn").GetString()!,
            line.GetProperty("metInTime").GetBoolean()));
        var unmet = (await rig.GetAsync("/api/v1/duties?status=overdue")).GetProperty("duties")[0];
        Assert.Equal(JsonValueKind.Null, unmet.GetProperty("recordedOn").ValueKind);
    }

    private static object Venue(VenueRig rig, DateOnly openedOn, string? evidence, string id = "hall-1") => new
    {
        venueId = id,
        kind = rig.Hall.Id,
        presence = "offline",
        county = rig.County,
        operatorId = "op-1",
        name = "馆",
        address = "人民路1号",
        openedOn = VenueRig.Text(openedOn),
        evidence,
    };
}
