using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>What is found in standings, over a real ledger.</summary>
public sealed class StandingFindingsTests : IDisposable
{
    private const long Day = JournalOnPaper.DayMs;
    private const long Start = JournalOnPaper.StartUtcMs;

    private readonly HistoryRig _rig = new();
    private readonly HistoryService _service;
    private readonly Dictionary<string, JournalOnPaper> _journals = [];
    private readonly Dictionary<string, ulong> _heads = [];

    public StandingFindingsTests()
    {
        _service = new HistoryService(_rig, HistoryRig.Shipped);
        _service.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
            7, [new Product("tea", "Tea"), new Product("cola", "Cola")],
            [new Listing("tea", "341125", InForce.Always)],
            [
                new SkuMapping(null, "tea", "tea", InForce.Always),
                new SkuMapping(null, "cola", "cola", InForce.Always),
            ])));
        foreach (var (cabinet, i) in ((string[])["bad", "edge", "good"]).Select((c, i) => (c, i)))
        {
            _service.Assign(cabinet, "op-a", "341125", Start);
            _journals[cabinet] = _service.Journal(cabinet, i + 1);
        }
    }

    private StandingFindings Source => new(_service.Reader, _service.Editions, new HeadsStore(_service.Database));

    public void Dispose()
    {
        _service.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public async Task A_breach_is_found_with_everything_that_it_rests_on()
    {
        await Sell("bad", 1, ("tea", 499), ("cola", 501));
        await Sell("edge", 1, ("tea", 520), ("cola", 480));
        await Sell("good", 1, ("tea", 900), ("cola", 100));
        var found = Check(5, []).Found;
        Assert.Equal([(FindingKind.BelowThreshold, "bad"), (FindingKind.AtRisk, "edge")],
            found.Select(f => (f.Kind, f.About.CabinetId)));
        var (breach, evidence) = (found[0], JsonElement.Parse(found[0].Evidence));
        Assert.Equal((new FindingAbout("bad", "op-a", "341125"), "2020-09/cabinet/op-a"),
            (breach.About, breach.Subject));
        Assert.Equal((499L, 1_000L, 4_990L, 5_000L, 2L, 7L), (Number("aidFen"), Number("totalFen"),
            Number("shareBasisPoints"), Number("thresholdBasisPoints"), Number("shortfallFen"),
            Number("catalogueVersion")));
        Assert.Equal(("2020-09-01", "2020-10-01", "cabinet-aid-share", "signed", true),
            (evidence.GetProperty("window").GetProperty("from").GetString(),
                evidence.GetProperty("window").GetProperty("to").GetString(),
                evidence.GetProperty("policyId").GetString(), evidence.GetProperty("figures").GetString(),
                evidence.GetProperty("provisional").GetBoolean()));
        var head = Assert.Single(evidence.GetProperty("heads").EnumerateArray());
        Assert.Equal((_journals["bad"].Id.ToString(), 1L, _journals["bad"].Tail.Hash.ToString()),
            (head.GetProperty("journal").GetString(), head.GetProperty("seq").GetInt64(),
                head.GetProperty("hash").GetString()));
        Assert.False(evidence.GetProperty("headsMoved").GetBoolean());
        // Missing are 2 fen to 50 %, and 67 to the end of the warning margin at 55 %.
        Assert.Equal([2L, 67L], found.Select(f => f.Weight));

        long Number(string name) => evidence.GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task Sales_without_a_mapping_are_found_above_the_policys_part_and_not_at_it()
    {
        await Sell("bad", 1, ("tea", 900), ("nobody", 100));
        Assert.Empty(Check(5, []).Found);
        await Sell("bad", 2, ("nobody", 1));
        var found = Assert.Single(Check(5, []).Found);
        Assert.Equal((FindingKind.UnmappedShare, "bad"), (found.Kind, found.About.CabinetId));
        await Sell("bad", 3, ("nobody", 100), ("tea", 99));
        Assert.Equal(81, Assert.Single(Check(5, []).Found).Weight);
        await Sell("good", 1, ("nobody", 5), ("tea", 10), ("cola", 0));
        Assert.Equal(2, Check(5, []).Found.Count(f => f.Kind == FindingKind.UnmappedShare));
    }

    [Fact]
    public async Task In_a_running_window_a_finding_ends_with_its_condition()
    {
        await Sell("bad", 1, ("cola", 501));
        var open = Open(FindingKind.BelowThreshold, "bad");
        Assert.Empty(Check(5, [open]).Ended);
        await Sell("bad", 2, ("tea", 540));
        var check = Check(5, [open]);
        Assert.Equal([open], check.Ended);
        Assert.Equal(FindingKind.AtRisk, Assert.Single(check.Found).Kind);
    }

    [Fact]
    public async Task In_a_window_that_is_over_it_stays_until_a_sealed_edition_shows_compliance()
    {
        await Sell("bad", 1, ("cola", 501));
        var open = Open(FindingKind.BelowThreshold, "bad");
        Assert.Single(Check(35, [open]).Found);
        await Sell("bad", 29, ("tea", 9_000));
        Assert.Equal([], Check(36, [open]).Found);
        Assert.Empty(Check(36, [open]).Ended);
        _service.Clock.UtcMs = Start + 40 * Day;
        Assert.Single(await _service.EditionDesk.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal([open], Check(41, [open]).Ended);
    }

    [Fact]
    public async Task What_a_sealed_edition_shows_in_breach_is_for_a_person_to_close()
    {
        await Sell("bad", 1, ("cola", 501));
        var open = Open(FindingKind.BelowThreshold, "bad");
        _service.Clock.UtcMs = Start + 40 * Day;
        Assert.Single(await _service.EditionDesk.RunDueAsync(TestContext.Current.CancellationToken));
        var check = Check(41, [open]);
        Assert.Empty(check.Found);
        Assert.Empty(check.Ended);
    }

    [Fact]
    public async Task Below_the_least_turnover_nothing_is_found_not_even_sales_without_a_mapping()
    {
        await Sell("bad", 1, ("nobody", 900));
        Assert.Equal([FindingKind.BelowThreshold, FindingKind.UnmappedShare],
            Check(5, []).Found.Select(f => f.Kind).Order());
        var policy = HistoryRig.Shipped.Policies[0] with { MinimumTurnoverFen = 901 };
        _service.Policies.Replace(new([policy], _service.Policies.Book.Revision + 1));
        Assert.Empty(Check(5, []).Found);
    }

    [Fact]
    public async Task A_correction_of_a_final_edition_that_brings_a_breach_is_found_all_the_same()
    {
        await Sell("bad", 1, ("tea", 600), ("cola", 400));
        _service.Clock.UtcMs = Start + 40 * Day;
        Assert.Single(await _service.EditionDesk.RunDueAsync(TestContext.Current.CancellationToken));
        _journals["bad"].Refund("r", _journals["bad"].Id, 1, 500, 0, Start + 41 * Day);
        await Deliver("bad");
        _service.Clock.UtcMs = Start + 42 * Day;
        Assert.Single(await _service.EditionDesk.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal("2020-09/cabinet/op-a", Assert.Single(Check(43, []).Found).Subject);
        Assert.Empty(Check(42 + 32, []).Found);
    }

    [Theory]
    [InlineData(Judged.OperatorInCounty, "2020-09/operatorInCounty/op-a/341125", "op-a")]
    [InlineData(Judged.County, "2020-09/county/341125", "")]
    public async Task What_is_judged_together_is_one_finding_about_all(object judged, string subject, string operatorId)
    {
        var policy = HistoryRig.Shipped.Policies[0] with
        {
            Id = "together", Scope = new PolicyScope(ScopeKind.County, "341125"), Judged = (Judged)judged,
        };
        _service.Policies.Replace(
            new([policy, .. HistoryRig.Shipped.Policies], _service.Policies.Book.Revision + 1));
        await Sell("bad", 1, ("cola", 700));
        await Sell("good", 1, ("tea", 600), ("cola", 100));
        var found = Assert.Single(Check(5, []).Found);
        var about = new FindingAbout(OperatorId: operatorId, CountyCode: "341125");
        Assert.Equal((FindingKind.BelowThreshold, about, subject), (found.Kind, found.About, found.Subject));
        var evidence = JsonElement.Parse(found.Evidence);
        Assert.Equal((600L, 1_400L, 3), (evidence.GetProperty("aidFen").GetInt64(),
            evidence.GetProperty("totalFen").GetInt64(), evidence.GetProperty("cabinets").GetInt32()));
        Assert.Equal(64, evidence.GetProperty("headsSha256").GetString()!.Length);
    }

    [Fact]
    public void Without_sales_nothing_is_found() => Assert.Empty(Check(5, []).Found);

    private static OpenFinding Open(FindingKind kind, string cabinet) => new(1, kind, cabinet, "2020-09/cabinet/op-a");

    private FindingCheck Check(int day, IReadOnlyList<OpenFinding> open)
    {
        _service.Clock.UtcMs = Start + day * Day;
        return Source.Check(
            new CheckMoment(_service.Clock.UtcMs, _service.Reader.Today), open, TestContext.Current.CancellationToken);
    }

    private Task Sell(string cabinet, int day, params (string, long)[] lines)
    {
        var journal = _journals[cabinet];
        journal.SellAt(Start + day * Day + 1, $"v{journal.Count}", lines);
        return Deliver(cabinet);
    }

    private async Task Deliver(string cabinet)
    {
        var journal = _journals[cabinet];
        await _service.Commit([(journal, _heads.GetValueOrDefault(cabinet) + 1, journal.Count)]);
        _heads[cabinet] = journal.Count;
    }
}
