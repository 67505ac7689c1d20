using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.CityLoad;
using Xunit;

namespace KioskFleet.Simulators.Tests.CityLoad;

/// <summary>What each scheme does, well beyond the mark at which it is found, for every seed.</summary>
public sealed class SchemeTests
{
    private static readonly CheckMarks Marks = new();

    [Fact]
    public void One_product_is_sold_as_in_a_burst_to_a_few_telephones_in_every_month() =>
        Each(Behaviour.ProductBurst, static (_, month) =>
        {
            var sales = month.OfType<SaleIntent>().Where(s => s.Bill.Count == 1).ToList();
            var burst = sales.Where(s => s.Lines is [{ Quantity: 1 }]).GroupBy(s => s.Lines[0].Sku)
                .Select(g => Densest([.. g.OrderBy(s => s.AtUtc)])).MaxBy(g => g.Count)!;
            Assert.True(burst.Count >= Marks.ProductBurstSales * 4 / 3);
            var payers = burst.CountBy(s => s.Bill[0].Buyer).OrderByDescending(p => p.Value).ToList();
            Assert.True(payers.Take(5).Sum(p => p.Value) >= Marks.ProductBurstSales * 4 / 3);
            Assert.True(payers[0].Value < Marks.BuyerBurstSales);
        });

    [Fact]
    public void One_payer_makes_many_aid_purchases_on_one_day_of_every_month() =>
        Each(Behaviour.BuyerBurst, static (plan, month) =>
        {
            var aid = AidSales(plan, month);
            var day = aid.Where(s => s.Bill.Count == 1)
                .GroupBy(s => (s.Bill[0].Buyer, BusinessMonth.DayOf(s.AtUtc))).MaxBy(g => g.Count())!;
            Assert.True(day.Count() >= Marks.BuyerBurstSales + 2);
            Assert.True(day.Sum(s => s.PaidFen) * 10_000
                >= AidFen(plan, month) * Marks.BuyerBurstShareBasisPoints * 11 / 10);
        });

    [Fact]
    public void Aid_sales_late_in_a_month_are_given_back_on_the_first_two_days_of_the_next()
    {
        // The same seeds each time: of many thousands one may hold too little aid to look well at the month's end.
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var plan = OverMonthEnd(12, 3, seed);
            var cabinet = plan.Cabinets.Single(c => c.Behaviour == Behaviour.RefundedAfterWindow);
            var events = CityStream.Of(plan, cabinet).ToList();
            var august = new BusinessMonth(2020, 8);
            var late = events.OfType<RefundIntent>()
                .Where(r => BusinessMonth.Of(r.Of.SoldAtUtc).Equals(august) && r.AtUtc >= august.EndUtc).ToList();
            Assert.True(late.Select(r => r.Of.SaleVendId).Distinct().Count() >= 6);
            Assert.All(late, r => Assert.True(r.AtUtc < august.EndUtc.AddDays(2)));
            var sold = events.Where(e => BusinessMonth.Of(e.AtUtc).Equals(august)).ToList();
            var aidFen = AidFen(plan, sold);
            Assert.True(late.Sum(r => r.AmountFen) * 10_000 >= aidFen * Marks.LateRefundShareBasisPoints * 2);

            // At the end of August the month looked well; what is known later is a breach.
            var refunded = events.OfType<RefundIntent>().Where(r => r.AtUtc < august.EndUtc).Sum(r => r.AmountFen);
            Assert.True(aidFen * 10_000 >= (sold.OfType<SaleIntent>().Sum(s => s.PaidFen) - refunded) * 5_000);
            Assert.Contains(cabinet.Id, PlantedTruth.Compute(plan).Months[0].Breaches);
        }
    }

    [Fact]
    public void Invented_sales_are_recorded_with_numbers_that_no_bill_has() =>
        Each(Behaviour.InventedSales, static (_, month) =>
        {
            var invented = month.OfType<SaleIntent>()
                .Where(s => Till.HasBill(s.Payment.Method) && s.Bill.Count == 0).ToList();
            Assert.Equal(6, invented.Count);
            Assert.All(invented, s => Assert.Equal(28, s.Payment.TransactionNumber.Length));
        });

    [Fact]
    public void Hidden_sales_are_on_the_bill_and_no_agent_is_told() =>
        Each(Behaviour.HiddenSales, static (plan, month) =>
        {
            var hidden = month.OfType<HiddenSaleIntent>().ToList();
            Assert.Equal(6, hidden.Count);
            Assert.All(hidden, h => Assert.Equal(h.Lines.Sum(l => l.PaidFen), Assert.Single(h.Bill).AmountFen));
            var cabinet = plan.Cabinets.Single(c => c.Id == hidden[0].Cabinet);
            Assert.DoesNotContain(CityStream.ToldTo(plan, cabinet), e => e is HiddenSaleIntent);
        });

    [Fact]
    public void Absurd_sales_are_absurd_in_pieces_at_some_cabinets_and_in_price_at_others() =>
        Each(Behaviour.AbsurdSale, static (plan, month) =>
        {
            var lines = AidSales(plan, month).SelectMany(s => s.Lines).ToList();
            var cabinet = plan.Cabinets.Single(c => c.Id == month[0].Cabinet);
            Assert.Equal(2, lines.Count(l => FewActs.IsAbsurdInQuantity(cabinet)
                ? l.Quantity > Marks.AbsurdQuantity
                : l.PaidFen > Marks.AbsurdUnitPriceFen));
        });

    [Fact]
    public void Many_pieces_leave_without_a_sale_and_not_as_tests_on_the_first_day() =>
        Each(Behaviour.NonSaleExcess, static (plan, month) =>
        {
            var firstDay = BusinessMonth.DayOf(plan.Options.StartUtc);
            var free = month.OfType<NonSaleIntent>().Count(n => n.Purpose != NonSalePurpose.Maintenance
                && (n.Purpose != NonSalePurpose.Test || BusinessMonth.DayOf(n.AtUtc) > firstDay));
            var pieces = month.OfType<SaleIntent>().Sum(s => s.Lines.Sum(l => l.Quantity));
            Assert.True(free >= Marks.NonSaleMinimumPieces);
            Assert.True(free * 10_000 >= (free + pieces) * Marks.NonSaleShareBasisPoints * 3 / 2);
        });

    [Fact]
    public void Ordinary_goods_are_claimed_to_be_aid() =>
        Each(Behaviour.FalseClaim, static (plan, month) =>
        {
            Assert.Equal(5, month.OfType<SaleIntent>().Count(s =>
                s.Lines.Any(l => l.Claim == AidClaim.Aid && !IsAid(plan, l.Sku, s.AtUtc))));
        });

    [Fact]
    public void A_product_with_a_usual_price_is_sold_at_several_times_of_it() =>
        Each(Behaviour.PriceOutlier, static (plan, month) =>
        {
            var prices = plan.Products.All.ToDictionary(p => p.Sku, p => p.UnitPriceFen);
            var odd = month.OfType<SaleIntent>().SelectMany(s => s.Lines)
                .Where(l => l.UnitPriceFen * 100 > prices[l.Sku] * Marks.PriceOutlierPercent).ToList();
            Assert.Equal(3, odd.Count);
            var usual = CityStream.InTimeOrder(plan).OfType<SaleIntent>().SelectMany(s => s.Lines)
                .Where(l => l.Sku == odd[0].Sku && l.UnitPriceFen == prices[l.Sku]);
            Assert.True(usual.Count() >= Marks.PriceMinimumSales);
        });

    [Fact]
    public void A_tenth_is_paid_of_what_is_recorded() =>
        Each(Behaviour.WrongAmount, static (_, month) => Assert.Equal(5, month.OfType<SaleIntent>()
            .Count(s => s.Bill is [var paid] && paid.AmountFen == Math.Max(1, s.PaidFen / 10) && s.PaidFen > 1)));

    [Fact]
    public void Ordinary_sales_are_told_as_tests_although_they_are_paid() =>
        Each(Behaviour.PaidTest, static (_, month) => Assert.Equal(5, month.OfType<NonSaleIntent>()
            .Count(n => n.Purpose == NonSalePurpose.Test && n.Bill is [{ Kind: BillEntryKind.Payment }])));

    [Fact]
    public void A_careless_operator_sells_much_that_nobody_mapped() =>
        Each(Behaviour.UnmappedTrade, static (plan, month) =>
        {
            var unmapped = plan.Products.Unmapped.Select(p => p.Sku).ToHashSet();
            var lines = month.OfType<SaleIntent>().SelectMany(s => s.Lines).ToList();
            Assert.True(lines.Where(l => unmapped.Contains(l.Sku)).Sum(l => l.PaidFen) * 10_000
                > lines.Sum(l => l.PaidFen) * Marks.UnmappedShareBasisPoints * 5 / 4);
        });

    [Fact]
    public void An_idle_and_a_silent_cabinet_are_tested_once() => Gen.ULong.Sample(
        seed =>
        {
            var plan = OverMonthEnd(40, 2, seed);
            foreach (var cabinet in plan.Cabinets.Where(c => !BehaviourTraits.Sells(c.Behaviour)))
            {
                Assert.IsType<NonSaleIntent>(Assert.Single(CityStream.Of(plan, cabinet)));
            }
        },
        iter: 20);

    /// <summary>The most sales within half an hour.</summary>
    private static List<SaleIntent> Densest(List<SaleIntent> sales) => sales.Select(first =>
            sales.FindAll(s => s.AtUtc >= first.AtUtc && s.AtUtc <= first.AtUtc.AddMinutes(30)))
        .MaxBy(within => within.Count)!;

    private static void Each(Behaviour behaviour, Action<CityPlan, IReadOnlyList<LoadEvent>> assert) =>
        Gen.Select(Gen.ULong, Gen.Int[2, 4]).Sample((seed, days) =>
        {
            var plan = OverMonthEnd(40, days, seed);
            var cabinet = Assert.Single(plan.Cabinets, c => c.Behaviour == behaviour);
            var months = CityStream.Of(plan, cabinet).GroupBy(e => BusinessMonth.Of(e.AtUtc))
                .Where(month => month.Any(e => e is SaleIntent)).ToList();
            Assert.NotEmpty(months);
            months.ForEach(month => assert(plan, [.. month]));
        }, iter: 40);

    private static CityPlan OverMonthEnd(int cabinets, int days, ulong seed) => Chuzhou.Plan(
        cabinets, days, seed, new DateTimeOffset(2020, 8, 29, 16, 0, 0, TimeSpan.Zero));

    private static List<SaleIntent> AidSales(CityPlan plan, IEnumerable<LoadEvent> events) =>
        [.. events.OfType<SaleIntent>().Where(s => s.Lines.All(l => IsAid(plan, l.Sku, s.AtUtc)))];

    private static long AidFen(CityPlan plan, IEnumerable<LoadEvent> events) => events.OfType<SaleIntent>()
        .Sum(s => s.Lines.Where(l => IsAid(plan, l.Sku, s.AtUtc)).Sum(l => l.PaidFen));

    private static bool IsAid(CityPlan plan, string sku, DateTimeOffset at) =>
        plan.Products.Aid.SingleOrDefault(p => p.Sku == sku)?.IsAidOn(BusinessMonth.DayOf(at)) == true;
}
