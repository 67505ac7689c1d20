using KioskFleet.Service.ProductSales;
using Xunit;

namespace KioskFleet.Service.Tests.ProductSales;

/// <summary>Figures that are made anew arrive, whatever changes meanwhile.</summary>
public abstract class MadeAnewTests(string dataSet) : IDisposable
{
    private readonly ProductSalesRig _rig = new(dataSet);

    private ProductSalesAsOf AsOf =>
        _rig.Pages.Cabinets(new DateOnly(2020, 1, 1), new DateOnly(2020, 12, 31)).AsOf;

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task However_often_the_catalogue_changes_newer_figures_arrive()
    {
        var journal = _rig.Books.Journal();
        journal.Sell("v1", ("tea", 10), ("cola", 20));
        await _rig.Books.Commit(journal);
        await _rig.Drain();
        var served = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            _rig.Catalogue($"UPDATE sku_mappings SET product_id = '{(i % 2 == 0 ? "rice" : "tea")}' WHERE sku = 'tea'");
            Assert.True(await _rig.Step());
            served.Add($"{AsOf.CatalogueVersion}");
        }

        Assert.InRange(served.Distinct().Count(), 6, 30);
        await _rig.Drain();
        Assert.Equal(new ProductSalesAsOf(1, 0, 31, null), AsOf);
        Assert.Equal(_rig.ReadPlainly().Rows, _rig.Rows());
    }

    [Fact]
    public async Task After_a_restart_an_edition_is_made_anew_once_and_not_with_every_start()
    {
        var journal = _rig.Books.Journal();
        journal.Sell("v1", ("tea", 10));
        await _rig.Books.Commit(journal);
        await _rig.Drain();
        _rig.Catalogue("UPDATE sku_mappings SET product_id = 'rice' WHERE sku = 'tea'");
        for (var starts = 0; starts < 3; starts++)
        {
            _rig.Restart();
            Assert.True(await _rig.Step());
        }

        Assert.Equal(new ProductSalesAsOf(1, 0, 2, null), AsOf);
        Assert.Equal(2, _rig.Books.Scalar("SELECT max(edition) FROM product_sales_editions"));
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouMadeAnewTests() : MadeAnewTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangMadeAnewTests() : MadeAnewTests("linjiang-2027");
