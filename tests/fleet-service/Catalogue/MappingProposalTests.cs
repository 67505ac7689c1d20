using System.Net;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static KioskFleet.Service.Tests.Catalogue.CatalogueRig;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class MappingProposalTests(string dataSet) : IAsyncLifetime
{
    private CatalogueRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await StartAsync(dataSet);
        await _rig.ProductAsync("tea");
        await _rig.ProductAsync("oats");
        await _rig.ListAsync("tea");
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_mapping_is_proposed_by_the_operator_and_holds_once_the_county_approved_it()
    {
        var proposal = await ProposeAsync(new { from = "now", to = "open", barcode = "6901234567892" });
        Assert.Equal(ProductClass.Unmapped, _rig.Class("T1", _rig.Now));
        var waiting = await _rig.GetAsync($"/api/v1/mapping-proposals?state=proposed&county={_rig.Home}");
        Assert.Equal(proposal, waiting.GetProperty("items")[0].GetProperty("proposalId").GetInt64());
        Assert.Equal(0, (await _rig.GetAsync($"/api/v1/mapping-proposals?state=proposed&county={_rig.Other}"))
            .GetProperty("total").GetInt32());

        var own = await DecideAsync(_rig.Clerk, proposal, "approve", null, HttpStatusCode.Conflict);
        Assert.Equal("secondPersonNeeded", own.GetProperty("code").GetString());
        var approved = await DecideAsync(_rig.County, proposal, "approve");
        Assert.Equal(("approved", "clerk", "county"), Persons(approved));
        Assert.Equal(ProductClass.Aid, _rig.Class("T1", _rig.Now));
        Assert.Equal(ProductClass.Aid, _rig.Class("6901234567892", _rig.Now));
        Assert.Equal(ProductClass.Unmapped, _rig.Class("T1", _rig.Now, "op2"));
        Assert.Equal(ProductClass.Unmapped, _rig.Class("T1", _rig.Now - 1));
        Assert.Equal("tea", (await _rig.GetAsync("/api/v1/mappings?operator=op1")).GetProperty("items")[0]
            .GetProperty("productId").GetString());

        var again = await DecideAsync(_rig.County, proposal, "reject", "late", HttpStatusCode.Conflict);
        Assert.Equal(("approved", 0),
            (again.GetProperty("state").GetString(), again.GetProperty("allowed").GetArrayLength()));
        Assert.Equal(
            ["mapping.proposed|clerk", "mapping.approved|county"],
            _rig.Rows($"""
                SELECT action, actor FROM audit_log WHERE subject = 'mapping-proposal:{proposal}' ORDER BY audit_id
                """));
    }

    [Fact]
    public async Task A_rejection_needs_a_reason_and_only_the_proposer_takes_back()
    {
        var proposal = await ProposeAsync(new { from = "now", to = "open" });
        await DecideAsync(_rig.County, proposal, "reject", null, HttpStatusCode.BadRequest);
        var rejected = await DecideAsync(_rig.County, proposal, "reject", "another product");
        Assert.Equal(("rejected", "clerk", "county"), Persons(rejected));
        Assert.Equal("another product", rejected.GetProperty("decision").GetProperty("decisionReason").GetString());
        Assert.Equal(ProductClass.Unmapped, _rig.Class("T1", _rig.Now));

        var second = await ProposeAsync(new { from = "now", to = "open" });
        var foreign = await DecideAsync(_rig.County, second, "withdraw", null, HttpStatusCode.Conflict);
        Assert.Equal("onlyProposer", foreign.GetProperty("code").GetString());
        Assert.Equal(("withdrawn", "clerk", "clerk"), Persons(await DecideAsync(_rig.Clerk, second, "withdraw")));
        await DecideAsync(_rig.County, 99, "approve", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_mapping_that_reaches_into_the_past_needs_a_reason_beside_its_two_persons()
    {
        var refused = await PostAsync(_rig.Clerk, "/api/v1/mapping-proposals", Body(
            new { from = "2020-10-01", to = "open" }), HttpStatusCode.Conflict);
        Assert.Equal("reasonNeeded", refused.GetProperty("code").GetString());
        var proposal = await ProposeAsync(new { from = "2020-10-01", to = "open", reason = "sold since October" });
        await DecideAsync(_rig.County, proposal, "approve");
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", NowUtcMs - 2 * DayMs));
        Assert.Equal("2020-10-01", Day(long.Parse(_rig.Rows(
            "SELECT affects_from_utc_ms FROM catalogue_versions ORDER BY version DESC")[0])));

        // One that was for the future when it was proposed, and waited.
        var waited = await ProposeAsync(new { sku = "T2", from = Day(_rig.Now + DayMs), to = "open" });
        _rig.Now += 5 * DayMs;
        var late = await DecideAsync(_rig.County, waited, "approve", null, HttpStatusCode.Conflict);
        Assert.Equal("reasonNeeded", late.GetProperty("code").GetString());
        await DecideAsync(_rig.County, waited, "approve", "it waited for us");
    }

    [Fact]
    public async Task A_mapping_that_stands_in_the_way_ends_where_the_new_one_begins_if_the_proposal_says_so()
    {
        await DecideAsync(_rig.County, await ProposeAsync(new { from = "now", to = "open" }), "approve");
        var overlaps = await PostAsync(_rig.Clerk, "/api/v1/mapping-proposals", Body(
            new { productId = "oats", from = Day(_rig.Now + 5 * DayMs), to = "open" }), HttpStatusCode.Conflict);
        Assert.Equal("mappingOverlaps", overlaps.GetProperty("code").GetString());
        var same = await PostAsync(_rig.Clerk, "/api/v1/mapping-proposals", Body(
            new { productId = "oats", from = "now", to = "open", replaces = true }), HttpStatusCode.Conflict);
        Assert.Equal("mappingOverlaps", same.GetProperty("code").GetString());
        var replacing = await ProposeAsync(
            new { productId = "oats", from = Day(_rig.Now + 5 * DayMs), to = "open", replaces = true });
        await DecideAsync(_rig.County, replacing, "approve");
        Assert.Equal(ProductClass.Aid, _rig.Class("T1", _rig.Now + 5 * DayMs - 1));
        Assert.Equal(ProductClass.Ordinary, _rig.Class("T1", _rig.Now + 5 * DayMs));
    }

    [Fact]
    public async Task What_is_wrong_with_a_proposal_is_named_by_field()
    {
        var invalid = await PostAsync(_rig.Clerk, "/api/v1/mapping-proposals", new
        {
            operatorId = "op1", sku = new string('x', 65), barcode = "6901234567890", productId = "tea",
            county = "110101", from = "tomorrow",
        }, HttpStatusCode.BadRequest);
        Assert.Equal(
            ["barcode badBarcode", "county notOfCity", "from badTime", "sku badSku", "to missing"],
            invalid.GetProperty("errors").EnumerateArray().Select(
                e => $"{e.GetProperty("field").GetString()} {e.GetProperty("reason").GetString()}").Order());
        var unknown = await PostAsync(_rig.Clerk, "/api/v1/mapping-proposals", Body(
            new { productId = "none", from = "now", to = "open" }), HttpStatusCode.NotFound);
        Assert.Equal("productUnknown", unknown.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_proposal_that_waits_too_long_is_the_countys_finding_until_it_is_decided()
    {
        var source = _rig.Service.Host.Services.GetServices<IFindingSource>().OfType<MappingOverdueSource>().Single();
        Assert.Equal([FindingKind.MappingOverdue], source.Kinds);
        var allowed = _rig.Places.Policies[0].Checks.MappingOverdueDays;
        var proposal = await ProposeAsync(new { from = "now", to = "open" });
        Assert.Empty(Check(source, allowed * DayMs, []).Found);
        var found = Assert.Single(Check(source, allowed * DayMs + 1, []).Found);
        Assert.Equal(
            (FindingKind.MappingOverdue, new FindingAbout(CountyCode: _rig.Home), $"mapping-proposal:{proposal}"),
            (found.Kind, found.About, found.Subject));
        var later = Assert.Single(Check(source, (allowed + 1) * DayMs + 1, []).Found);
        Assert.Equal((1L, 2L), (found.Weight, later.Weight));
        using var evidence = JsonDocument.Parse(found.Evidence);
        Assert.Equal(("T1", allowed), (evidence.RootElement.GetProperty("sku").GetString(),
            evidence.RootElement.GetProperty("allowedDays").GetInt32()));

        var open = new OpenFinding(7, found.Kind, "", found.Subject);
        Assert.Empty(Check(source, (allowed + 6) * DayMs, [open]).Ended);
        await DecideAsync(_rig.County, proposal, "reject", "no");
        var after = Check(source, (allowed + 6) * DayMs, [open]);
        Assert.Equal([open], after.Ended);
        Assert.Empty(after.Found);
    }

    private static FindingCheck Check(MappingOverdueSource source, long afterMs, IReadOnlyList<OpenFinding> open) =>
        source.Check(new CheckMoment(NowUtcMs + afterMs, new DateOnly(2020, 10, 25)), open, Stop);

    private Dictionary<string, object?> Body(object with)
    {
        var body = new Dictionary<string, object?>
        {
            ["operatorId"] = "op1", ["sku"] = "T1", ["productId"] = "tea", ["county"] = _rig.Home,
        };
        foreach (var property in with.GetType().GetProperties())
        {
            body[property.Name] = property.GetValue(with);
        }

        return body;
    }

    private async Task<long> ProposeAsync(object with) => (await PostAsync(
        _rig.Clerk, "/api/v1/mapping-proposals", Body(with), HttpStatusCode.Created))
        .GetProperty("proposalId").GetInt64();

    private static Task<JsonElement> DecideAsync(
        HttpClient who, long proposal, string word, string? reason = null,
        HttpStatusCode status = HttpStatusCode.OK) =>
        PostAsync(who, $"/api/v1/mapping-proposals/{proposal}/{word}", new { reason }, status);

    private static (string?, string?, string?) Persons(JsonElement shown)
    {
        var decision = shown.GetProperty("decision");
        return (decision.GetProperty("state").GetString(), decision.GetProperty("proposedBy").GetString(),
            decision.GetProperty("decidedBy").GetString());
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouMappingProposalTests() : MappingProposalTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangMappingProposalTests() : MappingProposalTests("linjiang-2027");

[RunsOnce]
public sealed class BarcodeTests
{
    [Theory]
    [InlineData("6901234567892", true)]
    [InlineData("6901234567893", false)]
    [InlineData("96385074", true)]
    [InlineData("036000291452", true)]
    [InlineData("10012345678902", true)]
    [InlineData("123456789", false)]
    [InlineData("69012345678９2", false)]
    public void A_barcode_is_known_by_its_check_digit(string text, bool isBarcode) =>
        Assert.Equal(isBarcode, MappingProposalRules.IsBarcode(text));
}
