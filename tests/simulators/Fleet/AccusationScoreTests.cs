using CsCheck;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;
using Xunit;

namespace KioskFleet.Simulators.Tests.Fleet;

public sealed class AccusationScoreTests
{
    private static readonly HashSet<string> Honest = ["KF000001", "KF000002"];

    [Fact]
    public void Everything_planted_and_nothing_else_is_one_and_one()
    {
        var score = Judge([Planted(AccusationKind.ProductBurst, 7)], [], Found(AccusationKind.ProductBurst, 7));
        Assert.Equal((1m, 1m), (score.Precision, score.Recall));
        Assert.True(score.Holds);
        Assert.Empty(score.Misses);
        Assert.Empty(score.FalseAccusations);
    }

    [Fact]
    public void An_honest_cabinet_that_is_accused_counts_against_precision_and_is_named()
    {
        var score = Judge(
            [Planted(AccusationKind.ProductBurst, 7)], [],
            Found(AccusationKind.ProductBurst, 7), Found(AccusationKind.PriceOutlier, 1));
        Assert.Equal((0.5m, 1m), (score.Precision, score.Recall));
        Assert.Equal(["KF000001"], score.HonestAccused);
        Assert.Equal(["KF000001 (OP1): PriceOutlier is found and not planted (2020-09)"], score.FalseAccusations);
        Assert.False(score.Holds);
    }

    [Fact]
    public void A_deed_of_a_cheat_that_was_not_planted_is_a_false_accusation_too()
    {
        var score = Judge(
            [Planted(AccusationKind.ProductBurst, 7)], [],
            Found(AccusationKind.ProductBurst, 7), Found(AccusationKind.BuyerBurst, 7));
        Assert.Equal(0.5m, score.Precision);
        Assert.Empty(score.HonestAccused);
    }

    [Fact]
    public void The_right_cabinet_for_the_wrong_deed_is_both_a_miss_and_a_false_accusation()
    {
        var score = Judge([Planted(AccusationKind.ProductBurst, 7)], [], Found(AccusationKind.BuyerBurst, 7));
        Assert.Equal((0m, 0m), (score.Precision, score.Recall));
        Assert.Equal(["KF000007 (OP7): ProductBurst is planted and not found"], score.Misses);
    }

    [Fact]
    public void What_an_act_entails_counts_neither_for_nor_against()
    {
        var planted = Planted(AccusationKind.AbsurdSale, 7);
        var entailed = Planted(AccusationKind.PriceOutlier, 7);
        foreach (var found in new[]
        {
            new[] { Found(AccusationKind.AbsurdSale, 7) },
            [Found(AccusationKind.AbsurdSale, 7), Found(AccusationKind.PriceOutlier, 7)],
        })
        {
            var score = Judge([planted], [entailed], found);
            Assert.Equal((1m, 1m), (score.Precision, score.Recall));
            Assert.Single(score.Kinds);
        }

        Assert.Equal(0m, Judge([planted], [entailed], Found(AccusationKind.PriceOutlier, 7)).Recall);
    }

    [Fact]
    public void A_finding_without_a_cabinet_is_about_the_deeds_of_its_operator()
    {
        var planted = new[]
        {
            new Accusation(AccusationKind.PaidNotRecorded, "KF000007", "OP7"),
            new Accusation(AccusationKind.PaidNotRecorded, "KF000008", "OP7"),
            new Accusation(AccusationKind.PaidNotRecorded, "KF000009", "OP9"),
        };
        var score = Judge(planted, [], new FoundAccusation(AccusationKind.PaidNotRecorded, "", "OP7", ""));
        Assert.Equal((1m, 0.6666m), (score.Precision, score.Recall));
        var wrong = Judge(planted, [], new FoundAccusation(AccusationKind.PaidNotRecorded, "", "OP1", "bill"));
        Assert.Equal(["OP1: PaidNotRecorded is found and not planted (bill)"], wrong.FalseAccusations);
        Assert.Equal(0m, Judge(planted, [], new FoundAccusation(AccusationKind.PaidNotRecorded, "", "", "")).Recall);
    }

    [Fact]
    public void The_same_accusation_of_two_months_is_one()
    {
        var score = Judge(
            [Planted(AccusationKind.ProductBurst, 7)], [],
            Found(AccusationKind.ProductBurst, 7), Found(AccusationKind.ProductBurst, 7) with { Subject = "2020-08" },
            Found(AccusationKind.PriceOutlier, 9), Found(AccusationKind.PriceOutlier, 9) with { Subject = "2020-08" });
        Assert.Equal(0.5m, score.Precision);
    }

    [Fact]
    public void Nothing_found_is_precise_and_recalls_nothing()
    {
        var score = Judge([Planted(AccusationKind.AbsurdSale, 7)], []);
        Assert.Equal((1m, 0m), (score.Precision, score.Recall));
    }

    [Fact]
    public void What_is_not_all_of_it_never_reads_as_one() => Assert.Equal(0.9999m, Judge(
        [.. Enumerable.Range(1, 11_000).Select(i => Planted(AccusationKind.AbsurdSale, i))], [],
        [.. Enumerable.Range(2, 10_999).Select(i => Found(AccusationKind.AbsurdSale, i))]).Recall);

    [Fact]
    public void Kinds_that_accuse_nobody_are_not_judged()
    {
        Assert.Null(FoundAccusation.Of(new ApiFinding(1, "AtRisk", "Open", "KF000001", "OP1", "")));
        Assert.Null(FoundAccusation.Of(new ApiFinding(1, "MappingOverdue", "Open", "", "", "")));
        Assert.NotNull(FoundAccusation.Of(new ApiFinding(1, "BelowThreshold", "Open", "KF000001", null, null)));
        Assert.False(new ApiFinding(1, "AtRisk", "Closed", "", "", "").Stands);
        Assert.True(new ApiFinding(1, "AtRisk", "Explained", "", "", "").Stands);
        Assert.True(new ApiFinding(1, "AtRisk", null, "", "", "").Stands);
    }

    [Fact]
    public void Precision_and_recall_are_what_sets_say() =>
        Gen.Select(Accusations, Accusations).Sample((planted, found) =>
        {
            var (p, f) = (planted.ToHashSet(), found.ToHashSet());
            var score = Judge(
                [.. p.Select(one => Planted(one.Kind, one.Cabinet))], [],
                [.. found.Select(one => Found(one.Kind, one.Cabinet))]);
            var both = p.Intersect(f).Count();
            Assert.Equal(f.Count == 0 ? 1 : Math.Truncate(10_000m * both / f.Count) / 10_000, score.Precision);
            Assert.Equal(p.Count == 0 ? 1 : Math.Truncate(10_000m * both / p.Count) / 10_000, score.Recall);
            Assert.Equal((p.Count - both, f.Count - both), (score.Misses.Count, score.FalseAccusations.Count));
            Assert.Equal(
                f.Except(p).Select(one => Planted(one.Kind, one.Cabinet).Cabinet).Where(Honest.Contains).Distinct()
                    .Order(StringComparer.Ordinal),
                score.HonestAccused);
        });

    private static readonly Gen<(AccusationKind Kind, int Cabinet)[]> Accusations = Gen.Select(
        Gen.Int[0, Enum.GetValues<AccusationKind>().Length - 1].Select(i => Enum.GetValues<AccusationKind>()[i]),
        Gen.Int[1, 6]).Array[0, 12];

    private static AccusationScore Judge(
        Accusation[] expected, Accusation[] entailed, params FoundAccusation[] found) =>
        AccusationScore.Judge(new PlantedAccusations(expected, entailed, Honest), found);

    private static Accusation Planted(AccusationKind kind, int cabinet) =>
        new(kind, $"KF{cabinet:000000}", $"OP{cabinet}");

    private static FoundAccusation Found(AccusationKind kind, int cabinet) =>
        new(kind, $"KF{cabinet:000000}", $"OP{cabinet}", "2020-09");
}
