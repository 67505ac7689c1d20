using System.Net;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Tests.Venues;
using Xunit;

namespace KioskFleet.Service.Tests.ProductSales;

/// <summary>Sales by product over HTTP, from signed journals of cabinets in the running service.</summary>
public sealed class ProductSalesInterfaceTests
{
    private const string Path = "/api/v1/product-sales";

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task What_cabinets_sold_is_shown_by_product_class_and_county_and_as_lists_of_the_most_sold(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        rig.AddProducts();
        var window = $"window={VenueRig.Text(rig.Today)}";
        await rig.SellAsync("KF1", rig.County, rig.Today, ("own", 500), ("cola", 90), ("unheard-of", 7));
        await rig.SellAsync("KF2", rig.OtherCounty, rig.Today, ("own", 40), ("far", 600));
        await rig.SellAsync("KF3", rig.OtherCounty, rig.Today.AddDays(-1), ("own", 9_999));

        // Whether another city's recognition makes an aid product is the data set's word.
        var farCounts = rig.Places.Recognition.Counted == CountedListings.Any;
        var page = await rig.GetAsync($"{Path}?{window}");
        Assert.Equal((4, 5, 1_237L), (page.GetProperty("total").GetInt32(),
            page.GetProperty("sum").GetProperty("lines").GetInt32(),
            page.GetProperty("sum").GetProperty("netFen").GetInt64()));
        Assert.Equal(
            [("", "unmapped", false, 7L), ("cola", "ordinary", false, 90L),
                ("far", farCounts ? "aid" : "ordinary", false, 600L), ("own", "aid", true, 540L)],
            page.GetProperty("items").EnumerateArray().Select(r => (r.GetProperty("productId").GetString()!,
                r.GetProperty("class").GetString()!, r.GetProperty("recognisedByCity").GetBoolean(),
                r.GetProperty("netFen").GetInt64())));
        var one = await rig.GetAsync($"{Path}?{window}&county={rig.OtherCounty}&product=own&class=aid&operator=op-1");
        Assert.Equal(40L, one.GetProperty("sum").GetProperty("paidFen").GetInt64());
        Assert.Equal("本市大米", one.GetProperty("items")[0].GetProperty("name").GetString());
        var top = await rig.GetAsync($"{Path}/top?{window}&count=1");
        Assert.Equal(farCounts ? "far" : "own", Assert.Single(top.GetProperty("items").EnumerateArray().ToList())
            .GetProperty("productId").GetString());
        var pieces = await rig.GetAsync($"{Path}/top?{window}&by=pieces");
        Assert.Equal(farCounts ? ["own", "far"] : ["own"],
            pieces.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("productId").GetString()));
    }

    [Theory]
    [InlineData("?window=2020-13", "window")]
    [InlineData("?county=999999", "county")]
    [InlineData("?class=7", "class")]
    [InlineData("?page=0", "page")]
    [InlineData("?pageSize=501", "pageSize")]
    [InlineData("/top?by=age", "by")]
    [InlineData("/top?count=101", "count")]
    public async Task A_wrong_query_is_answered_with_the_field_it_is_about(string query, string field)
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        var problem = await rig.GetAsync(Path + query, HttpStatusCode.BadRequest);
        Assert.Equal(field, problem.GetProperty("field").GetString());
        Assert.NotEmpty(problem.GetProperty("titleZh").GetString()!);
    }
}
