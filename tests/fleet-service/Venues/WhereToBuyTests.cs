using System.Text.Json;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

public sealed class WhereToBuyTests
{
    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task The_public_is_told_name_and_addresses_of_the_halls_that_sold_a_product_and_are_not_closed(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        rig.AddProducts();
        foreach (var (id, presence) in new[] { ("hall-1", "offline"), ("hall-2", "online"), ("gone", "offline") })
        {
            await rig.RegisterAsync(id, rig.Hall.Id, rig.OtherCounty, presence);
            await rig.PostAsync("/api/v1/sales-reports", new
            {
                reporter = "o",
                documentNumber = id,
                venue = id,
                firstDay = VenueRig.Text(rig.Today.AddDays(-1)),
                lastDay = VenueRig.Text(rig.Today.AddDays(-1)),
                aidFen = 5,
                totalFen = 5,
                products = new[] { new { productId = "own", aidFen = 5 } },
                evidence = "e",
            }, System.Net.HttpStatusCode.Created);
        }

        await rig.PostAsync("/api/v1/venues/gone/life", new { life = "closed" }, System.Net.HttpStatusCode.OK);
        await rig.PostAsync("/api/v1/venues/hall-2/life", new { life = "paused" }, System.Net.HttpStatusCode.OK);
        var places = (await rig.GetAsync("/api/v1/public/products/own")).GetProperty("places").EnumerateArray()
            .ToList();
        Assert.Equal(
            [("hall-1", "hall-1 馆", "人民路1号", "https://example.org/hall-1", rig.OtherCounty, rig.Hall.Id),
                ("hall-2", "hall-2 馆", "人民路1号", "https://example.org/hall-2", rig.OtherCounty, rig.Hall.Id)],
            places.Select(p => (Text(p, "id"), Text(p, "name"), Text(p, "address"), Text(p, "url"),
                Text(p, "county"), Text(p, "kind"))));
    }

    private static string Text(JsonElement place, string name) => place.GetProperty(name).GetString()!;
}
