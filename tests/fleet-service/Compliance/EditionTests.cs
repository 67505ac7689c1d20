using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using System.Data.Common;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>Sealed reports on windows, over a real ledger.</summary>
public abstract class EditionTests : IDisposable
{
    private const long Day = JournalOnPaper.DayMs;
    private const long Start = JournalOnPaper.StartUtcMs;

    private readonly HistoryRig _rig = new();
    private readonly HistoryService _service;
    private readonly JournalOnPaper _journal;

    protected EditionTests(string dataSet)
    {
        _service = new HistoryService(_rig, DataSetFile.Load(dataSet));
        _service.Assign("cab-1", "op-a", County, Start);
        _service.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
            1, [new Product("tea", "Tea"), new Product("cola", "Cola")],
            [new Listing("tea", County, InForce.Always)],
            [
                new SkuMapping(null, "tea", "tea", InForce.Always),
                new SkuMapping(null, "cola", "cola", InForce.Always),
            ])));
        _journal = _service.Journal("cab-1", 1);
        _journal.SellAt(Start + Day, "v1", ("tea", 60_000), ("cola", 40_000));
    }

    private Policy Policy => _service.Places.Policies.First(p => p.VenueKind == PolicyBook.CabinetVenue);

    private string County => _service.Places.Counties[0].Code.Value;

    /// <summary>The policy's window that the first sales lie in.</summary>
    private JudgingWindow Window => JudgingWindow.Of(Policy.Window, new DateOnly(2020, 9, 2));

    /// <summary>When that window is over, and when its edition is due.</summary>
    private long Over => _service.Places.Zone.StartOfUtcMs(Window.To) - Start;

    private long Final => Over + Policy.ProvisionalDays * Day;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _service.Dispose();
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_window_that_is_over_gets_its_edition_when_its_provisional_days_have_passed()
    {
        await Deliver();
        Assert.Empty(await RunAt(Over));
        Assert.Empty(await RunAt(Final - 1));
        var edition = Assert.Single(await RunAt(Final));
        Assert.Equal((Window.Name, 1, false), (edition.Window.Name, edition.Number, edition.Provisional));
        Assert.Empty(await RunAt(Final + Day));
        var figures = Content(edition).GetProperty("figures");
        Assert.Equal(60_000, figures.GetProperty("cabinets")[0].GetProperty("aidFen").GetInt64());
        Assert.Equal("compliant", figures.GetProperty("city")[0].GetProperty("standing").GetString());
        Assert.Equal(Hash(_service.Editions.Content(edition.EditionId)!), edition.ContentSha256);
    }

    [Fact]
    public async Task Late_data_makes_the_next_edition_and_the_earlier_one_says_which_figures_changed()
    {
        await Deliver();
        var first = Assert.Single(await RunAt(Final));
        Assert.Null(_service.EditionDesk.CorrectedSince(first));
        _journal.SellAt(Start + Final + Day, "v2", ("cola", 5));
        await Deliver(2);
        Assert.Empty(await RunAt(Final + 2 * Day));

        _journal.Refund("r1", _journal.Id, 1, 30_000, 0, Start + Final + 3 * Day);
        await Deliver(3);
        var second = Assert.Single(await RunAt(Final + 4 * Day));
        Assert.Equal((first.Window, 2, false), (second.Window, second.Number, second.Provisional));
        var corrected = _service.EditionDesk.CorrectedSince(first)!;
        Assert.Equal((second.EditionId, 2), (corrected.EditionId, corrected.Number));
        var aid = Assert.Single(corrected.Changes, c => c is { Of: "cabinets", Figure: "aidFen" });
        Assert.Equal(("cab-1", "op-a", "60000", "30000"),
            (aid.Cabinet, aid.Operator, aid.Before?.GetRawText(), aid.After?.GetRawText()));
        Assert.Contains(corrected.Changes, c => c is { Of: "city", Figure: "standing" });
        Assert.Equal(corrected.Changes.Count, corrected.ChangeCount);
        Assert.Null(_service.EditionDesk.CorrectedSince(second));
        Assert.Empty(await RunAt(Final + 5 * Day));
    }

    [Fact]
    public async Task A_release_from_quarantine_corrects_what_was_sealed()
    {
        var late = _service.Journal("cab-1", 2);
        late.Refund("r1", late.Id, 2, 100, 0, Start + 2 * Day);
        late.SellAt(Start + Day, "", ("cola", 9_000));
        await Deliver();
        await _service.Commit([(late, 1, 2)]);
        var first = Assert.Single(await RunAt(Final));

        // As an update that can read the entry would find it.
        using (var connection = _service.Database.OpenWriter())
        {
            Execute(connection, """
                INSERT INTO corrections (position, cause, aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen,
                                         lines_delta, line_classes, catalogue_version, corrected_utc_ms, corrected_by)
                SELECT position, 'Released', 0, 9000, 0, x'000100', x'02', 1, 0, 'tester' FROM quarantine;
                INSERT INTO totals SELECT 'cab-1', assignment_id, business_day + 1, 2, 9000, 1, 0, 0
                FROM entries WHERE state = 1;
                """);
            TestEngine.SumWindows(connection);
        }

        var second = Assert.Single(await RunAt(Final + Day));
        Assert.Equal((2, 49_000L), (second.Number, Content(second).GetProperty("figures").GetProperty("cabinets")[0]
            .GetProperty("ordinaryFen").GetInt64()));
        Assert.NotNull(_service.EditionDesk.CorrectedSince(first));
    }

    [Fact]
    public async Task An_edition_made_now_is_marked_provisional_and_not_made_twice()
    {
        await Deliver();
        _service.Clock.UtcMs = Start + 3 * Day;
        var window = _service.Query.Window(Window.Name)!;
        var made = Assert.IsType<EditionOutcome.Made>(await _service.EditionDesk.MakeAsync(window, "auditor", Stop));
        Assert.True(made.Edition.Provisional);
        Assert.Equal(["cab-1"], Content(made.Edition).GetProperty("completeness").GetProperty("neverHeard")
            .EnumerateArray().Select(c => c.GetString()));
        var again = await _service.EditionDesk.MakeAsync(window, "auditor", Stop);
        Assert.Equal(made.Edition.EditionId, Assert.IsType<EditionOutcome.Unchanged>(again).Newest.EditionId);

        // The final one has the same figures, so that the provisional one needs no correction.
        var final = Assert.Single(await RunAt(Final));
        Assert.Equal((2, false, made.Edition.FiguresSha256), (final.Number, final.Provisional, final.FiguresSha256));
        Assert.Null(_service.EditionDesk.CorrectedSince(made.Edition));
        Assert.Equal(final.EditionId, Named()!.EditionId);
    }

    [Fact]
    public async Task The_seals_are_chained_and_name_what_they_seal()
    {
        await Deliver();
        _service.Clock.UtcMs = Start + 3 * Day;
        foreach (var name in (string[])[Window.Name, "2020-Q3", "trailing-30"])
        {
            await _service.EditionDesk.MakeAsync(_service.Query.Window(name)!, "auditor", Stop);
        }

        string? before = null;
        foreach (var edition in _service.Editions.List(null, null, 10).Reverse())
        {
            var bytes = _service.Editions.Seal(edition.EditionId)!;
            var seal = JsonElement.Parse(bytes);
            Assert.Equal(Hash(bytes), edition.SealSha256);
            Assert.Equal(before, seal.GetProperty("previousSealSha256").GetString());
            Assert.Equal(edition.ContentSha256, seal.GetProperty("contentSha256").GetString());
            Assert.Equal(1, seal.GetProperty("catalogueVersion").GetInt32());
            Assert.Equal(Policy.Id, seal.GetProperty("policies")[0].GetProperty("id").GetString());
            var head = Assert.Single(new HeadsStore(_service.Database).Of("cab-1"));
            var line = $"cab-1 {_journal.Id} 1 {head.Hash}\n";
            Assert.Equal(Hash(Encoding.UTF8.GetBytes(line)), seal.GetProperty("headsSha256").GetString());
            before = edition.SealSha256;
        }

        Assert.NotNull(before);
    }

    [Theory]
    [InlineData("UPDATE editions SET number = 9")]
    [InlineData("UPDATE editions SET content = x''")]
    public async Task A_sealed_edition_cannot_be_rewritten(string sql)
    {
        await Deliver();
        Assert.Single(await RunAt(Final));
        using var connection = _service.Database.OpenWriter();
        Assert.ThrowsAny<DbException>(() => Execute(connection, sql));
    }

    [Fact]
    public async Task A_window_of_an_older_policy_is_still_sealed_by_it()
    {
        var other = Policy with
        {
            Id = "other", Window = Policy.Window == "week" ? "month" : "week", From = new DateOnly(2020, 10, 1),
            ProvisionalDays = 1,
        };
        _service.Clock.UtcMs = Start + 15 * Day;
        Assert.IsType<Service.Policies.PolicyOutcome.Made>(
            await _service.PolicyDesk.MakeAsync(other, Policy.Id, "tester", Stop));
        _journal.SellAt(Start + 33 * Day, "v2", ("cola", 100));
        await Deliver();
        var editions = await RunAt(65 * Day);
        var next = JudgingWindow.Of(other.Window, new DateOnly(2020, 10, 4));
        Assert.Equal([(Window.Name, Policy.Id), (next.Name, "other")], editions.Select(e => (e.Window.Name,
            Content(e).GetProperty("about").GetProperty("policies")[0].GetProperty("id").GetString()!)));
    }

    [Fact]
    public void A_window_is_final_when_the_most_days_of_the_policies_that_judge_by_it_have_passed()
    {
        var city = Policy with { Window = "month", ProvisionalDays = 4 };
        var county = city with
        {
            Id = "county", Scope = new PolicyScope(ScopeKind.County, County), ProvisionalDays = 9,
        };
        var weekly = county with
        {
            Id = "weekly", Scope = new PolicyScope(ScopeKind.Operator, "op-a"), Window = "week", ProvisionalDays = 30,
        };
        var september = JudgingWindow.Parse("2020-09", new DateOnly(2020, 9, 1))!;
        var zone = _service.Places.Zone;
        Assert.Equal(zone.StartOfUtcMs(new DateOnly(2020, 10, 10)), EditionSchedule.FinalFrom(
            september, new PolicyBook([city, county, weekly]), zone).ToUnixTimeMilliseconds());
    }

    private EditionNamed? Named()
    {
        var ask = (WindowAsk.Windows)_service.Reader.Understand(Window.Name, null);
        var row = Assert.Single(_service.Reports.OfCabinet(ask, "cab-1")!);
        Assert.Equal(row.Edition, _service.Reports.Page(ask, new StandingsFilter(null, null, 1, 9), false)!.Edition);
        return row.Edition;
    }

    private async Task<IReadOnlyList<Edition>> RunAt(long afterStartMs)
    {
        _service.Clock.UtcMs = Start + afterStartMs;
        return await _service.EditionDesk.RunDueAsync(Stop);
    }

    private Task Deliver(ulong first = 1) => _service.Commit([(_journal, first, _journal.Count)]);

    private JsonElement Content(Edition edition) => JsonElement.Parse(_service.Editions.Content(edition.EditionId)!);

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static void Execute(FleetConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        command.ExecuteNonQuery();
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouEditionTests() : EditionTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangEditionTests() : EditionTests("linjiang-2027");
