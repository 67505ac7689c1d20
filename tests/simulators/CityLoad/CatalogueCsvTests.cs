using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;
using Xunit;

namespace KioskFleet.Simulators.Tests.CityLoad;

public sealed class CatalogueCsvTests
{
    [Fact]
    public void Rows_are_written_with_days_empty_fields_and_quotes()
    {
        using var text = new StringWriter();
        CatalogueCsv.Write(text,
        [
            new CatalogueRow
            {
                Sku = "A1", ProductName = "饼,\"大\"", Kind = CatalogueKind.Aid,
                RecognisingCounty = CountyCode.Parse("341125"),
                ListedFrom = new DateOnly(2020, 3, 1), ListedTo = new DateOnly(2020, 9, 16), OperatorId = "OP01",
            },
            new CatalogueRow
            {
                Sku = "B1", ProductName = "水", Kind = CatalogueKind.Ordinary, ListedFrom = new DateOnly(2020, 3, 1),
            },
        ]);
        Assert.Equal(
            "sku,product_name,kind,recognising_county,listed_from,listed_to,operator_id\n"
            + "A1,\"饼,\"\"大\"\"\",aid,341125,2020-03-01,2020-09-16,OP01\n"
            + "B1,水,ordinary,,2020-03-01,,\n",
            text.ToString());
    }

    [Fact]
    public void The_catalogue_leaves_out_what_nobody_mapped_and_has_each_sku_once()
    {
        var products = Chuzhou.Plan(8, 4, 1).Products;
        Assert.NotEmpty(products.Unmapped);
        Assert.Equal(products.All.Count, products.All.Select(p => p.Sku).Distinct().Count());
        Assert.Equal(products.All.Count - products.Unmapped.Count, products.Catalogue.Count);
        Assert.All(products.Aid, p => Assert.NotNull(p.Recognition!.RecognisingCounty));
        Assert.Equal(8, products.Aid.Select(p => p.Recognition!.RecognisingCounty).Distinct().Count());
    }

    [Fact]
    public void One_listing_ends_and_one_begins_in_the_middle_of_the_load()
    {
        var products = Chuzhou.Plan(8, 4, 1).Products;
        var middle = new DateOnly(2020, 9, 17);
        Assert.Equal(middle, products.Aid[^1].Recognition!.ListedFrom);
        Assert.Equal(middle, products.Aid[^2].Recognition!.ListedTo);
        Assert.False(products.Aid[^1].IsSoldOn(middle));
        Assert.False(products.Aid[^2].IsSoldOn(middle));
        Assert.Equal((false, true),
            (products.Aid[^1].IsAidOn(middle.AddDays(-1)), products.Aid[^1].IsAidOn(middle.AddDays(1))));
        Assert.Equal((true, false),
            (products.Aid[^2].IsAidOn(middle.AddDays(-1)), products.Aid[^2].IsAidOn(middle.AddDays(1))));
    }
}
