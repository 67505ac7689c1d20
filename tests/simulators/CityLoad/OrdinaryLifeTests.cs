using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.CityLoad;
using Xunit;

namespace KioskFleet.Simulators.Tests.CityLoad;

/// <summary>
/// Nobody may be accused for living: what cabinets without a scheme do stays within every mark, for every seed.
/// </summary>
public sealed class OrdinaryLifeTests
{
    private static readonly CheckMarks Marks = new();

    [Fact]
    public void Cabinets_without_a_scheme_stay_within_every_mark_over_the_end_of_a_month() =>
        Gen.Select(Gen.Int[8, 40], Gen.Int[1, 12], Gen.ULong, Gen.Int[0, 47]).Sample((cabinets, days, seed, hours) =>
            AssertOrdinary(Chuzhou.Plan(
                cabinets, days, seed, new DateTimeOffset(2020, 8, 29, 16, 0, 0, TimeSpan.Zero).AddHours(hours))),
            iter: 150);

    [Fact]
    public void A_month_of_ordinary_life_stays_within_every_mark() =>
        Gen.ULong.Sample(seed => AssertOrdinary(
            Chuzhou.Plan(30, 40, seed, new DateTimeOffset(2020, 8, 14, 16, 0, 0, TimeSpan.Zero))), iter: 12);

    [Fact]
    public void Ordinary_life_has_crowds_bulk_purchases_promotions_late_refunds_tests_and_payments_before_midnight()
    {
        var plan = Chuzhou.Plan(200, 14, 1, new DateTimeOffset(2020, 8, 22, 16, 0, 0, TimeSpan.Zero));
        var honest = plan.Cabinets.Where(c => c.Behaviour == Behaviour.Honest)
            .SelectMany(c => CityStream.Of(plan, c)).ToList();
        var sales = honest.OfType<SaleIntent>().ToList();
        Assert.Contains(sales, s => s.Lines is [{ Quantity: >= 15 }]);
        Assert.Contains(sales, s => s.Lines.Any(l => l.PaidFen == 0));
        Assert.Contains(sales, s => s.PaidFen > 500
            && s.PaidFen * 100 < 80 * s.Lines.Sum(l => l.UnitPriceFen * l.Quantity));
        Assert.True(MostWithin(sales, Marks.BurstMinutes) >= Marks.ProductBurstSales);
        Assert.Contains(honest.OfType<RefundIntent>(),
            r => BusinessMonth.Of(r.AtUtc) != BusinessMonth.Of(r.Of.SoldAtUtc));
        Assert.Contains(honest.OfType<NonSaleIntent>(), n => n.Purpose == NonSalePurpose.Test);
        Assert.Contains(sales, s => s.Bill is [var paid] && paid.Day < BusinessMonth.DayOf(s.AtUtc));
        Assert.Contains(sales, s => s.Payment.Method == PaymentMethod.Cash && s.Bill.Count == 0);
    }

    private static int MostWithin(IEnumerable<SaleIntent> sales, int minutes) => sales
        .SelectMany(s => s.Lines.Select(l => (s.Cabinet, l.Sku, s.AtUtc)))
        .GroupBy(s => (s.Cabinet, s.Sku))
        .Max(group => Most([.. group.Select(s => s.AtUtc)], minutes));

    private static int Most(IReadOnlyList<DateTimeOffset> times, int minutes) =>
        times.Max(from => times.Count(at => at >= from && at < from.AddMinutes(minutes)));

    private static void AssertOrdinary(CityPlan plan)
    {
        foreach (var cabinet in plan.Cabinets.Where(c => PlantedAccusations.DeedsOf(c.Behaviour).Count == 0))
        {
            var events = CityStream.Of(plan, cabinet).ToList();
            var aid = plan.Products.Aid.ToDictionary(p => p.Sku);
            Assert.All(events, AssertBilledAsRecorded);
            foreach (var month in events.GroupBy(e => BusinessMonth.Of(e.AtUtc)))
            {
                var sales = month.OfType<SaleIntent>().ToList();
                var lines = sales.SelectMany(s => s.Lines.Select(l => (Sale: s, Line: l, IsAid: IsAid(l.Sku, s.AtUtc))))
                    .ToList();
                Assert.All(lines, l => Assert.True(l.Line.Claim != AidClaim.Aid || l.IsAid));
                Assert.All(lines, l => Assert.Equal(
                    plan.Products.All.Single(p => p.Sku == l.Line.Sku).UnitPriceFen, l.Line.UnitPriceFen));
                AssertNoAbsurdSale(sales);
                AssertNoBurst(sales, [.. lines.Where(l => l.IsAid).Select(l => (l.Sale, l.Line))]);
                AssertFewNonSales(month, sales);
                AssertLateRefunds(events, month.Key, lines.Where(l => l.IsAid).Sum(l => l.Line.PaidFen), IsAid);
                if (cabinet.Behaviour != Behaviour.UnmappedTrade)
                {
                    var unmapped = lines.Where(l => plan.Products.Unmapped.Any(p => p.Sku == l.Line.Sku))
                        .Sum(l => l.Line.PaidFen);
                    Assert.True(unmapped * 10_000
                        <= lines.Sum(l => l.Line.PaidFen) * Marks.UnmappedShareBasisPoints * 6 / 10);
                }
            }

            bool IsAid(string sku, DateTimeOffset at) =>
                aid.TryGetValue(sku, out var product) && product.IsAidOn(BusinessMonth.DayOf(at));
        }
    }

    private static void AssertBilledAsRecorded(LoadEvent happening)
    {
        switch (happening)
        {
            case SaleIntent sale when Till.HasBill(sale.Payment.Method):
                var paid = Assert.Single(sale.Bill);
                Assert.Equal(sale.PaidFen, paid.AmountFen);
                Assert.Equal(sale.Payment.TransactionNumber, paid.TransactionNumber);
                break;
            case SaleIntent:
                Assert.Empty(happening.Bill);
                break;
            case FailedVendIntent or UnknownDeliveryIntent:
                Assert.Equal(0, happening.Bill.Sum(e => e.Kind == BillEntryKind.Payment ? e.AmountFen : -e.AmountFen));
                break;
            case RefundIntent refund when refund.Bill is [var back]:
                Assert.Equal((BillEntryKind.Refund, refund.AmountFen), (back.Kind, back.AmountFen));
                break;
            case NonSaleIntent:
                Assert.Empty(happening.Bill);
                break;
            default:
                Assert.IsNotType<HiddenSaleIntent>(happening);
                break;
        }
    }

    private static void AssertNoAbsurdSale(List<SaleIntent> sales) => Assert.All(sales, sale =>
        Assert.True(sale.Lines.GroupBy(l => l.Sku).Max(g => g.Sum(l => l.Quantity)) <= Marks.AbsurdQuantity));

    /// <summary>
    /// Where one product sells as in a burst, most purchases are on a bill, nearly each of them another payer's. Who
    /// pays cash is nobody, neither the same nor another.
    /// </summary>
    private static void AssertNoBurst(List<SaleIntent> sales, List<(SaleIntent Sale, SaleLine Line)> aid)
    {
        foreach (var product in aid.GroupBy(a => a.Line.Sku))
        {
            var ordered = product.Select(a => a.Sale).Distinct().OrderBy(s => s.AtUtc).ToList();
            foreach (var from in ordered)
            {
                var within = ordered.Where(s => s.AtUtc >= from.AtUtc
                    && s.AtUtc < from.AtUtc.AddMinutes(Marks.BurstMinutes)).ToList();
                var payers = within.Where(s => s.Bill.Count > 0).Select(s => s.Bill[0].Buyer).ToList();
                Assert.True(within.Count < Marks.ProductBurstSales
                    || (payers.Count * 2 >= within.Count && payers.Distinct().Count() * 100 >= payers.Count * 85));
            }
        }

        var byBuyer = aid.Where(a => a.Sale.Bill.Count > 0)
            .GroupBy(a => (a.Sale.Bill[0].Buyer, BusinessMonth.DayOf(a.Sale.AtUtc)));
        Assert.All(byBuyer, purchases => Assert.True(
            purchases.Select(p => p.Sale.VendId).Distinct().Count() < Marks.BuyerBurstSales));
        Assert.Equal(sales.Count, sales.Select(s => s.VendId).Distinct().Count());
    }

    private static void AssertFewNonSales(IEnumerable<LoadEvent> month, List<SaleIntent> sales)
    {
        var free = month.OfType<NonSaleIntent>().Sum(n => n.Lines.Sum(l => l.Quantity));
        var pieces = sales.Sum(s => s.Lines.Sum(l => l.Quantity));
        Assert.True(free < Marks.NonSaleMinimumPieces
            || free * 10_000 < (free + pieces) * Marks.NonSaleShareBasisPoints);
    }

    private static void AssertLateRefunds(
        IEnumerable<LoadEvent> events, BusinessMonth month, long aidFen, Func<string, DateTimeOffset, bool> isAid)
    {
        var late = events.OfType<RefundIntent>()
            .Where(r => BusinessMonth.Of(r.Of.SoldAtUtc).Equals(month) && r.AtUtc >= month.EndUtc)
            .Where(r => isAid(r.Of.Sku, r.Of.SoldAtUtc))
            .Sum(r => r.AmountFen);
        Assert.True(late * 10_000 <= aidFen * Marks.LateRefundShareBasisPoints / 2);
    }
}
