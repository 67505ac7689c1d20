using CsCheck;
using KioskFleet.Simulators.CityLoad;
using Xunit;

namespace KioskFleet.Simulators.Tests.CityLoad;

public sealed class PlantedAccusationsTests
{
    [Fact]
    public void Nobody_blameless_is_expected_to_be_accused_and_every_deed_is() =>
        Gen.Select(Gen.Int[1, 80], Gen.Int[1, 4], Gen.ULong).Sample((cabinets, days, seed) =>
        {
            var plan = Chuzhou.Plan(cabinets, days, seed, new DateTimeOffset(2020, 8, 30, 4, 0, 0, TimeSpan.Zero));
            var (expected, entailed, blameless) = PlantedAccusations.Of(plan, PlantedTruth.Compute(plan));
            Assert.Equal(expected.Count, expected.Distinct().Count());
            foreach (var cabinet in plan.Cabinets)
            {
                var kinds = expected.Where(a => a.Cabinet == cabinet.Id.Value).Select(a => a.Kind).ToHashSet();
                AccusationKind[] figures =
                [
                    .. BehaviourTraits.EndsAs(cabinet.Behaviour) == ExpectedStanding.Breach
                        ? [AccusationKind.BelowThreshold]
                        : Array.Empty<AccusationKind>(),
                    .. cabinet.Behaviour == Behaviour.UnmappedTrade
                        ? [AccusationKind.UnmappedShare]
                        : Array.Empty<AccusationKind>(),
                ];
                Assert.Equal(PlantedAccusations.DeedsOf(cabinet.Behaviour).Concat(figures).Order(), kinds.Order());
                Assert.Equal(BehaviourTraits.IsBlameless(cabinet.Behaviour), blameless.Contains(cabinet.Id.Value));
                Assert.True(!blameless.Contains(cabinet.Id.Value) || kinds.Count == 0);
            }

            Assert.All(entailed, a => Assert.Contains(expected,
                e => e.Cabinet == a.Cabinet && e.Kind == AccusationKind.AbsurdSale));
        }, iter: 60);

    [Fact]
    public void Every_kind_that_a_load_can_make_is_planted_by_the_default_demo()
    {
        var plan = Chuzhou.Plan(40, 3, 1, new DateTimeOffset(2020, 8, 29, 16, 0, 0, TimeSpan.Zero));
        var planted = PlantedAccusations.Of(plan, PlantedTruth.Compute(plan)).Expected.Select(a => a.Kind).ToHashSet();
        AccusationKind[] never =
        [
            AccusationKind.ChainBroken, AccusationKind.Fork, AccusationKind.SequenceGap,
            AccusationKind.ClockImplausible, AccusationKind.RefundAbovePaid, AccusationKind.RuleNotApplied,
            AccusationKind.BlockedProductSold,
            AccusationKind.MissingBill, AccusationKind.UncheckablePayments,
        ];
        Assert.Equal(Enum.GetValues<AccusationKind>().Except(never).Order(), planted.Order());
    }

    [Fact]
    public void The_kinds_are_the_services_words()
    {
        var service = Enum.GetNames<KioskFleet.Service.Findings.FindingKind>().ToHashSet();
        Assert.All(Enum.GetNames<AccusationKind>(), name => Assert.Contains(name, service));
    }

    [Fact]
    public void The_marks_are_those_of_the_shipped_policy()
    {
        var shipped = new KioskFleet.Service.Places.CheckTerms();
        foreach (var mark in typeof(CheckMarks).GetProperties())
        {
            var term = shipped.GetType().GetProperty(mark.Name);
            Assert.NotNull(term);
            Assert.Equal($"{term.GetValue(shipped)}", $"{mark.GetValue(new CheckMarks())}");
        }
    }
}
