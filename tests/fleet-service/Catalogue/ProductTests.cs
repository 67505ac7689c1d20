using System.Net;
using System.Net.Http.Json;
using KioskFleet.Service.Catalogue;
using Xunit;
using static KioskFleet.Service.Tests.Catalogue.CatalogueRig;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class ProductTests(string dataSet) : IAsyncLifetime
{
    private CatalogueRig _rig = null!;

    private object Record => new
    {
        name = "定远大米", batch = "2020-03", supplier = "定远县某合作社", recognisingCounty = _rig.Home,
        valueFen = 12_500_000, peopleHelped = 320, helping = "wage", evidence = new[] { "定扶〔2020〕3号", "合同 17" },
        pictures = new[] { "https://example.org/rice.jpg" }, introduction = "新米\n一年一季", whereToBuy = "县城超市",
    };

    public async ValueTask InitializeAsync() => _rig = await StartAsync(dataSet);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_product_is_made_read_and_changed_and_each_change_is_in_the_audit_log()
    {
        var made = (await _rig.ProductAsync("rice/1", Record)).GetProperty("product").GetProperty("details");
        Assert.Equal(("12.5", "wage", 2), (made.GetProperty("valueWanYuan").GetString(),
            made.GetProperty("helping").GetString(), made.GetProperty("evidence").GetArrayLength()));
        var read = (await _rig.GetAsync("/api/v1/products/rice%2F1")).GetProperty("product");
        Assert.Equal("新米\n一年一季", read.GetProperty("details").GetProperty("introduction").GetString());

        var version = _rig.Snapshot.Version;
        await _rig.ProductAsync("rice/1", Record, HttpStatusCode.OK);
        Assert.Equal(version, _rig.Snapshot.Version);
        await _rig.ProductAsync("rice/1", new { name = "大米" }, HttpStatusCode.OK);
        Assert.Equal(version + 1, _rig.Snapshot.Version);
        var changed = (await _rig.GetAsync("/api/v1/products?contains=大米")).GetProperty("items")[0];
        Assert.Equal(("大米", null), (changed.GetProperty("name").GetString(),
            changed.GetProperty("details").GetProperty("supplier").GetString()));
        Assert.Equal(
            ["product.added|clerk", "product.changed|clerk"],
            _rig.Rows("SELECT action, actor FROM audit_log WHERE subject = 'product:rice/1' ORDER BY audit_id"));
        Assert.Equal(
            ["ProductAdded", "ProductRenamed", "ProductDescribed"],
            _rig.Rows("SELECT kind FROM catalogue_changes ORDER BY change_id"));
    }

    [Fact]
    public async Task What_is_wrong_with_a_record_is_named_by_field()
    {
        var invalid = await _rig.ProductAsync("p", new
        {
            name = "=HYPERLINK(1)", batch = new string('x', 65), recognisingCounty = "991100", valueFen = -1,
            peopleHelped = -1, helping = "luck", evidence = new[] { "a|b" }, introduction = "bell \u0007",
            pictures = new[] { "ftp://x/y", "no link" },
        }, HttpStatusCode.BadRequest);
        Assert.Equal(
            [
                "batch badText", "evidence badText", "helping badHelping", "introduction badText", "name formula",
                "peopleHelped badCount", "pictures badLink", "pictures badLink", "recognisingCounty unknownCounty",
                "valueFen badMoney",
            ],
            invalid.GetProperty("errors").EnumerateArray().Select(
                e => $"{e.GetProperty("field").GetString()} {e.GetProperty("reason").GetString()}").Order());
        await _rig.GetAsync("/api/v1/products/p", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_change_takes_a_token_that_may_write()
    {
        using var anonymous = _rig.Service.Anonymous;
        using var answer = await anonymous.PutAsJsonAsync("/api/v1/products/p", new { name = "p" }, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task County_and_national_listings_are_facts_of_their_own()
    {
        await _rig.ProductAsync("tea");
        await _rig.ImportAsync("sku,product_name,product_id\nT1,tea,tea\n");
        const string Path = "/api/v1/products/tea/national-listings";
        var listed = await PostAsync(_rig.Clerk, Path, new
        {
            from = "now", to = Day(NowUtcMs + 30 * DayMs), reason = "national list, batch 4",
        }, HttpStatusCode.Created);
        Assert.Equal("national", listed.GetProperty("listings")[0].GetProperty("recognisedBy").GetString());
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, NowUtcMs) is { Class: ProductClass.Aid, IsOfCity: false });
        var overlap = await PostAsync(
            _rig.Clerk, Path, new { from = "now", to = "open", reason = "again" }, HttpStatusCode.Conflict);
        Assert.Equal("listingOverlaps", overlap.GetProperty("code").GetString());

        await _rig.ListAsync("tea");
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, NowUtcMs).IsOfCity);
        await PostAsync(_rig.Clerk, Path + "/end", new { to = "now", reason = "struck off" });
        Assert.Equal([$"{_rig.Home}|", $"national|{NowUtcMs + 1}"],
            _rig.Rows("SELECT recognised_by, to_utc_ms FROM listings ORDER BY 1"));
        await PostAsync(_rig.Clerk, Path, new { reason = "x" }, HttpStatusCode.BadRequest);
        await PostAsync(
            _rig.Clerk, "/api/v1/products/none/national-listings", new { from = "now", to = "open", reason = "x" },
            HttpStatusCode.NotFound);
        await _rig.ProductAsync("oats");
        var past = await PostAsync(
            _rig.Clerk, "/api/v1/products/oats/national-listings",
            new { from = "2020-10-01", to = "open", reason = "x" }, HttpStatusCode.Conflict);
        Assert.Equal("changesThePast", past.GetProperty("code").GetString());
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouProductTests() : ProductTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangProductTests() : ProductTests("linjiang-2027");
