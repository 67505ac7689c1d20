using System.Net;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using Xunit;
using static KioskFleet.Service.Tests.Catalogue.CatalogueRig;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class RecognitionTests(string dataSet) : IAsyncLifetime
{
    private CatalogueRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await StartAsync(dataSet);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_product_goes_through_the_flow_and_counts_from_the_moment_it_is_listed()
    {
        await _rig.ProductAsync("tea");
        await _rig.ImportAsync("sku,product_name,product_id\nT1,tea,tea\n");
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", NowUtcMs));
        var id = await _rig.ListAsync("tea");
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", NowUtcMs - 1));
        Assert.Equal(ProductClass.Aid, _rig.Class("T1", NowUtcMs));
        Assert.True(_rig.Snapshot.Describe("op1", "T1"u8, NowUtcMs) is { ProductId: "tea", IsOfCity: true });

        var shown = await _rig.GetAsync($"/api/v1/recognitions/{id}");
        Assert.Equal(
            ["applied", "townshipOpinion", "countyReview", "publicNotice", "listed"],
            shown.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("to").GetString()!));
        Assert.Equal(
            [("clerk", "applies"), ("county", "agrees"), ("county", "meets the terms"), ("county", "published"),
                ("county", "no objection")],
            shown.GetProperty("steps").EnumerateArray()
                .Select(s => (s.GetProperty("actor").GetString()!, s.GetProperty("why").GetString()!)));
        Assert.Equal(["suspended", "revoked"], Words(shown.GetProperty("allowed")));
        Assert.Equal(
            ["recognition.applied|clerk", "recognition.step|county", "recognition.step|county",
                "recognition.step|county", "recognition.step|county"],
            _rig.Rows($"SELECT action, actor FROM audit_log WHERE subject = 'recognition:{id}' ORDER BY audit_id"));
        Assert.Equal([$"|T1|{NowUtcMs}|"], _rig.Rows(
            "SELECT operator_id, sku, from_utc_ms, to_utc_ms FROM catalogue_affected WHERE version = 3"));
    }

    [Fact]
    public async Task An_illegal_step_is_409_and_names_the_state_and_what_is_allowed()
    {
        await _rig.ProductAsync("tea");
        var id = (await PostAsync(_rig.Clerk, "/api/v1/recognitions",
            new { productId = "tea", reason = "applies" }, HttpStatusCode.Created)).GetProperty("recognitionId")
            .GetInt64();
        var illegal = await _rig.StepAsync(
            id, new { state = "listed", reason = "at once", from = "now", to = "open" }, HttpStatusCode.Conflict);
        Assert.Equal(("applied", "illegalState"),
            (illegal.GetProperty("state").GetString(), illegal.GetProperty("code").GetString()));
        Assert.Equal(["townshipOpinion", "rejected"], Words(illegal.GetProperty("allowed")));
        Assert.NotEqual(illegal.GetProperty("title").GetString(), illegal.GetProperty("titleZh").GetString());

        await _rig.StepAsync(id, new { state = "rejected", reason = "no evidence" });
        var final = await _rig.StepAsync(
            id, new { state = "countyReview", reason = "again" }, HttpStatusCode.Conflict);
        Assert.Equal(("rejected", 0),
            (final.GetProperty("state").GetString(), final.GetProperty("allowed").GetArrayLength()));
        Assert.Equal(["2"], _rig.Rows($"SELECT COUNT(*) FROM recognition_steps WHERE recognition_id = {id}"));
    }

    [Fact]
    public async Task A_suspension_for_quality_blocks_at_once_until_it_is_lifted_and_a_revocation_keeps_the_block()
    {
        await _rig.ProductAsync("tea");
        await _rig.ImportAsync("sku,product_name,product_id\nT1,tea,tea\n");
        var id = await _rig.ListAsync("tea", to: Day(NowUtcMs + 60 * DayMs));
        _rig.Now = NowUtcMs + 10 * DayMs;
        await _rig.StepAsync(id, new { state = "suspended", reason = "mould", ground = "quality" });
        Assert.Equal(ProductClass.Aid, _rig.Class("T1", _rig.Now - 1));
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", _rig.Now));
        Assert.Equal(
            [new SkuSpan("T1", _rig.Now, ProductClass.Ordinary, IsBlocked: true)],
            _rig.Snapshot.SpansOf("op1", _rig.Now));
        Assert.True((await _rig.GetAsync("/api/v1/products/tea")).GetProperty("product")
            .GetProperty("blockedNow").GetBoolean());
        var import = await _rig.ImportAsync("sku,product_name,product_id,recognised_by,listed_from\n"
            + $"T1,tea,tea,{_rig.Home},2020-10-25\n");
        Assert.Equal(["recognitionUnderWay"], Reasons(import));

        _rig.Now += 5 * DayMs;
        await _rig.StepAsync(id, new { state = "listed", reason = "lifted" });
        Assert.Equal(
            [
                new SkuSpan("T1", _rig.Now - 1, ProductClass.Ordinary, IsBlocked: true),
                new SkuSpan("T1", _rig.Now, ProductClass.Aid, IsBlocked: false),
                new SkuSpan("T1", NowUtcMs + 60 * DayMs, ProductClass.Ordinary, IsBlocked: false),
            ],
            _rig.Snapshot.SpansOf("op1", _rig.Now - 1));

        _rig.Now += DayMs;
        await _rig.StepAsync(id, new { state = "suspended", reason = "mould again", ground = "quality" });
        _rig.Now += DayMs;
        await _rig.StepAsync(id, new { state = "revoked", reason = "no cure", ground = "quality" });
        Assert.Equal(
            [new SkuSpan("T1", _rig.Now, ProductClass.Ordinary, IsBlocked: true)],
            _rig.Snapshot.SpansOf("op1", _rig.Now));
    }

    [Fact]
    public async Task An_administrative_suspension_counts_on_for_the_grace_of_the_data_set()
    {
        await _rig.ProductAsync("tea");
        await _rig.ImportAsync("sku,product_name,product_id\nT1,tea,tea\n");
        var id = await _rig.ListAsync("tea");
        _rig.Now = NowUtcMs + 10 * DayMs;
        await _rig.StepAsync(id, new { state = "suspended", reason = "papers", ground = "administrative" });
        Assert.Equal(
            [
                new SkuSpan("T1", _rig.Now, ProductClass.Aid, IsBlocked: false),
                new SkuSpan("T1", _rig.Now + _rig.GraceMs, ProductClass.Ordinary, IsBlocked: false),
            ],
            _rig.Snapshot.SpansOf("op1", _rig.Now));
        var publicList = await _rig.GetAsync("/api/v1/public/products");
        Assert.Equal(0, publicList.GetProperty("total").GetInt32());

        _rig.Now += DayMs;
        await _rig.StepAsync(id, new { state = "listed", reason = "papers came", to = "open" });
        Assert.Equal(
            [new SkuSpan("T1", _rig.Now, ProductClass.Aid, IsBlocked: false)],
            _rig.Snapshot.SpansOf("op1", _rig.Now));
        Assert.Equal(
            [$"{NowUtcMs}|{_rig.Now}", $"{_rig.Now}|"],
            _rig.Rows("SELECT from_utc_ms, to_utc_ms FROM listings ORDER BY 1"));
    }

    [Fact]
    public async Task A_listing_expires_by_its_date_and_is_renewed_by_a_new_application()
    {
        await _rig.ProductAsync("tea");
        var first = await _rig.ListAsync("tea", to: Day(NowUtcMs + 30 * DayMs));
        _rig.Now = NowUtcMs + 20 * DayMs;
        var second = await _rig.ListAsync("tea", from: Day(NowUtcMs + 30 * DayMs));
        _rig.Now = NowUtcMs + 31 * DayMs;
        var expired = await _rig.GetAsync($"/api/v1/recognitions/{first}");
        Assert.Equal("expired", expired.GetProperty("state").GetString());
        Assert.Equal("expired", expired.GetProperty("steps")[5].GetProperty("to").GetString());
        var late = await _rig.StepAsync(
            first, new { state = "suspended", reason = "late", ground = "quality" }, HttpStatusCode.Conflict);
        Assert.Equal(("expired", 0),
            (late.GetProperty("state").GetString(), late.GetProperty("allowed").GetArrayLength()));
        var ofState = await _rig.GetAsync("/api/v1/recognitions?state=expired");
        Assert.Equal(first, ofState.GetProperty("items")[0].GetProperty("recognitionId").GetInt64());
        Assert.Equal("listed", (await _rig.GetAsync($"/api/v1/recognitions/{second}"))
            .GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_step_without_what_it_takes_names_the_fields()
    {
        await _rig.ProductAsync("tea");
        var id = await _rig.ListAsync("tea");
        var invalid = await _rig.StepAsync(id, new { state = "suspended" }, HttpStatusCode.BadRequest);
        Assert.Equal(["reason"], Fields(invalid));
        Assert.Equal(["ground"], Fields(await _rig.StepAsync(
            id, new { state = "suspended", reason = "x" }, HttpStatusCode.BadRequest)));
        Assert.Equal(["state", "ground"], Fields(await _rig.StepAsync(
            id, new { state = "7", reason = "x", ground = "weather" }, HttpStatusCode.BadRequest)));
        Assert.Equal(["productId", "reason"], Fields(await PostAsync(
            _rig.Clerk, "/api/v1/recognitions", new { county = _rig.Home }, HttpStatusCode.BadRequest)));
        Assert.Equal("unknownCounty", (await PostAsync(
            _rig.Clerk, "/api/v1/recognitions", new { productId = "tea", county = _rig.NoCounty, reason = "x" },
            HttpStatusCode.BadRequest)).GetProperty("errors")[0].GetProperty("reason").GetString());
        await PostAsync(
            _rig.Clerk, "/api/v1/recognitions", new { productId = "none", reason = "x" }, HttpStatusCode.NotFound);
        await _rig.StepAsync(99, new { state = "revoked", reason = "x", ground = "quality" }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_second_application_waits_for_the_first_and_a_listing_from_before_now_takes_a_correction()
    {
        await _rig.ProductAsync("tea");
        var id = (await PostAsync(_rig.Clerk, "/api/v1/recognitions",
            new { productId = "tea", reason = "applies" }, HttpStatusCode.Created)).GetProperty("recognitionId")
            .GetInt64();
        var again = await PostAsync(_rig.Clerk, "/api/v1/recognitions",
            new { productId = "tea", reason = "applies" }, HttpStatusCode.Conflict);
        Assert.Equal("recognitionUnderWay", again.GetProperty("code").GetString());

        await _rig.StepAsync(id, new { state = "townshipOpinion", reason = "x" });
        await _rig.StepAsync(id, new { state = "countyReview", reason = "x" });
        var early = await _rig.StepAsync(id, new
        {
            state = "publicNotice", reason = "x", noticeFrom = "2020-10-10", noticeTo = "2020-10-20",
        }, HttpStatusCode.BadRequest);
        Assert.Equal("noticeBegun", early.GetProperty("errors")[0].GetProperty("reason").GetString());
        await _rig.StepAsync(id, new
        {
            state = "publicNotice", reason = "x", noticeFrom = "2020-10-11", noticeTo = "2020-10-20",
        });
        _rig.Now = NowUtcMs + 12 * DayMs;
        foreach (var from in new[] { "2020-10-01", "2020-10-20", "2020-10-21", Moment(_rig.Now - 1) })
        {
            var past = await _rig.StepAsync(
                id, new { state = "listed", reason = "x", from, to = "open" }, HttpStatusCode.Conflict);
            Assert.Equal("changesThePast", past.GetProperty("code").GetString());
            Assert.Contains("/api/v1/catalogue/corrections", past.GetProperty("detail").GetString()!,
                StringComparison.Ordinal);
        }

        await _rig.StepAsync(id, new { state = "listed", reason = "x", from = Moment(_rig.Now), to = "open" });
    }

    [Fact]
    public async Task Steps_are_never_rewritten_nor_deleted()
    {
        await _rig.ProductAsync("tea");
        await _rig.ListAsync("tea");
        foreach (var sql in new[] { "UPDATE recognition_steps SET why = 'x'", "DELETE FROM recognition_steps" })
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => _rig.ExecuteAsync(sql));
            Assert.Contains("is never", error.Message, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Words(JsonElement words) => words.EnumerateArray().Select(w => w.GetString()!);

    private static IEnumerable<string> Fields(JsonElement problem) =>
        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()!);

    private static IEnumerable<string> Reasons(JsonElement report) =>
        report.GetProperty("refused").EnumerateArray().Select(e => e.GetProperty("reason").GetString()!);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRecognitionTests() : RecognitionTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangRecognitionTests() : RecognitionTests("linjiang-2027");
