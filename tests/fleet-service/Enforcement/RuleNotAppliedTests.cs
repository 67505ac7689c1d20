using System.Text.Json;
using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

public abstract class RuleNotAppliedTests(string dataSet)
{
    private static readonly DateTime NextDay = new(2020, 9, 2, 9, 0, 0);

    [Fact]
    public async Task A_restricted_cabinet_that_goes_on_selling_is_found_and_ends_when_aid_has_made_up_for_it()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        var version = rig.State("cab-1").WantedVersion;
        rig.GoTo(NextDay);
        Assert.Empty(Check(rig).Found);
        await rig.Sell(journal, ("cola", 300), ("tea", 90));

        var draft = Assert.Single(Check(rig).Found);
        var about = new FindingAbout("cab-1", "op-a", rig.Books.County);
        Assert.Equal((FindingKind.RuleNotApplied, about, rig.WindowDays), (draft.Kind, draft.About, draft.Subject));
        var evidence = JsonDocument.Parse(draft.Evidence).RootElement;
        Assert.Equal((version, version), (Text(evidence, "wantedVersion"), Text(evidence, "appliedVersion")));
        var beyond = 300 - rig.Gives(90);
        Assert.Equal((90, 300, beyond), (Number(evidence, "aidFen"), Number(evidence, "ordinaryFen"),
            Number(evidence, "beyondLimitFen")));
        var head = Assert.Single(evidence.GetProperty("heads").EnumerateArray());
        Assert.Equal(($"{journal.Id}", 3L, $"{journal.Tail.Hash}"),
            (Text(head, "journal"), Number(head, "seq"), Text(head, "hash")));
        Assert.Equal((rig.Policy.Id, rig.Policy.Version, 3L), (Text(evidence, "policyId"),
            Number(evidence, "policyVersion"), Number(evidence, "catalogueVersion")));
        Assert.Equal([version], evidence.GetProperty("judgedByVersions").EnumerateArray().Select(v => v.GetString()));
        Assert.True(evidence.GetProperty("canRefuse").GetBoolean());
        Assert.Equal(beyond, draft.Weight);

        await rig.Sell(journal, ("tea", 300));
        var open = new OpenFinding(7, draft.Kind, "cab-1", draft.Subject);
        var elsewhere = open with { FindingId = 8, CabinetId = "cab-2" };
        var check = rig.Source.Check(rig.Moment, [open, elsewhere], BooksRig.Stop);
        Assert.Empty(check.Found);
        Assert.Equal([open], check.Ended);
    }

    [Fact]
    public async Task A_cabinet_that_passes_over_its_config_for_a_day_is_found_and_one_that_could_not_know_is_not()
    {
        using var rig = new EnforcementRig(dataSet);
        var heard = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        var deaf = await rig.Sell("cab-2", ("cola", rig.BreachFen));
        await rig.Plan();
        Assert.Equal(Rung.Restricted, rig.State("cab-2").Ladder.Rung);
        await rig.Sent("cab-1");
        await rig.Sent("cab-2");
        rig.Books.Time.Advance(TimeSpan.FromSeconds(1));
        rig.Hear(heard);
        await rig.Plan();

        rig.GoTo(NextDay);
        await rig.Sell(heard, ("cola", 200));
        rig.Hear(heard);
        await rig.Plan();
        rig.GoTo(NextDay.AddDays(1));
        Assert.Empty(Check(rig).Found);
        await rig.Sell(heard, ("cola", 300));
        await rig.Sell(deaf, ("cola", 300));
        var draft = Assert.Single(Check(rig).Found);
        Assert.Equal("cab-1", draft.About.CabinetId);
        var evidence = JsonDocument.Parse(draft.Evidence).RootElement;
        Assert.Equal(("", 300), (Text(evidence, "appliedVersion"), Number(evidence, "beyondLimitFen")));
    }

    [Fact]
    public async Task A_hello_alone_tells_of_no_newer_config()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan();
        await rig.Sent("cab-1");
        rig.Books.Time.Advance(TimeSpan.FromSeconds(1));
        rig.Hear(journal);
        await rig.Plan();
        rig.GoTo(new DateTime(2020, 9, 1, 23, 0, 0));
        rig.Hear(journal);
        await rig.Plan();
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300));
        Assert.Empty(Check(rig).Found);
    }

    [Fact]
    public async Task What_was_sold_before_the_cabinet_said_that_it_knew_is_not_held_against_it_and_what_follows_is()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        await rig.Sell(journal, ("cola", 5_000));
        rig.GoTo(new DateTime(2020, 9, 1, 0, 9, 59));

        // A vend that was approved before may still be delivered.
        await rig.Sell(journal, ("cola", 400));
        Assert.Empty(Check(rig).Found);
        rig.GoTo(new DateTime(2020, 9, 1, 0, 10, 2));
        await rig.Sell(journal, ("cola", 300));
        Assert.Equal(300, Number(JsonDocument.Parse(Assert.Single(Check(rig).Found).Evidence).RootElement,
            "beyondLimitFen"));
    }

    [Fact]
    public async Task The_allowance_and_refunds_of_aid_are_not_held_against_it()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var journal = await rig.Sell("cab-1", ("tea", 4_500), ("cola", rig.Gives(4_500) + 500));
        await Inform(rig, journal);
        rig.GoTo(NextDay);

        // With an allowance of 1,000, 500 more may be sold.
        await rig.Sell(journal, ("cola", 500));
        journal.Refund("r1", journal.Id, 1, 4_500, utcMs: rig.Moment.NowUtcMs);
        await rig.Books.Commit(journal, 4);
        Assert.Empty(Check(rig, before: 4_500).Found);
        await rig.Sell(journal, ("cola", 1));
        Assert.Single(Check(rig, before: 4_500).Found);
    }

    /// <summary>
    /// 500 beyond what the aid allows, with an allowance of 1,500, which is a part of the turnover of the week before,
    /// and 90 of aid since: 1,000 of ordinary products may follow and what the 90 allow.
    /// </summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(250)]
    public async Task Up_to_the_limit_nothing_is_found_and_one_fen_more_is_with_exact_amounts(long beyond)
    {
        using var rig = new EnforcementRig(dataSet, static policy => policy with
        {
            Window = "week", MinimumTurnoverFen = 0,
        });
        var cola = rig.Gives(4_500) + 500;
        var sold = 1_000 + rig.Gives(90) + beyond;
        var journal = await rig.Sell("cab-1", ("tea", 15_000));
        rig.GoTo(NextDay.AddDays(5));
        await rig.Sell(journal, ("tea", 4_500), ("cola", cola));
        await Inform(rig, journal);
        rig.GoTo(NextDay.AddDays(6));
        await rig.Sell(journal, ("cola", sold), ("tea", 90));

        var found = rig.Source.Check(rig.Moment, [], BooksRig.Stop).Found;
        Assert.Equal(beyond <= 0 ? 0 : 1, found.Count);
        foreach (var draft in found)
        {
            var evidence = JsonDocument.Parse(draft.Evidence).RootElement;
            Assert.Equal((4_500, 4_500 + cola, 1_500), (Number(evidence, "beforeAidFen"),
                Number(evidence, "beforeTotalFen"), Number(evidence, "allowanceFen")));
            Assert.Equal((90, sold, 0, beyond), (Number(evidence, "aidFen"), Number(evidence, "ordinaryFen"),
                Number(evidence, "exemptFen"), Number(evidence, "beyondLimitFen")));
        }
    }

    [Fact]
    public async Task A_cabinet_is_judged_by_the_classes_it_was_told()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);

        // Tea is taken out of the catalogue while the cabinet is offline and goes on selling it as aid.
        rig.Books.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
            4, [new Product("cola", "Cola")], [], [new SkuMapping(null, "cola", "cola", InForce.Always)])));
        await rig.Sell(journal, ("tea", 270), ("cola", rig.Gives(270)));
        await rig.Plan();
        Assert.Empty(Check(rig).Found);

        await rig.Sell(journal, ("cola", 1));
        Assert.Equal(1, Number(JsonDocument.Parse(Assert.Single(Check(rig).Found).Evidence).RootElement,
            "beyondLimitFen"));
    }

    [Fact]
    public async Task Days_before_that_are_judged_anew_are_not_held_against_it()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var journal = await rig.Sell("cab-1", ("tea", 4_500), ("cola", rig.Gives(4_500) + 500));
        await Inform(rig, journal);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 500));

        // The tea of 1 September is found to have been no aid after all.
        rig.Books.Files.Run("""
            INSERT INTO corrections (position, cause, aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen,
              lines_delta, line_classes, catalogue_version, corrected_utc_ms, corrected_by)
            SELECT position, 'Rejudged', -aid_fen, aid_fen, 0, x'FF0100', x'02', 4, 1, 'wang' FROM entries
            WHERE aid_fen > 0
            """);
        Assert.Empty(Check(rig, before: 4_500).Found);
        await rig.Sell(journal, ("cola", 1));
        Assert.Single(Check(rig, before: 4_500).Found);
    }

    [Fact]
    public async Task Aid_that_nobody_had_told_the_cabinet_of_is_not_held_against_it()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("herbs", 300));
        Assert.Single(Check(rig).Found);
        rig.Books.Files.Run("""
            INSERT INTO corrections (position, cause, aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen,
              lines_delta, line_classes, catalogue_version, corrected_utc_ms, corrected_by)
            SELECT position, 'Rejudged', unmapped_fen, 0, -unmapped_fen, x'0100FF', x'01', 4, 1, 'wang' FROM entries
            WHERE unmapped_fen > 0
            """);
        Assert.Empty(Check(rig).Found);
    }

    [Fact]
    public async Task A_sale_that_was_released_from_quarantine_counts_by_its_correction()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300), ("tea", 300));
        rig.Books.Files.Run("UPDATE entries SET state = 1 WHERE aid_fen > 0");
        Assert.Single(Check(rig).Found);
        rig.Books.Files.Run("""
            INSERT INTO corrections (position, cause, aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen,
              lines_delta, line_classes, catalogue_version, corrected_utc_ms, corrected_by)
            SELECT position, 'Released', aid_fen, 0, 0, x'010000', x'01', 3, 1, 'wang' FROM entries WHERE aid_fen > 0
            """);
        Assert.Empty(Check(rig).Found);
    }

    [Fact]
    public async Task An_ordinary_sale_that_was_given_back_is_not_held_against_it()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300));
        journal.Refund("r1", journal.Id, journal.Count, 200, utcMs: rig.Moment.NowUtcMs);
        await rig.Books.Commit(journal, journal.Count);
        Assert.Equal(100, Assert.Single(Check(rig).Found).Weight);
    }

    [Fact]
    public async Task Essential_products_always_pass_and_are_not_held_against_it()
    {
        using var rig = new EnforcementRig(dataSet);
        await rig.Exemptions.AddAsync(new EssentialSku(
            0, "", "", "cola", "drinking water", "wang", 0, null, null, null), BooksRig.Stop);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300));
        Assert.Empty(Check(rig).Found);
        await rig.Sell(journal, ("chips", 20));
        var evidence = JsonDocument.Parse(Assert.Single(Check(rig).Found).Evidence).RootElement;
        Assert.Equal((300, 20), (Number(evidence, "exemptFen"), Number(evidence, "beyondLimitFen")));
    }

    [Fact]
    public async Task A_cabinet_that_cannot_refuse_is_found_likewise_and_the_evidence_says_so()
    {
        using var rig = new EnforcementRig(dataSet);
        var id = rig.Books.Cabinet("cab-1").Id;
        using (var connection = rig.Books.Database.OpenWriter())
        {
            FleetStore.SetKind(connection, id, CabinetKind.OpenDoor, 1);
        }

        rig.Books.Register.Refresh([id]);
        var journal = await Restricted(rig);
        Assert.Equal(CabinetKind.OpenDoor, rig.Config("cab-1").Kind);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300));
        var evidence = JsonDocument.Parse(Assert.Single(Check(rig).Found).Evidence).RootElement;
        Assert.Equal("OpenDoor", Text(evidence, "kind"));
        Assert.False(evidence.GetProperty("canRefuse").GetBoolean());
    }

    [Fact]
    public async Task The_window_before_is_looked_at_while_its_figures_still_come_in()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { ProvisionalDays = 3 });
        var journal = await Restricted(rig);
        rig.GoToEnd(days: -1, hour: 22);
        await rig.Sell(journal, ("cola", 300));

        rig.GoToEnd(days: 2, hour: 12);
        Assert.Equal(rig.WindowDays, Assert.Single(Check(rig).Found).Subject);
        rig.GoToEnd(days: 3, hour: 12);
        Assert.Empty(Check(rig).Found);
    }

    /// <summary>A cabinet that sold cola alone on 1 September, and heard of its restriction that day.</summary>
    private static async Task<JournalOnPaper> Restricted(EnforcementRig rig)
    {
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await Inform(rig, journal);
        return journal;
    }

    private static async Task Inform(EnforcementRig rig, JournalOnPaper journal)
    {
        await rig.Plan("cab-1");
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);
        await rig.Inform(journal);
    }

    private static FindingCheck Check(EnforcementRig rig, long before = 0)
    {
        var check = rig.Source.Check(rig.Moment, [], BooksRig.Stop);
        Assert.Empty(check.Ended);
        Assert.All(check.Found, draft => Assert.Equal(
            before, Number(JsonDocument.Parse(draft.Evidence).RootElement, "beforeAidFen")));
        return check;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRuleNotAppliedTests() : RuleNotAppliedTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangRuleNotAppliedTests() : RuleNotAppliedTests("linjiang-2027");
