using System.Net;
using System.Text.Json.Nodes;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>Reported aid is judged by the rule that judges proven aid.</summary>
public sealed class ReportedAidTests
{
    private const string Path = "/api/v1/sales-reports";

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_product_makes_aid_only_where_a_listing_that_counts_covers_every_day_and_nothing_blocks_it(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        rig.AddProducts();
        var (first, last) = (rig.Start.AddDays(-6), rig.Start);
        long At(int days) => rig.Places.Zone.StartOfUtcMs(rig.Start.AddDays(days));
        rig.Execute($"""
            INSERT INTO products (product_id, name, version) VALUES
              ('day', 'a', 1), ('renewed', 'b', 1), ('blocked', 'c', 1), ('was', 'd', 1);
            INSERT INTO listings (product_id, recognised_by, from_utc_ms, to_utc_ms, version) VALUES
              ('day', '{rig.County}', {At(-3)}, {At(-2)}, 1),
              ('renewed', '{rig.County}', 1, {At(-3)}, 1), ('renewed', 'national', {At(-3)}, NULL, 1),
              ('blocked', '{rig.County}', 1, NULL, 1), ('was', '{rig.County}', {At(-40)}, {At(-20)}, 1);
            INSERT INTO product_blocks (product_id, suspended_by, from_utc_ms, to_utc_ms, version)
            VALUES ('blocked', '{rig.County}', {At(-1)}, {At(-1) + 60_000}, 1);
            """);
        Assert.Equal(
            ("productNotListed", $"day: {Day(rig, -3)} – {Day(rig, -3)}"),
            await RefusedAsync(rig, "day", first, last));
        Assert.Equal(
            ("productNotListed", $"was: {Day(rig, -40)} – {Day(rig, -21)}"),
            await RefusedAsync(rig, "was", first, last));
        Assert.Equal(("productNotListed", "cola: –"), await RefusedAsync(rig, "cola", first, last));
        Assert.Equal("productBlocked", (await RefusedAsync(rig, "blocked", first, last)).Code);
        await AcceptedAsync(rig, "blocked", first, last.AddDays(-2));
        await AcceptedAsync(rig, "day", rig.Start.AddDays(-3), rig.Start.AddDays(-3), "hall-2");
        await AcceptedAsync(rig, "renewed", first, last, "hall-3");

        // Whose recognition counts is the data set's word, as for cabinets.
        if (rig.Places.Recognition.Counted == CountedListings.Any)
        {
            await AcceptedAsync(rig, "far", first, last, "hall-4");
        }
        else
        {
            Assert.Equal(("productNotListed", "far: –"), await RefusedAsync(rig, "far", first, last));
        }
    }

    [Fact]
    public async Task A_change_of_what_counts_within_the_period_is_looked_at_too()
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        rig.AddProducts();
        var change = rig.Places.Zone.StartOfUtcMs(rig.Start.AddDays(-2));
        rig.Execute($"""
            DELETE FROM catalogue_counting;
            INSERT INTO catalogue_counting (from_utc_ms, counted, city_codes) VALUES
              (0, 'Any', '["{rig.County}"]'), ({change}, 'City', '["{rig.County}"]');
            """);
        var (code, got) = await RefusedAsync(rig, "far", rig.Start.AddDays(-4), rig.Start);
        Assert.Equal("productNotListed", code);
        Assert.EndsWith($"– {VenueRig.Text(rig.Start.AddDays(-3))}", got, StringComparison.Ordinal);
        await AcceptedAsync(rig, "far", rig.Start.AddDays(-4), rig.Start.AddDays(-3));
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Recognised_by_the_city_is_what_the_city_had_listed_on_every_day(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        rig.AddProducts();
        rig.Execute($"""
            INSERT INTO products (product_id, name, version) VALUES ('both', 'a', 1);
            INSERT INTO listings (product_id, recognised_by, from_utc_ms, to_utc_ms, version) VALUES
              ('both', 'national', 1, NULL, 1),
              ('both', '{rig.County}', {rig.Places.Zone.StartOfUtcMs(rig.Start)}, NULL, 1);
            """);
        await AcceptedAsync(rig, "both", rig.Start.AddDays(-2), rig.Start.AddDays(-1));
        await AcceptedAsync(rig, "both", rig.Start, rig.Start);
        await AcceptedAsync(rig, "both", rig.Start.AddDays(-1), rig.Start, "hall-2");
        Assert.Equal([0L, 100L, 0L], (await rig.GetAsync(Path)).GetProperty("items").EnumerateArray()
            .Select(r => r.GetProperty("recognisedAidFen").GetInt64()));
    }

    private static async Task<(string Code, string Got)> RefusedAsync(
        VenueRig rig, string product, DateOnly first, DateOnly last)
    {
        var refused = await rig.PostAsync(
            Path, Report("no", "hall-1", product, first, last), HttpStatusCode.BadRequest);
        return (refused.GetProperty("code").GetString()!, refused.GetProperty("got").GetString()!);
    }

    private static async Task AcceptedAsync(
        VenueRig rig, string product, DateOnly first, DateOnly last, string venue = "hall-1")
    {
        if (venue != "hall-1")
        {
            await rig.RegisterAsync(venue, rig.Hall.Id);
        }

        await rig.PostAsync(
            Path, Report($"{product}-{venue}-{VenueRig.Text(last)}", venue, product, first, last),
            HttpStatusCode.Created);
    }

    private static string Day(VenueRig rig, int days) => VenueRig.Text(rig.Start.AddDays(days));

    private static JsonObject Report(
        string number, string venue, string product, DateOnly first, DateOnly last) => new()
        {
            ["reporter"] = "county-office",
            ["documentNumber"] = number,
            ["venue"] = venue,
            ["firstDay"] = VenueRig.Text(first),
            ["lastDay"] = VenueRig.Text(last),
            ["aidFen"] = 100,
            ["totalFen"] = 100,
            ["products"] = new JsonArray(new JsonObject { ["productId"] = product, ["aidFen"] = 100 }),
            ["evidence"] = "发票 77",
        };
}
