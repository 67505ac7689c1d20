using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.RecordedSales;
using Xunit;

namespace KioskFleet.Simulators.Tests.RecordedSales;

public sealed class RecordedProductsTests
{
    private const string Products = "商品,大类,二级类\n芝麻饼,非饮料,饼干糕点\n酸梅汤,饮料,茶饮料\n藕粉,非饮料,其他\n";

    [Fact]
    public void Without_an_aid_category_every_product_is_ordinary_and_mapped()
    {
        var products = Load(Products, new RecordedProductsOptions());
        Assert.Equal(["芝麻饼", "酸梅汤", "藕粉"], products.Rows.Select(r => r.ProductName));
        Assert.All(products.Rows, r => Assert.Equal(
            (CatalogueKind.Ordinary, (CountyCode?)null, RecordedSku.Of(r.ProductName)),
                (r.Kind, r.RecognisingCounty, r.Sku)));
        Assert.Empty(products.Refused);
    }

    [Fact]
    public void Aid_categories_of_either_column_make_aid_products_of_the_county()
    {
        var county = CountyCode.Parse("341125");
        var products = Load(Products, new RecordedProductsOptions
        {
            AidCategories = new HashSet<string> { "饮料", "其他", "没有" }, AidCounty = county,
        });
        Assert.Equal(
            [CatalogueKind.Ordinary, CatalogueKind.Aid, CatalogueKind.Aid], products.Rows.Select(r => r.Kind));
        Assert.Equal([null, county, county], products.Rows.Select(r => r.RecognisingCounty));
        Assert.Equal(["没有"], products.UnusedAidCategories);
    }

    [Fact]
    public void A_nameless_and_a_repeated_product_are_refused_with_their_lines()
    {
        var products = Load(Products + ",饮料,水\n芝麻饼,饮料,水\n", new RecordedProductsOptions());
        Assert.Equal(3, products.Rows.Count);
        Assert.Equal(
            [(5L, RefusalReason.MissingValue), (6L, RefusalReason.DuplicateProduct)],
            products.Refused.Select(r => (r.Line, r.Reason)));
    }

    [Fact]
    public void Aid_categories_without_a_county_are_a_problem()
    {
        using var stream = Samples.Utf8(Products);
        Assert.Equal("Aid categories need the county that recognised them.", RecordedProducts.Load(
            stream, new RecordedProductsOptions { AidCategories = new HashSet<string> { "饮料" } }).Problem);
    }

    [Fact]
    public void A_sale_and_its_product_meet_by_the_same_sku()
    {
        Assert.Equal(RecordedSku.Of("芝麻饼"), RecordedSku.Of(" 芝麻饼 "));
        Assert.NotEqual(RecordedSku.Of("芝麻饼"), RecordedSku.Of("芝麻糕"));
        Assert.Matches("^P[0-9a-f]{12}$", RecordedSku.Of("芝麻饼"));
        var sale = Assert.IsType<SaleIntent>(Samples.Load(Samples.Row()).Cabinets[0].Events[0]);
        Assert.Equal(Load(Products, new RecordedProductsOptions()).Rows[0].Sku, sale.Lines[0].Sku);
    }

    private static RecordedProducts Load(string text, RecordedProductsOptions options)
    {
        using var stream = Samples.Gb18030(text);
        var (products, problem) = RecordedProducts.Load(stream, options);
        Assert.Null(problem);
        return products!;
    }
}
