using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>What is found in standings, over a real ledger.</summary>
public abstract class StandingFindingsTests : IDisposable
{
    private const long Day = JournalOnPaper.DayMs;
    private const long Start = JournalOnPaper.StartUtcMs;

    private readonly HistoryRig _rig = new();
    private readonly HistoryService _service;
    private readonly Dictionary<string, JournalOnPaper> _journals = [];
    private readonly Dictionary<string, ulong> _heads = [];

    protected StandingFindingsTests(string dataSet)
    {
        _service = new HistoryService(_rig, DataSetFile.Load(dataSet));
        _service.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
            7, [new Product("tea", "Tea"), new Product("cola", "Cola")],
            [new Listing("tea", County, InForce.Always)],
            [
                new SkuMapping(null, "tea", "tea", InForce.Always),
                new SkuMapping(null, "cola", "cola", InForce.Always),
            ])));
        foreach (var (cabinet, i) in ((string[])["bad", "edge", "good"]).Select((c, i) => (c, i)))
        {
            _service.Assign(cabinet, "op-a", County, Start);
            _journals[cabinet] = _service.Journal(cabinet, i + 1);
        }
    }

    private Policy Policy => _service.Places.Policies.First(p => p.VenueKind == PolicyBook.CabinetVenue);

    /// <summary>The least share, and the share up to which it is said to be at risk, in parts of 10,000.</summary>
    private int Threshold => Policy.ThresholdOn(new DateOnly(2020, 9, 1));

    private int Margin => Policy.WarningMarginBasisPoints;

    private string County => _service.Places.Counties[0].Code.Value;

    /// <summary>The policy's window that the first sales lie in.</summary>
    private JudgingWindow Window => JudgingWindow.Of(Policy.Window, new DateOnly(2020, 9, 2));

    /// <summary>Days until that window is over, and until its edition is due.</summary>
    private int Over => Window.To.DayNumber - new DateOnly(2020, 9, 1).DayNumber;

    private int Final => Over + Policy.ProvisionalDays;

    private StandingFindings Source => new(_service.Reader, _service.Editions, new HeadsStore(_service.Database));

    public void Dispose()
    {
        _service.Dispose();
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_breach_is_found_with_everything_that_it_rests_on()
    {
        await Sell("bad", 1, ("tea", 10 * Threshold - 1), ("cola", 100_001 - 10 * Threshold));
        await Sell("edge", 1, ("tea", 10 * (Threshold + 200)), ("cola", 100_000 - 10 * (Threshold + 200)));
        await Sell("good", 1, ("tea", 90_000), ("cola", 10_000));
        var found = Check(5, []).Found;
        Assert.Equal([(FindingKind.BelowThreshold, "bad"), (FindingKind.AtRisk, "edge")],
            found.Select(f => (f.Kind, f.About.CabinetId)));
        var (breach, evidence) = (found[0], JsonElement.Parse(found[0].Evidence));
        Assert.Equal((new FindingAbout("bad", "op-a", County), $"{Window.Name}/cabinet/op-a"),
            (breach.About, breach.Subject));
        // One fen short of the share; each fen more raises what is needed too.
        var shortfall = Ceiling(10_000, 10_000 - Threshold);
        Assert.Equal((10 * Threshold - 1, 100_000, Threshold - 1, Threshold, shortfall, 7), (Number("aidFen"),
            Number("totalFen"), Number("shareBasisPoints"), Number("thresholdBasisPoints"), Number("shortfallFen"),
            Number("catalogueVersion")));
        Assert.Equal(($"{Window.From:yyyy-MM-dd}", $"{Window.To:yyyy-MM-dd}", Policy.Id, "signed", true),
            (evidence.GetProperty("window").GetProperty("from").GetString(),
                evidence.GetProperty("window").GetProperty("to").GetString(),
                evidence.GetProperty("policyId").GetString(), evidence.GetProperty("figures").GetString(),
                evidence.GetProperty("provisional").GetBoolean()));
        var head = Assert.Single(evidence.GetProperty("heads").EnumerateArray());
        Assert.Equal((_journals["bad"].Id.ToString(), 1L, _journals["bad"].Tail.Hash.ToString()),
            (head.GetProperty("journal").GetString(), head.GetProperty("seq").GetInt64(),
                head.GetProperty("hash").GetString()));
        Assert.False(evidence.GetProperty("headsMoved").GetBoolean());

        // What is missing: to the share, and to the end of the warning margin above it.
        Assert.Equal([shortfall, Ceiling(100_000 * (Margin - 200), 10_000 - Threshold - Margin)],
            found.Select(f => f.Weight));

        long Number(string name) => evidence.GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task Sales_without_a_mapping_are_found_above_the_policys_part_and_not_at_it()
    {
        var unmapped = Policy.Checks.UnmappedShareBasisPoints;
        await Sell("bad", 1, ("tea", 100_000 - 10 * unmapped), ("nobody", 10 * unmapped));
        Assert.Empty(Check(5, []).Found);
        await Sell("bad", 2, ("nobody", 1));
        var found = Assert.Single(Check(5, []).Found);
        Assert.Equal((FindingKind.UnmappedShare, "bad"), (found.Kind, found.About.CabinetId));
        await Sell("bad", 3, ("nobody", 10_000), ("tea", 9_999));
        Assert.Equal(10_001 - 2 * unmapped, Assert.Single(Check(5, []).Found).Weight);
        await Sell("good", 1, ("nobody", 10_000), ("tea", 20_000), ("cola", 0));
        Assert.Equal(2, Check(5, []).Found.Count(f => f.Kind == FindingKind.UnmappedShare));
    }

    [Fact]
    public async Task In_a_running_window_a_finding_ends_with_its_condition()
    {
        await Sell("bad", 1, ("cola", 50_100));
        var open = Open(FindingKind.BelowThreshold, "bad");
        Assert.Empty(Check(5, [open]).Ended);
        await Sell("bad", 2, ("tea", 50_100L * (Threshold + 200) / (10_000 - Threshold - 200)));
        var check = Check(5, [open]);
        Assert.Equal([open], check.Ended);
        Assert.Equal(FindingKind.AtRisk, Assert.Single(check.Found).Kind);
    }

    [Fact]
    public async Task In_a_window_that_is_over_it_stays_until_a_sealed_edition_shows_compliance()
    {
        await Sell("bad", 1, ("cola", 50_100));
        var open = Open(FindingKind.BelowThreshold, "bad");
        Assert.Single(Check(Over + 1, [open]).Found);
        await Sell("bad", Over - 1, ("tea", 900_000));
        Assert.Equal([], Check(Over + 2, [open]).Found);
        Assert.Empty(Check(Over + 2, [open]).Ended);
        _service.Clock.UtcMs = Start + Final * Day;
        Assert.Single(await _service.EditionDesk.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal([open], Check(Final + 1, [open]).Ended);
    }

    [Fact]
    public async Task What_a_sealed_edition_shows_in_breach_is_for_a_person_to_close()
    {
        await Sell("bad", 1, ("cola", 50_100));
        var open = Open(FindingKind.BelowThreshold, "bad");
        _service.Clock.UtcMs = Start + Final * Day;
        Assert.Single(await _service.EditionDesk.RunDueAsync(TestContext.Current.CancellationToken));
        var check = Check(Final + 1, [open]);
        Assert.Empty(check.Found);
        Assert.Empty(check.Ended);
    }

    [Fact]
    public async Task Below_the_least_turnover_nothing_is_found_not_even_sales_without_a_mapping()
    {
        await Sell("bad", 1, ("nobody", 90_000));
        Assert.Equal([FindingKind.BelowThreshold, FindingKind.UnmappedShare],
            Check(5, []).Found.Select(f => f.Kind).Order());
        var policy = Policy with { MinimumTurnoverFen = 90_001 };
        _service.Policies.Replace(new([policy], _service.Policies.Book.Revision + 1));
        Assert.Empty(Check(5, []).Found);
    }

    [Fact]
    public async Task A_correction_of_a_final_edition_that_brings_a_breach_is_found_all_the_same()
    {
        await Sell("bad", 1, ("tea", 60_000), ("cola", 40_000));
        _service.Clock.UtcMs = Start + Final * Day;
        Assert.Single(await _service.EditionDesk.RunDueAsync(TestContext.Current.CancellationToken));
        _journals["bad"].Refund("r", _journals["bad"].Id, 1, 50_000, 0, Start + (Final + 1) * Day);
        await Deliver("bad");
        _service.Clock.UtcMs = Start + (Final + 2) * Day;
        Assert.Single(await _service.EditionDesk.RunDueAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"{Window.Name}/cabinet/op-a", Assert.Single(Check(Final + 3, []).Found).Subject);
        Assert.Empty(Check(Final + 2 + 32, []).Found);
    }

    [Theory]
    [InlineData(Judged.OperatorInCounty, "operatorInCounty/op-a", "op-a")]
    [InlineData(Judged.County, "county", "")]
    public async Task What_is_judged_together_is_one_finding_about_all(object judged, string subject, string operatorId)
    {
        var policy = Policy with
        {
            Id = "together", Scope = new PolicyScope(ScopeKind.County, County), Judged = (Judged)judged,
        };
        _service.Policies.Replace(
            new([policy, .. _service.Places.Policies], _service.Policies.Book.Revision + 1));
        await Sell("bad", 1, ("cola", 70_000));
        await Sell("good", 1, ("tea", 60_000), ("cola", 10_000));
        var found = Assert.Single(Check(5, []).Found);
        var about = new FindingAbout(OperatorId: operatorId, CountyCode: County);
        Assert.Equal((FindingKind.BelowThreshold, about, $"{Window.Name}/{subject}/{County}"),
            (found.Kind, found.About, found.Subject));
        var evidence = JsonElement.Parse(found.Evidence);
        Assert.Equal((60_000L, 140_000L, 3), (evidence.GetProperty("aidFen").GetInt64(),
            evidence.GetProperty("totalFen").GetInt64(), evidence.GetProperty("cabinets").GetInt32()));
        Assert.Equal(64, evidence.GetProperty("headsSha256").GetString()!.Length);
    }

    [Fact]
    public void Without_sales_nothing_is_found() => Assert.Empty(Check(5, []).Found);

    private static long Ceiling(long of, long by) => (of + by - 1) / by;

    private OpenFinding Open(FindingKind kind, string cabinet) =>
        new(1, kind, cabinet, $"{Window.Name}/cabinet/op-a");

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

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouStandingFindingsTests() : StandingFindingsTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangStandingFindingsTests() : StandingFindingsTests("linjiang-2027");
