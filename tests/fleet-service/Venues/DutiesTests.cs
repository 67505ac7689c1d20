using System.Text.Json;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

public sealed class DutiesTests
{
    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_duty_is_pending_then_overdue_and_met_since_the_day_on_which_enough_venues_were_open(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var (kind, duty) = rig.Places.VenueKinds.SelectMany(k => k.Duties.Select(d => (k, d)))
            .First(d => d.d.RequiredIn.Length > 0);
        var place = duty.RequiredIn[0].Value;
        var presence = duty.Presence == Service.Places.Presence.Online ? "online" : "offline";
        rig.Today = duty.By;
        Assert.Equal("pending", Status(await Line(rig, kind.Id, place, duty.Presence)));
        rig.Today = duty.By.AddDays(1);
        Assert.Equal("overdue", Status(await Line(rig, kind.Id, place, duty.Presence)));
        Assert.Contains(place, (await rig.GetAsync("/api/v1/duties?status=overdue")).GetProperty("duties")
            .EnumerateArray().Select(d => d.GetProperty("code").GetString()));
        for (var i = 0; i < duty.AtLeast; i++)
        {
            await rig.RegisterAsync($"v{i}", kind.Id, place, presence, openedOn: duty.By.AddDays(-30 + i));
        }

        var met = await Line(rig, kind.Id, place, duty.Presence);
        Assert.Equal(("met", VenueRig.Text(duty.By.AddDays(-31 + duty.AtLeast)), true, duty.AtLeast), (
            Status(met), met.GetProperty("metSince").GetString()!, met.GetProperty("metInTime").GetBoolean(),
            met.GetProperty("venues").GetArrayLength()));

        // A pause ends it; a venue elsewhere or of another presence is none of its venues.
        await rig.PostAsync("/api/v1/venues/v0/life",
            new { life = "paused", on = VenueRig.Text(duty.By), evidence = "e" }, System.Net.HttpStatusCode.OK);
        await rig.RegisterAsync(
            "elsewhere", kind.Id, rig.Places.Counties.Select(c => c.Code.Value).First(c => c != place), presence);
        if (duty.Presence != Service.Places.Presence.Any)
        {
            await rig.RegisterAsync("other", kind.Id, place, presence == "online" ? "offline" : "online");
        }

        Assert.Equal("overdue", Status(await Line(rig, kind.Id, place, duty.Presence)));
        await rig.PostAsync("/api/v1/venues/v0/life",
            new { life = "open", on = VenueRig.Text(duty.By.AddDays(1)), evidence = "e" },
            System.Net.HttpStatusCode.OK);
        var late = await Line(rig, kind.Id, place, duty.Presence);
        Assert.Equal(("met", VenueRig.Text(duty.By.AddDays(1)), false), (
            Status(late), late.GetProperty("metSince").GetString()!, late.GetProperty("metInTime").GetBoolean()));
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Where_the_plan_is_unclear_nothing_is_overdue_and_a_venue_meets_it_all_the_same(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var (kind, duty) = rig.Places.VenueKinds.SelectMany(k => k.Duties.Select(d => (k, d)))
            .First(d => d.d.UnclearIn.Length > 0);
        var place = duty.UnclearIn[0].Value;
        rig.Today = duty.By.AddDays(40);
        var unclear = await Line(rig, kind.Id, place, duty.Presence);
        Assert.Equal(("unclear", true), (Status(unclear), unclear.GetProperty("isUnclear").GetBoolean()));
        await rig.RegisterAsync("v", kind.Id, place,
            duty.Presence == Service.Places.Presence.Online ? "online" : "offline");
        Assert.Equal("met", Status(await Line(rig, kind.Id, place, duty.Presence)));
        await rig.GetAsync("/api/v1/duties?county=999999", System.Net.HttpStatusCode.BadRequest);
        await rig.GetAsync("/api/v1/duties?status=9", System.Net.HttpStatusCode.BadRequest);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task The_roll_out_counts_sites_enrolments_and_running_cabinets_of_each_county(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await Register(rig, "K1", rig.County, "一中");
        await Register(rig, "K2", rig.County, null);
        await Register(rig, "K3", rig.OtherCounty, "医院");
        await Register(rig, "K4", rig.OtherCounty, "车站");
        await rig.PostAsync("/api/v1/cabinets/K4/life", new { life = "Retired" }, System.Net.HttpStatusCode.OK);
        await rig.SellAsync("K5", rig.County, rig.Today, ("x", 1));
        await rig.PostAsync("/api/v1/cabinets/K5/life", new { life = "Active" }, System.Net.HttpStatusCode.OK);
        var progress = await rig.GetAsync("/api/v1/places/progress");
        var counties = progress.GetProperty("counties").EnumerateArray()
            .ToDictionary(c => c.GetProperty("code").GetString()!);
        var quota = rig.Places.Counties[0].CabinetQuota;
        Assert.Equal((quota, 2, 1, 1, quota - 2, quota - 1), Place(counties[rig.County]));
        Assert.Equal((1, 0), (counties[rig.OtherCounty].GetProperty("positionsPinned").GetInt32(),
            counties[rig.OtherCounty].GetProperty("installed").GetInt32()));
        var total = rig.Places.City.CabinetTotal;
        Assert.Equal((total, 3, 1, 1, total - 3, total - 1), Place(progress.GetProperty("city")));
        foreach (var milestone in progress.GetProperty("milestones").EnumerateArray())
        {
            var of = rig.Places.Milestones.Single(m => m.Id == milestone.GetProperty("id").GetString());
            int? expected = of.Measure switch
            {
                null => null,
                Service.Places.CabinetMeasure.PositionsPinned => 3,
                _ => 1,
            };
            Assert.Equal(expected, milestone.GetProperty("count").Deserialize<int?>());
            Assert.Equal(of.Measure is null ? "dated" : rig.Today > of.By ? "overdue" : "pending",
                milestone.GetProperty("status").GetString());
        }
    }

    private static (int, int, int, int, int, int) Place(JsonElement place) => (
        place.GetProperty("quota").GetInt32(), place.GetProperty("positionsPinned").GetInt32(),
        place.GetProperty("installed").GetInt32(), place.GetProperty("running").GetInt32(),
        place.GetProperty("positionsLeft").GetInt32(), place.GetProperty("installationsLeft").GetInt32());

    private static Task<JsonElement> Register(VenueRig rig, string id, string county, string? site) => rig.PostAsync(
        "/api/v1/cabinets", new { cabinetId = id, county, operatorId = "op", siteName = site },
        System.Net.HttpStatusCode.Created);

    private static async Task<JsonElement> Line(
        VenueRig rig, string kind, string place, Service.Places.Presence presence) =>
        (await rig.GetAsync($"/api/v1/duties?county={place}")).GetProperty("duties").EnumerateArray().First(d =>
            d.GetProperty("kind").GetString() == kind
            && Enum.Parse<Service.Places.Presence>(d.GetProperty("presence").GetString()!, true) == presence);

    private static string Status(JsonElement line) => line.GetProperty("status").GetString()!;
}
