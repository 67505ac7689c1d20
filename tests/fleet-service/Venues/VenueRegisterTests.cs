using System.Net;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

public sealed class VenueRegisterTests
{
    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_venue_is_registered_once_shown_listed_and_written_to_the_audit_log(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var hall = await rig.RegisterAsync("hall-1", rig.Hall.Id);
        Assert.Equal(
            ("open", rig.County), (hall.GetProperty("life").GetString(), hall.GetProperty("county").GetString()));
        Assert.Equal(
            rig.Places.Counties[0].Zh, hall.GetProperty("countyName").GetProperty("zh").GetString());
        var again = new
        {
            venueId = "hall-1",
            kind = rig.Hall.Id,
            presence = "offline",
            county = rig.County,
            operatorId = "op-1",
            name = "hall-1 馆",
            address = "人民路1号",
            url = "https://example.org/hall-1",
            openedOn = $"{rig.Start.Year}-01-01",
            evidence = "营业执照 1",
        };
        await rig.PostAsync("/api/v1/venues", again, HttpStatusCode.OK);
        var other = await rig.PostAsync(
            "/api/v1/venues", again with { county = rig.OtherCounty }, HttpStatusCode.Conflict);
        Assert.Equal("venueExists", other.GetProperty("code").GetString());
        await rig.RegisterAsync("zone-1", rig.Zone.Id, rig.OtherCounty, "online", "op-2");
        var list = await rig.GetAsync(
            $"/api/v1/venues?kind={rig.Zone.Id}&presence=online&county={rig.OtherCounty}&operator=op-2&life=open");
        Assert.Equal("zone-1", Assert.Single(list.GetProperty("items").EnumerateArray().ToList())
            .GetProperty("venueId").GetString());
        Assert.Equal(0, (await rig.GetAsync("/api/v1/venues?life=paused")).GetProperty("total").GetInt32());
        await rig.GetAsync("/api/v1/venues/nowhere", HttpStatusCode.NotFound);
        using var audit = await rig.Admin.GetAsync("/api/v1/audit?subject=venue:hall-1", VenueRig.Stop);
        Assert.Contains(
            "venue.registered", await audit.Content.ReadAsStringAsync(VenueRig.Stop), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Everything_that_is_wrong_with_a_registration_is_named_at_once_in_both_languages(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var problem = await rig.PostAsync("/api/v1/venues", new
        {
            venueId = "a b",
            kind = "cabinet",
            presence = "somewhere",
            county = "999999",
            operatorId = "",
            name = "",
            url = "ftp://x",
            openedOn = VenueRig.Text(rig.Today.AddDays(1)),
        }, HttpStatusCode.BadRequest);
        Assert.Equal(
            [
                "badCounty", "badName", "badOperator", "badPresence", "badUrl", "badVenueId", "badVenueKind",
                "dayInFuture",
            ],
            problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString()).Order());
        Assert.Equal(("venueId: got 'a b'", "venueId：收到“a b”"),
            (problem.GetProperty("detail").GetString()!, problem.GetProperty("detailZh").GetString()!));
        Assert.All(problem.GetProperty("errors").EnumerateArray(),
            e => Assert.NotEmpty(e.GetProperty("zh").GetString()!));
        var offline = await rig.PostAsync("/api/v1/venues", new
        {
            venueId = "v",
            kind = rig.Platform.Id,
            presence = "offline",
            county = rig.City,
            operatorId = "op",
            name = "n",
        }, HttpStatusCode.BadRequest);
        Assert.Equal(["badVenueKind", "badAddress"],
            offline.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("code").GetString()));
        using var unnamed = await rig.Service.Anonymous.PostAsync("/api/v1/venues", null, VenueRig.Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, unnamed.StatusCode);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_life_changes_by_its_table_and_an_illegal_change_names_the_state_and_what_is_allowed(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var opened = rig.Today.AddDays(-20);
        await rig.RegisterAsync("hall-1", rig.Hall.Id, openedOn: opened);
        var early = await Life(rig, "paused", opened, HttpStatusCode.Conflict);
        Assert.Equal("stepTooEarly", early.GetProperty("code").GetString());
        await Life(rig, "paused", opened.AddDays(5), HttpStatusCode.OK);
        var illegal = await Life(rig, "paused", opened.AddDays(6), HttpStatusCode.Conflict);
        Assert.Equal(("illegalLife", "paused"),
            (illegal.GetProperty("code").GetString(), illegal.GetProperty("state").GetString()));
        Assert.Equal(["open", "closed"], illegal.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()));
        await Life(rig, "open", opened.AddDays(8), HttpStatusCode.OK);
        await Life(rig, "closed", rig.Today.AddDays(1), HttpStatusCode.Conflict);

        // A report of a day stands in the way of having been closed on it.
        await rig.ReportAsync("hall-1", 10, 20, opened.AddDays(12));
        var beyond = await Life(rig, "closed", opened.AddDays(12), HttpStatusCode.Conflict);
        Assert.Equal(("reportsBeyond", VenueRig.Text(opened.AddDays(12))),
            (beyond.GetProperty("code").GetString(), beyond.GetProperty("got").GetString()));
        var closed = await Life(rig, "closed", opened.AddDays(13), HttpStatusCode.OK);
        Assert.Equal(VenueRig.Text(opened.AddDays(13)), closed.GetProperty("closedOn").GetString());
        Assert.Empty((await Life(rig, "open", rig.Today, HttpStatusCode.Conflict)).GetProperty("allowed")
            .EnumerateArray());
        await Life(rig, "sleeping", rig.Today, HttpStatusCode.BadRequest);
        await rig.PostAsync("/api/v1/venues/nowhere/life", new { life = "open" }, HttpStatusCode.NotFound);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Operator_and_addresses_change_and_the_rest_stays(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var changed = await rig.PostAsync(
            "/api/v1/venues/hall-1/details", new { operatorId = "op-9", address = "新路2号" }, HttpStatusCode.OK);
        Assert.Equal(("op-9", "新路2号", "hall-1 馆"), (changed.GetProperty("operatorId").GetString(),
            changed.GetProperty("address").GetString(), changed.GetProperty("name").GetString()));
        var bad = await rig.PostAsync(
            "/api/v1/venues/hall-1/details", new { address = " " }, HttpStatusCode.BadRequest);
        Assert.Equal("badAddress", bad.GetProperty("code").GetString());
        using var audit = await rig.Admin.GetAsync("/api/v1/audit?subject=venue:hall-1&count=1", VenueRig.Stop);
        var text = await audit.Content.ReadAsStringAsync(VenueRig.Stop);
        Assert.Contains("venue.changed", text, StringComparison.Ordinal);
        Assert.Contains("人民路1号", text, StringComparison.Ordinal);
    }

    private static Task<System.Text.Json.JsonElement> Life(
        VenueRig rig, string life, DateOnly on, HttpStatusCode status) =>
        rig.PostAsync("/api/v1/venues/hall-1/life", new { life, on = VenueRig.Text(on), evidence = "通知 1" },
            status);
}
