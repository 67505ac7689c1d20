using System.Text;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Catalogue;

/// <summary>Which counties there are, and whose listings count.</summary>
[RunsOnce]
public sealed class CountyCodesTests
{
    [Theory]
    [InlineData(CountedListings.Any, true, true, true)]
    [InlineData(CountedListings.CityOrNational, true, false, true)]
    [InlineData(CountedListings.City, true, false, false)]
    [InlineData(CountedListings.National, false, false, true)]
    public void Policy_says_whose_listings_make_an_aid_product(
        object counted, bool ofCity, bool ofElsewhere, bool ofNation)
    {
        Assert.All(ShippedDataSets.All, name => Counts(
            DataSetFile.Load(name), (CountedListings)counted,
            [("a", ofCity, true), ("b", ofElsewhere, false), ("c", ofNation, false)]));
    }

    private static void Counts(
        PlacesDataSet places, CountedListings counted, (string Sku, bool IsAid, bool IsOfCity)[] expected)
    {
        places = places with { Recognition = places.Recognition with { Counted = counted } };
        var snapshot = CatalogueSnapshot.From(
            new CatalogueState(
                1,
                [new("a", "a"), new("b", "b"), new("c", "c")],
                [
                    new("a", places.Counties[^1].Code.Value, InForce.Always),
                    new("b", "110101", InForce.Always), new("c", "national", InForce.Always),
                ],
                [
                    new(null, "a", "a", InForce.Always), new(null, "b", "b", InForce.Always),
                    new(null, "c", "c", InForce.Always),
                ]),
            places);
        foreach (var (sku, isAid, isOfCity) in expected)
        {
            var facts = snapshot.Describe("op", Encoding.UTF8.GetBytes(sku), 5);
            Assert.Equal((isAid, isOfCity), (facts.Class == ProductClass.Aid, facts.IsOfCity));
        }
    }

    [Theory]
    [InlineData("340100", false)]
    [InlineData("340000", false)]
    [InlineData("349999", false)]
    [InlineData("110101", true)]
    [InlineData("110119", true)]
    [InlineData("110199", false)]
    [InlineData("110103", true)]
    [InlineData("340402", true)]
    [InlineData("130284", true)]
    [InlineData("441900", true)]
    [InlineData("340101", false)]
    [InlineData("820000", false)]
    [InlineData("990101", false)]
    [InlineData("160101", false)]
    [InlineData("34112", false)]
    [InlineData("national", false)]
    public void A_county_exists_by_the_list_whatever_the_city(string code, bool exists) => Assert.All(
        ShippedDataSets.All, name => Assert.Equal(exists, new CountyCodes(DataSetFile.Load(name)).Exists(code)));

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void In_this_city_a_county_exists_by_the_data_set(string name)
    {
        var places = DataSetFile.Load(name);
        var codes = new CountyCodes(places);
        Assert.All([.. places.Counties.Select(c => c.Code), places.City.Code], c => Assert.True(codes.Exists(c.Value)));
        Assert.False(codes.Exists(string.Concat(places.City.Code.Value.AsSpan(0, 4), "99")));
        Assert.All(
            ShippedDataSets.All.Where(other => other != name),
            other => Assert.False(codes.Exists(DataSetFile.Load(other).City.Code.Value)));
        var county = places.Counties[0];
        var without = new CountyCodes(places with { Counties = [.. places.Counties.Where(c => c != county)] });
        Assert.False(without.Exists(county.Code.Value));
    }

    [Fact]
    public void The_invented_counties_of_another_data_set_are_its_own()
    {
        var linjiang = new CountyCodes(DataSetFile.Load("linjiang-2027"));
        Assert.True(linjiang.Exists("389902") && linjiang.Exists("341125"));
        Assert.False(linjiang.Exists("389999"));
        Assert.False(new CountyCodes(DataSetFile.Load("chuzhou-2020")).Exists("389902"));
    }
}
