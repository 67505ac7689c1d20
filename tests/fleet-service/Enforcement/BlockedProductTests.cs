using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

public abstract class BlockedProductTests(string dataSet)
{
    private static readonly DateTime Suspended = new(2020, 9, 2, 9, 0, 0);

    [Fact]
    public async Task A_product_that_was_sold_while_the_config_blocked_it_is_found_and_only_a_person_closes_it()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Told(rig, inForceFor: null);
        rig.GoTo(Suspended.AddHours(1));
        await rig.Sell(journal, ("tea", 500), ("cola", 100));
        await rig.SellDenied(journal, "tea", 300);
        Assert.Empty(Check(rig));
        var blocking = rig.State("cab-1").WantedVersion;
        await Hear(rig, journal);

        var draft = Assert.Single(Check(rig));
        Assert.Equal((FindingKind.BlockedProductSold, new FindingAbout("cab-1", "op-a", rig.Books.County),
            "tea 2020-09-01/2020-09-30", 2L), (draft.Kind, draft.About, draft.Subject, draft.Weight));
        Assert.Equal(FindingSeverity.Serious, FindingFacts.Of(draft.Kind).Severity);
        var evidence = JsonDocument.Parse(draft.Evidence).RootElement;
        Assert.Equal((2, 2, 800, 1), (Number(evidence, "sales"), Number(evidence, "pieces"),
            Number(evidence, "amountFen"), Number(evidence, "deniedSales")));
        Assert.Equal((4, 1), (Number(evidence, "catalogueVersion"), Number(evidence, "policyVersion")));
        Assert.Equal([blocking],
            evidence.GetProperty("blockedByVersions").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(4, Number(Assert.Single(evidence.GetProperty("heads").EnumerateArray()), "seq"));

        var open = new OpenFinding(7, draft.Kind, "cab-1", draft.Subject);
        Assert.Empty(rig.Blocked.Check(rig.Moment, [open], BooksRig.Stop).Ended);
    }

    [Fact]
    public async Task A_cabinet_that_did_not_know_of_the_block_yet_is_not_accused()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await rig.Sell("cab-1", ("tea", 100));
        await rig.Plan();
        await rig.Inform(journal);
        var before = rig.State("cab-1").WantedVersion;
        rig.GoTo(Suspended);
        Suspend(rig, null);
        await rig.Plan();
        Assert.NotEqual(before, rig.State("cab-1").WantedVersion);
        rig.GoTo(Suspended.AddHours(1));
        await rig.Sell(journal, ("tea", 500));
        rig.Hear(journal, before);
        await rig.Plan();
        Assert.Empty(Check(rig));
    }

    [Fact]
    public async Task What_may_have_been_approved_before_is_not_held_against_it_and_neither_is_what_came_after()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Told(rig, inForceFor: TimeSpan.FromHours(3));
        rig.GoTo(Suspended.AddMinutes(9));
        await rig.Sell(journal, ("tea", 500));
        rig.GoTo(Suspended.AddHours(3).AddMinutes(5));
        await rig.Sell(journal, ("tea", 500));
        rig.GoTo(Suspended.AddHours(4));
        await rig.Sell(journal, ("tea", 500));
        await Hear(rig, journal);
        Assert.Empty(Check(rig));
    }

    [Fact]
    public async Task A_vend_approved_before_the_block_began_or_was_heard_of_may_be_delivered_after_it()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await rig.Sell("cab-1", ("tea", 100));
        rig.GoTo(Suspended);
        Suspend(rig, null);
        await rig.Plan();
        rig.GoTo(Suspended.AddHours(1));
        await rig.Inform(journal);
        rig.GoTo(Suspended.AddHours(1).AddMinutes(9));
        await rig.Sell(journal, ("tea", 500));
        rig.GoTo(Suspended.AddHours(2));
        await Hear(rig, journal);
        Assert.Empty(Check(rig));

        // A block that begins at a moment to come is told beforehand.
        Suspend(rig, null, version: 5, TimeSpan.FromHours(1));
        await rig.Plan();
        await rig.Inform(journal);
        rig.GoTo(Suspended.AddHours(3).AddMinutes(9));
        await rig.Sell(journal, ("tea", 500));
        rig.GoTo(Suspended.AddHours(3).AddMinutes(11));
        await rig.Sell(journal, ("tea", 30));
        rig.GoTo(Suspended.AddHours(4));
        await Hear(rig, journal);
        Assert.Equal(30, Number(JsonDocument.Parse(Assert.Single(Check(rig)).Evidence).RootElement, "amountFen"));
    }

    [Fact]
    public async Task A_cabinet_that_is_neither_restricted_nor_under_a_policy_is_looked_at_likewise()
    {
        using var rig = new EnforcementRig(dataSet);
        rig.Put();
        var journal = await Told(rig, inForceFor: null);
        Assert.Equal(Rung.Observing, rig.State("cab-1").Ladder.Rung);
        rig.GoTo(Suspended.AddHours(1));
        await rig.Sell(journal, ("tea", 500));
        await Hear(rig, journal);
        Assert.Single(Check(rig));
        rig.GoTo(new DateTime(2020, 10, 31, 9, 0, 0));
        Assert.Single(Check(rig));
        rig.GoTo(new DateTime(2020, 11, 1, 9, 0, 0));
        Assert.Empty(Check(rig));
    }

    /// <summary>A cabinet that works by a config in which tea is suspended for quality.</summary>
    private static async Task<JournalOnPaper> Told(EnforcementRig rig, TimeSpan? inForceFor)
    {
        var journal = await rig.Sell("cab-1", ("tea", 100));
        rig.GoTo(Suspended);
        Suspend(rig, inForceFor);
        await rig.Plan();
        await rig.Inform(journal);
        return journal;
    }

    private static void Suspend(EnforcementRig rig, TimeSpan? inForceFor, int version = 4, TimeSpan after = default)
    {
        var fromUtcMs = rig.Moment.NowUtcMs + (long)after.TotalMilliseconds;
        rig.Books.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
            version, [new Product("tea", "Tea"), new Product("cola", "Cola")],
            [new Listing("tea", rig.Books.County, InForce.Always)],
            [new SkuMapping(null, "tea", "tea", InForce.Always), new SkuMapping(null, "cola", "cola", InForce.Always)])
        {
            Blocks = [new ProductBlock("tea", rig.Books.County, new InForce(fromUtcMs, inForceFor is { } span
                ? fromUtcMs + (long)span.TotalMilliseconds : null))],
        }));
    }

    private static Task<int> Hear(EnforcementRig rig, JournalOnPaper journal)
    {
        rig.Hear(journal, rig.State("cab-1").WantedVersion);
        return rig.Plan();
    }

    private static IReadOnlyList<FindingDraft> Check(EnforcementRig rig) =>
        rig.Blocked.Check(rig.Moment, [], BooksRig.Stop).Found;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouBlockedProductTests() : BlockedProductTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangBlockedProductTests() : BlockedProductTests("linjiang-2027");
