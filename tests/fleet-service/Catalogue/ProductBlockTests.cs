using System.Net;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using Xunit;
using static KioskFleet.Service.Tests.Catalogue.CatalogueRig;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class ProductBlockTests(string dataSet) : IAsyncLifetime
{
    private const string Path = "/api/v1/products/tea/blocks";

    private CatalogueRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await StartAsync(dataSet);
        await _rig.ProductAsync("tea");
        await _rig.ImportAsync("sku,product_name,product_id\nT1,tea,tea\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_product_of_the_national_list_is_blocked_at_once_and_free_again_with_who_when_and_why()
    {
        await PostAsync(
            _rig.Clerk, "/api/v1/products/tea/national-listings", new { from = "now", to = "open", reason = "batch 4" },
            HttpStatusCode.Created);
        _rig.Now += DayMs;
        var begun = _rig.Now;
        await PostAsync(_rig.County, Path, new { reason = "mould" }, HttpStatusCode.Created);
        Assert.Equal(ProductClass.Aid, _rig.Class("T1", begun - 1));
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, begun) is { Class: ProductClass.Ordinary, IsBlocked: true });
        Assert.Equal([$"|T1|{begun}|"], _rig.Rows("""
            SELECT operator_id, sku, from_utc_ms, to_utc_ms FROM catalogue_affected
            WHERE version = (SELECT MAX(version) FROM catalogue_versions)
            """));

        _rig.Now += DayMs;
        var whole = await PostAsync(_rig.Clerk, Path + "/end", new { reason = "tests passed" });
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now - 1).IsBlocked);
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now) is { Class: ProductClass.Aid, IsBlocked: false });
        var block = Assert.Single(whole.GetProperty("blocks").EnumerateArray());
        Assert.Equal(("product", false, "county", "mould", "clerk", "tests passed"), (
            block.GetProperty("suspendedBy").GetString(), block.GetProperty("inForceNow").GetBoolean(),
            Step(block, "begun", "actor"), Step(block, "begun", "why"), Step(block, "ended", "actor"),
            Step(block, "ended", "why")));
        Assert.Equal(
            ["product.added|clerk", "product.blocked|county", "product.unblocked|clerk"],
            _rig.Rows("""
                SELECT action, actor FROM audit_log WHERE subject = 'product:tea' AND action LIKE 'product.%'
                ORDER BY audit_id
                """));
    }

    [Fact]
    public async Task What_the_state_does_not_allow_is_409_and_names_the_state_and_what_is_allowed()
    {
        Assert.Equal("free → blocked", await IllegalAsync(Path + "/end"));
        await PostAsync(_rig.County, Path, new { reason = "mould" }, HttpStatusCode.Created);
        Assert.Equal("blocked → free", await IllegalAsync(Path));
        await PostAsync(_rig.County, Path + "/end", new { reason = "cured" });
        await PostAsync(_rig.County, Path, new { reason = "mould again" }, HttpStatusCode.Created);
        Assert.Equal(
            [$"{_rig.Now}|{_rig.Now + 1}", $"{_rig.Now + 1}|"],
            _rig.Rows("SELECT from_utc_ms, to_utc_ms FROM product_blocks ORDER BY 1"));

        var invalid = await PostAsync(_rig.County, Path, new { reason = " " }, HttpStatusCode.BadRequest);
        Assert.Equal("reason", invalid.GetProperty("errors")[0].GetProperty("field").GetString());
        await PostAsync(
            _rig.County, "/api/v1/products/none/blocks", new { reason = "x" }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_suspended_recognitions_block_ends_by_its_steps_and_a_revoked_ones_by_the_blocks_end()
    {
        var id = await _rig.ListAsync("tea");
        _rig.Now += DayMs;
        await _rig.StepAsync(id, new { state = "suspended", reason = "mould", ground = "quality" });
        Assert.Equal("suspended → listed, revoked", await IllegalAsync(Path + "/end"));
        _rig.Now += DayMs;
        await _rig.StepAsync(id, new { state = "revoked", reason = "no cure", ground = "administrative" });
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now).IsBlocked);
        _rig.Now += DayMs;
        var whole = await PostAsync(_rig.County, Path + "/end", new { reason = "another recipe" });
        Assert.False(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now).IsBlocked);
        var block = Assert.Single(whole.GetProperty("blocks").EnumerateArray());
        Assert.Equal((_rig.Home, "mould", "another recipe"), (
            block.GetProperty("suspendedBy").GetString(), Step(block, "begun", "why"), Step(block, "ended", "why")));
    }

    [Theory]
    [InlineData("listed")]
    [InlineData("suspended")]
    public async Task A_revocation_for_quality_begins_a_block(string before)
    {
        var id = await _rig.ListAsync("tea");
        _rig.Now += DayMs;
        if (before == "suspended")
        {
            await _rig.StepAsync(id, new { state = "suspended", reason = "papers", ground = "administrative" });
        }

        await _rig.StepAsync(id, new { state = "revoked", reason = "mould", ground = "quality" });
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now + 40 * DayMs) is
            { Class: ProductClass.Ordinary, IsBlocked: true });

        // The county recognises it anew: from its listing on it may be vended.
        _rig.Now += 20 * DayMs;
        await _rig.ListAsync("tea", from: Moment(_rig.Now + DayMs));
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now + DayMs - 1).IsBlocked);
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now + DayMs) is
            { Class: ProductClass.Aid, IsBlocked: false });
    }

    [Fact]
    public async Task What_was_suspended_for_its_papers_may_be_suspended_for_its_quality_and_not_the_other_way()
    {
        var id = await _rig.ListAsync("tea");
        _rig.Now += DayMs;
        var shown = await _rig.StepAsync(
            id, new { state = "suspended", reason = "papers", ground = "administrative" });
        Assert.Equal(["listed", "suspended", "revoked"], Words(shown.GetProperty("allowed")));
        Assert.Equal("badChoice", (await _rig.StepAsync(
            id, new { state = "suspended", reason = "x", ground = "administrative" }, HttpStatusCode.BadRequest))
            .GetProperty("errors")[0].GetProperty("reason").GetString());
        Assert.Equal(ProductClass.Aid, _rig.Class("T1", _rig.Now));

        _rig.Now += DayMs;
        await _rig.StepAsync(id, new { state = "suspended", reason = "mould", ground = "quality" });
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now) is
            { Class: ProductClass.Ordinary, IsBlocked: true });
        var illegal = await _rig.StepAsync(
            id, new { state = "suspended", reason = "x", ground = "administrative" }, HttpStatusCode.Conflict);
        Assert.Equal(["listed", "revoked"], Words(illegal.GetProperty("allowed")));
        await _rig.StepAsync(id, new { state = "listed", reason = "cured" });
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now + 1) is
            { Class: ProductClass.Aid, IsBlocked: false });
    }

    [Fact]
    public async Task A_block_that_another_recognition_of_the_county_holds_is_not_ended_by_a_renewal()
    {
        var first = await _rig.ListAsync("tea", to: Day(NowUtcMs + 30 * DayMs));
        _rig.Now = NowUtcMs + 20 * DayMs;
        var second = (await PostAsync(_rig.Clerk, "/api/v1/recognitions", new { productId = "tea", reason = "renewal" },
            HttpStatusCode.Created)).GetProperty("recognitionId").GetInt64();
        await _rig.StepAsync(second, new { state = "townshipOpinion", reason = "x" });
        await _rig.StepAsync(second, new { state = "countyReview", reason = "x" });
        await _rig.StepAsync(second, new
        {
            state = "publicNotice", reason = "x", noticeFrom = Day(_rig.Now),
            noticeTo = Day(_rig.Now + _rig.Places.Recognition.PublicNoticeDays * DayMs),
        });
        await _rig.StepAsync(first, new { state = "suspended", reason = "mould", ground = "quality" });
        _rig.Now += 15 * DayMs;
        await _rig.StepAsync(second, new { state = "listed", reason = "x", from = "now", to = "open" });
        Assert.True(_rig.Snapshot.Describe("op", "T1"u8, _rig.Now) is
            { Class: ProductClass.Ordinary, IsBlocked: true });
    }

    [Fact]
    public async Task Steps_of_a_block_are_never_rewritten_nor_deleted()
    {
        await PostAsync(_rig.County, Path, new { reason = "mould" }, HttpStatusCode.Created);
        foreach (var sql in new[] { "UPDATE product_block_steps SET why = 'x'", "DELETE FROM product_block_steps" })
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => _rig.ExecuteAsync(sql));
            Assert.Contains("is never", error.Message, StringComparison.Ordinal);
        }
    }

    private async Task<string> IllegalAsync(string path)
    {
        var problem = await PostAsync(_rig.County, path, new { reason = "x" }, HttpStatusCode.Conflict);
        Assert.Equal("illegalState", problem.GetProperty("code").GetString());
        var allowed = string.Join(", ", Words(problem.GetProperty("allowed")));
        return $"{problem.GetProperty("state").GetString()} → {allowed}";
    }

    private static string? Step(JsonElement block, string step, string field) =>
        block.GetProperty(step).GetProperty(field).GetString();

    private static IEnumerable<string> Words(JsonElement words) => words.EnumerateArray().Select(w => w.GetString()!);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouProductBlockTests() : ProductBlockTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangProductBlockTests() : ProductBlockTests("linjiang-2027");
