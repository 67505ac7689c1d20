using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;
using static KioskFleet.Service.Tests.Catalogue.CatalogueRig;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class PublicCatalogueTests(string dataSet) : IAsyncLifetime
{
    private CatalogueRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await StartAsync(dataSet);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Anybody_reads_what_is_listed_now_and_where_to_buy_it()
    {
        var hall = _rig.Places.VenueKinds[1].Id;
        await _rig.ProductAsync("tea", new
        {
            name = "霍山茶", supplier = "茶社", recognisingCounty = _rig.Home, introduction = "春茶", whereToBuy = "县城",
            pictures = new[] { "https://example.org/tea.jpg" }, evidence = new[] { "内部文号" }, peopleHelped = 3,
        });
        await _rig.ListAsync("tea");
        await _rig.ProductAsync("oats");
        await _rig.Service.RegisterAsync("cab-7");
        await SoldAsync("tea", "cabinet", "cab-7", NowUtcMs - DayMs, 1_500);
        await SoldAsync("tea", "cabinet", "cab-gone", NowUtcMs - DayMs, 1_500);
        await SoldAsync("tea", hall, "hall-1", NowUtcMs - 2 * DayMs, 0);
        await SoldAsync("tea", "cabinet", "cab-7b", NowUtcMs - 31 * DayMs, 1_500);
        await _rig.ExecuteAsync($"""
            UPDATE cabinets SET life = 'Active';
            INSERT INTO venues (venue_id, kind, presence, place_code, name, address, url, registered_utc_ms)
            VALUES ('hall-1', '{hall}', 'Offline', '{_rig.Other}', '馆', '人民路1号', '', 1);
            DROP TRIGGER assignments_never_rewritten; UPDATE assignments SET site_name = '一中';
            """);

        using var anonymous = _rig.Service.Anonymous;
        using var answer = await anonymous.GetAsync("/api/v1/public/products", Stop);
        Assert.Equal((HttpStatusCode.OK, "public, max-age=60"),
            (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
        var page = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal(1, page.GetProperty("total").GetInt32());
        var tea = page.GetProperty("items")[0];
        Assert.Equal(("霍山茶", "茶社", "春茶", "县城"), (tea.GetProperty("name").GetString(),
            tea.GetProperty("supplier").GetString(), tea.GetProperty("introduction").GetString(),
            tea.GetProperty("whereToBuy").GetString()));
        Assert.Equal(_rig.Places.Counties[0].Zh, tea.GetProperty("recognisedBy")[0].GetProperty("zh").GetString());
        Assert.Equal(
            [$"cabinet cab-7 一中 {_rig.Home} 2020-10-10 1500", $"{hall} hall-1  {_rig.Other} 2020-10-09 "],
            tea.GetProperty("places").EnumerateArray().Select(p => string.Join(' ', new[]
            {
                p.GetProperty("kind").ToString(), p.GetProperty("id").ToString(), p.GetProperty("site").ToString(),
                p.GetProperty("county").ToString(), p.GetProperty("lastSoldDay").ToString(),
                p.GetProperty("unitPriceFen").ToString(),
            })));
        Assert.DoesNotContain("内部文号", page.ToString(), StringComparison.Ordinal);
        Assert.Equal("霍山茶", (await AnybodyAsync("/api/v1/public/products/tea")).GetProperty("name").GetString());
        await AnybodyAsync("/api/v1/public/products/oats", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Only_products_that_are_listed_now_and_counted_are_shown()
    {
        await _rig.ImportAsync("sku,product_name,product_id,recognised_by,listed_from,listed_to\n"
            + $"A,甲,a,{_rig.Home},2020-09-01,\nB,乙,b,{_rig.Home},2020-09-01,2020-10-01\nC,丙,c,{_rig.Home},2020-11-01,\n"
            + "D,丁,d,national,2020-09-01,\nE,戊,e,,,\n");
        Assert.Equal(["d", "a"], await IdsAsync(""));
        Assert.Equal(["a"], await IdsAsync($"?recognisedBy={_rig.Home}"));
        Assert.Equal(["d"], await IdsAsync("?contains=丁"));
        Assert.Equal(["a"], await IdsAsync("?page=2&pageSize=1"));
        _rig.Now = NowUtcMs + 30 * DayMs;
        Assert.Equal(["d", "c", "a"], await IdsAsync(""));
        var listed = (await _rig.GetAsync("/api/v1/recognitions?state=listed")).GetProperty("items")
            .EnumerateArray().First(r => r.GetProperty("productId").GetString() == "a");
        await _rig.StepAsync(listed.GetProperty("recognitionId").GetInt64(),
            new { state = "suspended", reason = "papers", ground = "administrative" });
        Assert.Equal(["d", "c"], await IdsAsync(""));
        await AnybodyAsync("/api/v1/public/products?pageSize=101", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_has_the_present_answer_is_told_so()
    {
        using var anonymous = _rig.Service.Anonymous;
        using var first = await anonymous.GetAsync("/api/v1/public/products", Stop);
        var tag = first.Headers.ETag!;
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/v1/public/products");
        again.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(tag.Tag));
        using var same = await anonymous.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        await _rig.ProductAsync("tea");
        await _rig.ListAsync("tea");
        using var changed = await anonymous.GetAsync("/api/v1/public/products", Stop);
        Assert.NotEqual(tag, changed.Headers.ETag);
    }

    [Fact]
    public async Task An_address_that_asks_too_often_waits()
    {
        await using var rig = await StartAsync(dataSet, ("Catalogue:PublicRequestsPerMinute", "3"));
        using var anonymous = rig.Service.Anonymous;
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await anonymous.GetAsync("/api/v1/public/products", Stop);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests,
                HttpStatusCode.TooManyRequests],
            statuses);
        await rig.GetAsync("/api/v1/products");
    }

    [Fact]
    public async Task A_wrong_setting_is_named_at_the_start()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(
            () => StartAsync(dataSet, ("Catalogue:PublicPlaceDays", "0")));
        Assert.Contains("Catalogue:PublicPlaceDays: got 0; takes 1 to 366.", error.ToString(),
            StringComparison.Ordinal);
    }

    private async Task<List<string>> IdsAsync(string query) =>
    [
        .. (await AnybodyAsync("/api/v1/public/products" + query)).GetProperty("items").EnumerateArray()
            .Select(i => i.GetProperty("productId").GetString()!),
    ];

    private async Task<JsonElement> AnybodyAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var anonymous = _rig.Service.Anonymous;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);

        // As through a proxy: nothing is granted to this machine itself.
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var answer = await anonymous.SendAsync(request, Stop);
        return await Hosting.ServiceRig.JsonAsync(answer, status);
    }

    private Task<int> SoldAsync(string product, string kind, string place, long utcMs, long unitPriceFen) =>
        _rig.ExecuteAsync($"""
            INSERT INTO product_places (product_id, place_kind, place_id, last_sold_utc_ms, unit_price_fen)
            VALUES ('{product}', '{kind}', '{place}', {utcMs}, {unitPriceFen})
            """);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPublicCatalogueTests() : PublicCatalogueTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPublicCatalogueTests() : PublicCatalogueTests("linjiang-2027");
