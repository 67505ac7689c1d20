using System.Text.Json;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

/// <summary>What people excused is not held against a cabinet.</summary>
public abstract class ExcusedSalesTests(string dataSet)
{
    private static readonly DateTime NextDay = new(2020, 9, 2, 9, 0, 0);

    [Theory]
    [InlineData(Exemption.OfCabinet, "cab-1")]
    [InlineData(Exemption.OfOperator, "op-a")]
    public async Task What_was_sold_under_an_exemption_is_never_held_against_a_cabinet_also_when_it_is_over(
        string scope, string subject)
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Exemptions.AddAsync(new Exemption(0, scope, subject, "flood", "wang", rig.Moment.NowUtcMs,
            rig.Moment.NowUtcMs + 3 * JournalOnPaper.DayMs, null, null), BooksRig.Stop);
        await rig.Plan();
        await rig.Inform(journal);
        rig.GoTo(NextDay.AddDays(2));
        await rig.Sell(journal, ("cola", 30_000));
        Assert.Empty(Check(rig));

        rig.GoTo(NextDay.AddDays(4));
        await rig.Plan();
        await rig.Inform(journal);
        Assert.Empty(Check(rig));
        rig.GoTo(NextDay.AddDays(4).AddHours(3));
        await rig.Sell(journal, ("cola", 70));
        Assert.Equal(70, Number(Assert.Single(Check(rig)), "beyondLimitFen"));
    }

    [Fact]
    public async Task An_exemption_that_the_cabinet_never_heard_of_excuses_it_all_the_same()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Exemptions.AddAsync(new Exemption(0, Exemption.OfCabinet, "cab-1", "flood", "wang",
            rig.Moment.NowUtcMs, rig.Moment.NowUtcMs + JournalOnPaper.DayMs, null, null), BooksRig.Stop);
        await rig.Sell(journal, ("cola", 300));
        Assert.Empty(Check(rig));
        rig.GoTo(NextDay.AddDays(1));
        await rig.Sell(journal, ("cola", 50));
        Assert.Equal((50, 300), (Number(Assert.Single(Check(rig)), "beyondLimitFen"),
            Number(Assert.Single(Check(rig)), "exemptFen")));
    }

    [Fact]
    public async Task After_an_exemption_was_ended_early_a_cabinet_is_judged_from_when_it_heard_so()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        var made = await rig.Exemptions.AddAsync(new Exemption(0, Exemption.OfCabinet, "cab-1", "flood", "wang",
            rig.Moment.NowUtcMs, rig.Moment.NowUtcMs + 9 * JournalOnPaper.DayMs, null, null), BooksRig.Stop);
        await rig.Plan();
        await rig.Inform(journal);
        rig.GoTo(NextDay.AddDays(1));
        await rig.Exemptions.EndExemptionAsync(made.ExemptionId, "wang", BooksRig.Stop);
        await rig.Plan();

        rig.GoTo(NextDay.AddDays(2));
        await rig.Sell(journal, ("cola", 300));
        Assert.Empty(Check(rig));
        await rig.Inform(journal);
        rig.GoTo(NextDay.AddDays(3));
        await rig.Sell(journal, ("cola", 50));
        Assert.Equal(50, Number(Assert.Single(Check(rig)), "beyondLimitFen"));
    }

    [Fact]
    public async Task A_product_that_was_essential_then_is_not_held_against_it_now()
    {
        using var rig = new EnforcementRig(dataSet);
        var made = await rig.Exemptions.AddAsync(new EssentialSku(
            0, "", "", "cola", "drinking water", "wang", 0, null, null, null), BooksRig.Stop);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300));
        await rig.Exemptions.EndEssentialAsync(made.EssentialId, "wang", BooksRig.Stop);
        await rig.Plan();
        await rig.Inform(journal);
        Assert.Empty(Check(rig));
        rig.GoTo(NextDay.AddDays(1));
        await rig.Sell(journal, ("cola", 50));
        Assert.Equal(50, Number(Assert.Single(Check(rig)), "beyondLimitFen"));
    }

    [Fact]
    public async Task A_product_named_essential_is_excused_before_the_cabinet_hears_of_it()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Exemptions.AddAsync(new EssentialSku(
            0, "", "op-a", "cola", "drinking water", "wang", rig.Moment.NowUtcMs, null, null, null), BooksRig.Stop);
        await rig.Sell(journal, ("cola", 300));
        Assert.Empty(Check(rig));
    }

    /// <summary>A cabinet that sold cola alone on 1 September, and heard of its restriction that day.</summary>
    private static async Task<JournalOnPaper> Restricted(EnforcementRig rig)
    {
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan("cab-1");
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);
        await rig.Inform(journal);
        return journal;
    }

    private static List<JsonElement> Check(EnforcementRig rig) =>
        [.. rig.Source.Check(rig.Moment, [], BooksRig.Stop).Found
            .Select(draft => JsonDocument.Parse(draft.Evidence).RootElement)];

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouExcusedSalesTests() : ExcusedSalesTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangExcusedSalesTests() : ExcusedSalesTests("linjiang-2027");
