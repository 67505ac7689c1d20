using System.Numerics;
using CsCheck;
using KioskFleet.Simulators.CityLoad;
using Xunit;

namespace KioskFleet.Simulators.Tests.CityLoad;

public sealed class PlantedTruthTests
{
    [Fact]
    public void What_is_planted_is_surely_so_for_every_seed_and_size() =>
        Gen.Select(Gen.Int[8, 60], Gen.Int[1, 5], Gen.ULong, Gen.Int[0, 24 * 60]).Sample((cabinets, days, seed, hour) =>
        {
            var start = new DateTimeOffset(2020, 9, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour);
            AssertPlanted(Chuzhou.Plan(cabinets, days, seed, start));
        }, iter: 200);

    [Fact]
    public void What_is_planted_is_surely_so_with_hardly_any_sales_and_with_other_policies() =>
        Gen.Select(Gen.Int[1, 60], Gen.ULong, Gen.Int[2_000, 8_000], Gen.Int[100, 1_000], Gen.Int[1, 40])
            .Sample((cabinets, seed, threshold, margin, mean) => AssertPlanted(CityPlan.Create(Chuzhou.Counties,
                new CityPlanOptions
                {
                    Cabinets = cabinets, Days = 1, Seed = seed, StartUtc = Chuzhou.Start, MeanSalesPerDay = mean,
                    ThresholdBasisPoints = threshold, WarningMarginBasisPoints = margin,
                })), iter: 200);

    [Fact]
    public void The_truth_is_what_a_slow_recount_finds() =>
        Gen.Select(Gen.Int[8, 30], Gen.Int[1, 5], Gen.ULong, Gen.Bool).Sample((cabinets, days, seed, overMonthEnd) =>
        {
            var start = overMonthEnd ? new DateTimeOffset(2020, 9, 29, 7, 0, 0, TimeSpan.Zero) : Chuzhou.Start;
            var plan = Chuzhou.Plan(cabinets, days, seed, start);
            var truth = PlantedTruth.Compute(plan);
            var recount = Recount(plan);
            foreach (var cabinet in truth.Cabinets)
            {
                foreach (var (month, sums) in cabinet.Windows)
                {
                    var key = (cabinet.Cabinet.Id.Value, month.ToString());
                    Assert.Equal(recount.GetValueOrDefault((key, "aid")), sums.AidFen);
                    Assert.Equal(recount.GetValueOrDefault((key, "ordinary")), sums.OrdinaryFen);
                    Assert.Equal(recount.GetValueOrDefault((key, "unmapped")), sums.UnmappedFen);
                }
            }

            var everything = truth.Months.SelectMany(m => m.Counties).Sum(c => c.Sums.TotalFen);
            Assert.Equal(recount.Values.Aggregate(BigInteger.Zero, (a, b) => a + b), everything);
        }, iter: 40);

    [Fact]
    public void County_counts_add_up_to_their_cabinets()
    {
        var truth = PlantedTruth.Compute(Chuzhou.Plan(100, 3, 11));
        var month = Assert.Single(truth.Months);
        Assert.Equal("2020-09", month.Month.ToString());
        Assert.Equal(100, month.Counties.Sum(c => c.Cabinets));
        Assert.All(month.Counties, c => Assert.Equal(c.Cabinets, Enum.GetValues<ExpectedStanding>().Sum(c.In)));
        Assert.Equal(month.Breaches.Count, month.Counties.Sum(c => c.In(ExpectedStanding.Breach)));
        Assert.Equal(12, month.Breaches.Count);
        Assert.Equal(6, month.Counties.Sum(c => c.In(ExpectedStanding.AtRisk)));
        Assert.Equal(4, month.Counties.Sum(c => c.In(ExpectedStanding.NoData)));
        Assert.Equal(month.Breaches, month.Breaches.Order());
        Assert.Equal(truth.Breaches, month.Breaches);
    }

    [Fact]
    public void A_refund_after_the_end_of_the_month_is_taken_off_the_month_of_its_sale()
    {
        var plan = Chuzhou.Plan(60, 6, 3, new DateTimeOffset(2020, 9, 27, 16, 0, 0, TimeSpan.Zero));
        Assert.Contains(CityStream.InTimeOrder(plan).OfType<RefundIntent>(),
            refund => BusinessMonth.Of(refund.AtUtc) != BusinessMonth.Of(refund.Of.SoldAtUtc));
        AssertPlanted(plan);
    }

    [Theory]
    [InlineData(0, 0, ExpectedStanding.NoData)]
    [InlineData(0, -5, ExpectedStanding.NoData)]
    [InlineData(4_999, 5_001, ExpectedStanding.Breach)]
    [InlineData(5_000, 5_000, ExpectedStanding.AtRisk)]
    [InlineData(5_499, 4_501, ExpectedStanding.AtRisk)]
    [InlineData(5_500, 4_500, ExpectedStanding.Compliant)]
    [InlineData(1, 0, ExpectedStanding.Compliant)]
    public void A_standing_turns_exactly_at_threshold_and_margin(long aid, long ordinary, object expected) =>
        Assert.Equal((ExpectedStanding)expected, new WindowSums(aid, ordinary, 0, 0).Judge(5_000, 500));

    [Fact]
    public void Unmapped_money_counts_in_the_total_and_not_in_aid() =>
        Assert.Equal(ExpectedStanding.Breach, new WindowSums(60, 0, 61, 0).Judge(5_000, 500));

    private static void AssertPlanted(CityPlan plan)
    {
        var truth = PlantedTruth.Compute(plan);
        foreach (var (cabinet, _, windows) in truth.Cabinets)
        {
            Assert.Equal(!BehaviourTraits.Sells(cabinet.Behaviour), windows.Count == 0);
            Assert.All(windows.Values, sums => Assert.Equal(
                BehaviourTraits.EndsAs(cabinet.Behaviour),
                sums.Judge(plan.Options.ThresholdBasisPoints, plan.Options.WarningMarginBasisPoints)));
        }

        Assert.Equal(
            plan.Cabinets.Where(c => BehaviourTraits.EndsAs(c.Behaviour) == ExpectedStanding.Breach)
                .Select(c => c.Id).Order(),
            truth.Breaches);
    }

    private static Dictionary<((string Cabinet, string Month), string Class), BigInteger> Recount(CityPlan plan)
    {
        var events = CityStream.InTimeOrder(plan).ToList();
        var amounts = events.OfType<SaleIntent>()
            .SelectMany(sale => sale.Lines.Select(line => (sale.Cabinet, sale.AtUtc, line.Sku, line.PaidFen)))
            .Concat(events.OfType<RefundIntent>().Select(refund =>
            {
                var sale = events.OfType<SaleIntent>().Single(s => s.VendId == refund.Of.SaleVendId);
                return (sale.Cabinet, sale.AtUtc, sale.Lines[refund.Of.LineIndex].Sku, -refund.AmountFen);
            }));
        return amounts
            .GroupBy(a => ((a.Cabinet.Value, a.AtUtc.AddHours(8).ToString("yyyy-MM")),
                ClassOf(a.Sku, a.AtUtc.AddHours(8))))
            .ToDictionary(g => g.Key, g => g.Aggregate(BigInteger.Zero, (sum, a) => sum + a.Item4));

        string ClassOf(string sku, DateTimeOffset local)
        {
            var day = local.ToString("yyyy-MM-dd");
            var row = plan.Products.Catalogue.SingleOrDefault(r => r.Sku == sku);
            return row is null ? "unmapped"
                : row.Kind == CatalogueKind.Aid
                    && string.CompareOrdinal(day, row.ListedFrom.ToString("yyyy-MM-dd")) > 0
                    && (row.ListedTo is null || string.CompareOrdinal(day, row.ListedTo.Value.ToString("yyyy-MM-dd"))
                        < 0)
                ? "aid" : "ordinary";
        }
    }
}
