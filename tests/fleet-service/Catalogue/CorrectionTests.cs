using System.Net;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using Xunit;
using static KioskFleet.Service.Tests.Catalogue.CatalogueRig;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class CorrectionTests(string dataSet) : IAsyncLifetime
{
    private CatalogueRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await StartAsync(dataSet);
        await _rig.ImportAsync("sku,product_name,product_id\nT1,Tea,tea\nO1,Oats,oats\n");
        await _rig.SellAsync("T1", NowUtcMs - 20 * DayMs);
        await _rig.SellAsync("T1", NowUtcMs - 2 * DayMs);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_product_certified_late_counts_from_its_own_date_once_a_second_person_approved()
    {
        var recognition = await _rig.ListLateAsync();
        var refused = await _rig.ImportAsync(
            $"sku,product_name,product_id,recognised_by,listed_from\nT1,Tea,tea,{_rig.Home},2020-10-01\n");
        Assert.Equal("listingOverlaps", refused.GetProperty("refused")[0].GetProperty("reason").GetString());

        var proposed = await ProposeAsync(new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.Home, presentFrom = Moment(NowUtcMs),
            from = "2020-10-01", to = "open", reason = "certified on 1 October, entered late",
        });
        var id = proposed.GetProperty("correctionId").GetInt64();
        var affects = Assert.Single(proposed.GetProperty("affects").EnumerateArray());
        Assert.Equal(("T1", Ms("2020-10-01"), NowUtcMs), (affects.GetProperty("sku").GetString(),
            affects.GetProperty("fromUtc").GetDateTimeOffset().ToUnixTimeMilliseconds(),
            affects.GetProperty("toUtc").GetDateTimeOffset().ToUnixTimeMilliseconds()));
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", NowUtcMs - 2 * DayMs));

        var own = await DecideAsync(_rig.Clerk, id, "approve", HttpStatusCode.Conflict);
        Assert.Equal("secondPersonNeeded", own.GetProperty("code").GetString());
        var approved = await DecideAsync(_rig.County, id, "approve");
        Assert.Equal(("approved", "clerk", "county", "certified on 1 October, entered late"), Persons(approved));
        Assert.Equal(ProductClass.Aid, _rig.Class("T1", NowUtcMs - 2 * DayMs));
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", NowUtcMs - 20 * DayMs));
        var version = approved.GetProperty("decision").GetProperty("catalogueVersion").GetInt64();
        Assert.Equal(
            [$"|T1|{Ms("2020-10-01")}|{NowUtcMs}"],
            _rig.Rows($"""
                SELECT operator_id, sku, from_utc_ms, to_utc_ms FROM catalogue_affected WHERE version = {version}
                """));
        Assert.Equal(
            ["ListingAdded", "ListingRemoved"],
            _rig.Rows($"SELECT kind FROM catalogue_changes WHERE version = {version} ORDER BY 1"));

        // The recognition follows its listing: it can be suspended as ever.
        var shown = await _rig.GetAsync($"/api/v1/recognitions/{recognition}");
        Assert.Equal(Ms("2020-10-01"),
            shown.GetProperty("listedFromUtc").GetDateTimeOffset().ToUnixTimeMilliseconds());
        await _rig.StepAsync(recognition, new { state = "suspended", reason = "mould", ground = "quality" });
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", NowUtcMs));
        Assert.Equal(1, (await _rig.GetAsync("/api/v1/catalogue/corrections?state=approved"))
            .GetProperty("total").GetInt32());
        Assert.Single((await _rig.GetAsync($"/api/v1/catalogue/corrections/{id}"))
            .GetProperty("affects").EnumerateArray());
    }

    [Fact]
    public async Task A_listing_that_should_never_have_been_is_taken_away_and_so_says_its_recognition()
    {
        var recognition = await _rig.ListLateAsync();
        _rig.Now += 5 * DayMs;
        await _rig.SellAsync("T1", _rig.Now - DayMs);
        var id = (await ProposeAsync(new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.Home, presentFrom = Moment(NowUtcMs),
            remove = true, reason = "listed by mistake",
        })).GetProperty("correctionId").GetInt64();
        await DecideAsync(_rig.County, id, "approve");
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", _rig.Now - DayMs));
        var shown = await _rig.GetAsync($"/api/v1/recognitions/{recognition}");
        Assert.Equal("revoked", shown.GetProperty("state").GetString());
        Assert.Contains("listed by mistake", shown.GetProperty("steps")[5].GetProperty("why").GetString()!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_recognition_whose_listing_is_taken_away_stays_suspended()
    {
        var recognition = await _rig.ListLateAsync();
        _rig.Now += 5 * DayMs;
        await _rig.StepAsync(recognition, new { state = "suspended", reason = "papers", ground = "administrative" });
        var id = (await ProposeAsync(new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.Home, presentFrom = Moment(NowUtcMs),
            remove = true, reason = "listed by mistake",
        })).GetProperty("correctionId").GetInt64();
        await DecideAsync(_rig.County, id, "approve");
        var shown = await _rig.GetAsync($"/api/v1/recognitions/{recognition}");
        Assert.Equal(("suspended", JsonValueKind.Null),
            (shown.GetProperty("state").GetString(), shown.GetProperty("listedFromUtc").ValueKind));
    }

    [Fact]
    public async Task A_mapping_is_pointed_to_another_product_for_the_past_too()
    {
        await _rig.ListLateAsync();
        _rig.Now += 5 * DayMs;
        await _rig.SellAsync("O1", _rig.Now - DayMs);
        var id = (await ProposeAsync(new
        {
            subject = "mapping", sku = "O1", productId = "tea", presentFrom = "1970-01-01T00:00:00Z",
            from = "1970-01-01T00:00:00Z", to = "open", reason = "it was tea all along",
        })).GetProperty("correctionId").GetInt64();
        await DecideAsync(_rig.County, id, "approve");
        Assert.Equal(ProductClass.Aid, _rig.Class("O1", _rig.Now - DayMs));
        Assert.Equal(["O1|tea", "T1|tea"], _rig.Rows("SELECT sku, product_id FROM sku_mappings ORDER BY 1"));
    }

    [Fact]
    public async Task A_mapping_ends_in_the_past()
    {
        var id = (await ProposeAsync(new
        {
            subject = "mapping", sku = "T1", productId = "tea", presentFrom = "1970-01-01T00:00:00Z",
            from = "1970-01-01T00:00:00Z", to = "2020-10-05", reason = "the slot changed on 5 October",
        })).GetProperty("correctionId").GetInt64();
        await DecideAsync(_rig.County, id, "approve");
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", NowUtcMs - 20 * DayMs));
        Assert.Equal(ProductClass.Unmapped, _rig.Class("T1", NowUtcMs - 2 * DayMs));
    }

    [Fact]
    public async Task A_correction_that_does_not_fit_is_refused_with_what_stands_against_it()
    {
        await _rig.ListLateAsync();
        async Task<string?> Code(object body, HttpStatusCode status) =>
            (await PostAsync(_rig.Clerk, "/api/v1/catalogue/corrections", body, status))
                .GetProperty("code").GetString();

        Assert.Equal("spanUnknown", await Code(new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.Home, presentFrom = "2020-10-03",
            from = "2020-10-01", to = "open", reason = "x",
        }, HttpStatusCode.NotFound));
        Assert.Equal("listingOverlaps", await Code(new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.Home, from = "2020-10-01", to = "open",
            reason = "x",
        }, HttpStatusCode.Conflict));
        Assert.Equal("nothingChanges", await Code(new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.Home, presentFrom = Moment(NowUtcMs),
            from = Moment(NowUtcMs), to = "open", reason = "x",
        }, HttpStatusCode.Conflict));
        Assert.Equal("productUnknown", await Code(new
        {
            subject = "mapping", sku = "X", productId = "none", from = "2020-10-01", to = "open", reason = "x",
        }, HttpStatusCode.NotFound));
        var invalid = await PostAsync(_rig.Clerk, "/api/v1/catalogue/corrections", new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.NoCounty, remove = true,
        }, HttpStatusCode.BadRequest);
        Assert.Equal(
            ["presentFrom missing", "reason missing", "recognisedBy unknownCounty"],
            invalid.GetProperty("errors").EnumerateArray().Select(
                e => $"{e.GetProperty("field").GetString()} {e.GetProperty("reason").GetString()}").Order());
    }

    [Fact]
    public async Task An_ended_listing_is_not_reopened_while_its_recognition_is_suspended_or_revoked()
    {
        var recognition = await _rig.ListLateAsync();
        _rig.Now += 5 * DayMs;
        await _rig.StepAsync(recognition, new { state = "suspended", reason = "papers", ground = "administrative" });
        var end = _rig.Now + _rig.GraceMs;
        async Task<string?> CodeAsync(string from, string to)
        {
            var id = (await ProposeAsync(new
            {
                subject = "listing", productId = "tea", recognisedBy = _rig.Home, presentFrom = Moment(NowUtcMs), from,
                to, reason = "x",
            })).GetProperty("correctionId").GetInt64();
            return (await DecideAsync(_rig.County, id, "approve", HttpStatusCode.Conflict))
                .GetProperty("code").GetString();
        }

        Assert.Equal("recognitionUnderWay", await CodeAsync(Moment(NowUtcMs), "open"));
        Assert.Equal("recognitionUnderWay", await CodeAsync(Moment(NowUtcMs), Moment(end + 1)));
        Assert.Equal("recognitionUnderWay", await CodeAsync(Moment(end), "open"));
        await _rig.StepAsync(recognition, new { state = "revoked", reason = "x", ground = "administrative" });
        Assert.Equal("recognitionUnderWay", await CodeAsync(Moment(NowUtcMs), "open"));
        Assert.Equal([$"{NowUtcMs}|{end}"], _rig.Rows("SELECT from_utc_ms, to_utc_ms FROM listings"));

        // What changes the past alone is two persons' affair as ever.
        var past = (await ProposeAsync(new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.Home, presentFrom = Moment(NowUtcMs),
            from = "2020-10-01", to = Moment(end), reason = "certified earlier",
        })).GetProperty("correctionId").GetInt64();
        await DecideAsync(_rig.County, past, "approve");
    }

    [Fact]
    public async Task A_correction_that_no_longer_fits_when_it_is_approved_changes_nothing()
    {
        var id = (await ProposeAsync(new
        {
            subject = "listing", productId = "tea", recognisedBy = _rig.Home, from = "2020-10-01", to = "open",
            reason = "certified late",
        })).GetProperty("correctionId").GetInt64();
        await _rig.ListLateAsync();
        var version = _rig.Snapshot.Version;
        var refused = await DecideAsync(_rig.County, id, "approve", HttpStatusCode.Conflict);
        Assert.Equal("listingOverlaps", refused.GetProperty("code").GetString());
        Assert.Equal((version, "proposed"), (_rig.Snapshot.Version, (await _rig.GetAsync(
            $"/api/v1/catalogue/corrections/{id}")).GetProperty("decision").GetProperty("state").GetString()));
        await PostAsync(_rig.County, $"/api/v1/catalogue/corrections/{id}/reject", new { reason = "listed meanwhile" });
        var again = await DecideAsync(_rig.County, id, "approve", HttpStatusCode.Conflict);
        Assert.Equal("rejected", again.GetProperty("state").GetString());
    }

    private async Task<JsonElement> ProposeAsync(object body) =>
        await PostAsync(_rig.Clerk, "/api/v1/catalogue/corrections", body, HttpStatusCode.Created);

    private static Task<JsonElement> DecideAsync(
        HttpClient who, long id, string word, HttpStatusCode status = HttpStatusCode.OK) =>
        PostAsync(who, $"/api/v1/catalogue/corrections/{id}/{word}", new { }, status);

    private static (string?, string?, string?, string?) Persons(JsonElement shown)
    {
        var decision = shown.GetProperty("decision");
        return (decision.GetProperty("state").GetString(), decision.GetProperty("proposedBy").GetString(),
            decision.GetProperty("decidedBy").GetString(), decision.GetProperty("reason").GetString());
    }

    private static long Ms(string day) => new DateTimeOffset(
        DateOnly.Parse(day).ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouCorrectionTests() : CorrectionTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangCorrectionTests() : CorrectionTests("linjiang-2027");

/// <summary>What the corrections begin with: tea, listed from now on by a county.</summary>
internal static class LateListing
{
    public static async Task<long> ListLateAsync(this CatalogueRig rig)
    {
        await rig.ProductAsync("tea", new { name = "Tea", recognisingCounty = rig.Home }, HttpStatusCode.OK);
        return await rig.ListAsync("tea");
    }
}
