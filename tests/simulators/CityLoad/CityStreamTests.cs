using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.CityLoad;
using Xunit;

namespace KioskFleet.Simulators.Tests.CityLoad;

public sealed class CityStreamTests
{
    [Fact]
    public void The_same_seed_gives_the_same_events_and_another_seed_others()
    {
        var first = CityStream.InTimeOrder(Chuzhou.Plan(12, 2, 7)).Select(Describe).ToList();
        Assert.Equal(first, CityStream.InTimeOrder(Chuzhou.Plan(12, 2, 7)).Select(Describe));
        Assert.NotEqual(first, CityStream.InTimeOrder(Chuzhou.Plan(12, 2, 8)).Select(Describe));
    }

    [Fact]
    public void The_first_sale_of_a_seed_never_changes()
    {
        var sale = CityStream.InTimeOrder(Chuzhou.Plan(8, 1, 1)).OfType<SaleIntent>().First();
        Assert.Equal(PinnedSale, Describe(sale));
    }

    [Fact]
    public void Time_and_sequence_only_go_forward_and_ids_are_unique() =>
        Gen.Select(Gen.Int[8, 30], Gen.Int[1, 5], Gen.ULong).Sample((cabinets, days, seed) =>
        {
            var plan = Chuzhou.Plan(cabinets, days, seed);
            var merged = CityStream.InTimeOrder(plan).ToList();
            Assert.True(merged.Zip(merged.Skip(1)).All(pair => pair.First.AtUtc <= pair.Second.AtUtc));
            Assert.All(merged, e => Assert.InRange(e.AtUtc, plan.Options.StartUtc, plan.Options.EndUtc.AddTicks(-1)));
            Assert.All(merged, e => Assert.Equal(0, e.AtUtc.UtcTicks % TimeSpan.TicksPerMillisecond));
            foreach (var cabinet in plan.Cabinets)
            {
                var own = CityStream.Of(plan, cabinet).ToList();
                Assert.Equal(Enumerable.Range(1, own.Count).Select(i => (long)i), own.Select(e => e.Sequence));
                Assert.Equal(own.Select(Describe), merged.Where(e => e.Cabinet == cabinet.Id).Select(Describe));
            }

            var ids = merged.Select(IdOf).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
        }, iter: 20);

    [Fact]
    public void Every_line_is_payable_and_every_refund_fits_into_what_was_paid() =>
        Gen.Select(Gen.Int[8, 30], Gen.Int[1, 5], Gen.ULong).Sample((cabinets, days, seed) =>
        {
            var left = new Dictionary<(string, int), long>();
            var plan = Chuzhou.Plan(cabinets, days, seed);
            var absurd = plan.Cabinets.Where(c => c.Behaviour == Behaviour.AbsurdSale).Select(c => c.Id).ToHashSet();
            foreach (var happening in CityStream.InTimeOrder(plan))
            {
                switch (happening)
                {
                    case SaleIntent sale:
                        var mostPieces = absurd.Contains(sale.Cabinet) ? 120 : CabinetShelf.MaxBulkQuantity;
                        Assert.InRange(sale.Lines.Count, 1, CabinetShelf.MaxLines);
                        Assert.True(sale.PaidFen > 0);
                        Assert.All(sale.Lines, line => Check(line, mostPieces));
                        foreach (var (index, line) in sale.Lines.Index())
                        {
                            left.Add((sale.VendId, index), line.PaidFen);
                        }

                        break;
                    case RefundIntent refund:
                        Assert.True(refund.AmountFen > 0 && refund.Of.SoldAtUtc < refund.AtUtc);
                        var line2 = (refund.Of.SaleVendId, refund.Of.LineIndex);
                        left[line2] -= refund.AmountFen;
                        Assert.True(left[line2] >= 0);
                        break;
                    default:
                        break;
                }
            }
        }, iter: 30);

    [Fact]
    public void A_month_of_one_city_has_every_kind_of_event()
    {
        var events = CityStream.InTimeOrder(Chuzhou.Plan(60, 10, 1)).ToList();
        Assert.Equal(6, events.Select(e => e.GetType()).Distinct().Count());
        Assert.Equal(4, events.OfType<NonSaleIntent>().Select(e => e.Purpose).Distinct().Count());
        Assert.Equal(6, events.OfType<SaleIntent>().Select(e => e.Payment.Method).Distinct().Count());
        var refunds = events.OfType<RefundIntent>().ToList();
        Assert.Contains(refunds, r => BusinessMonth.DayOf(r.AtUtc) == BusinessMonth.DayOf(r.Of.SoldAtUtc));
        Assert.Contains(refunds, r => BusinessMonth.DayOf(r.AtUtc) != BusinessMonth.DayOf(r.Of.SoldAtUtc));
    }

    [Fact]
    public void Sales_follow_the_rhythm_of_their_site()
    {
        var plan = Chuzhou.Plan(400, 14, 2);
        foreach (var cabinet in plan.Cabinets)
        {
            var rhythm = SiteRhythm.Of(cabinet.Site.Kind);
            if (BehaviourTraits.OperatorOf(cabinet.Behaviour) == Honesty.Cheating
                || cabinet.Behaviour == Behaviour.UnmappedTrade)
            {
                continue;
            }

            var visits = CityStream.Of(plan, cabinet).Where(e => e is SaleIntent or FailedVendIntent).ToList();
            Assert.All(visits, e => Assert.True(rhythm.IsOpenAt(e.AtUtc)));
        }

        double Night(SiteKind kind) => plan.Cabinets
            .Where(c => c.Site.Kind == kind && c.Behaviour == Behaviour.Honest)
            .SelectMany(c => CityStream.Of(plan, c)).OfType<SaleIntent>()
            .Select(s => s.AtUtc.ToOffset(BusinessMonth.ShanghaiOffset).Hour)
                .Average(h => h is >= 21 or < 5 ? 1.0 : 0.0);
        Assert.True(Night(SiteKind.Station) > 3 * Night(SiteKind.StateEnterprise));
    }

    [Fact]
    public void The_number_of_sales_is_near_the_mean_asked_for()
    {
        var plan = Chuzhou.Plan(600, 5, 9, new DateTimeOffset(2020, 9, 13, 16, 0, 0, TimeSpan.Zero));
        var honest = plan.Cabinets.Where(c => c.Behaviour == Behaviour.Honest).ToList();
        var expected = honest.Sum(c => 5.0 * 18 * SiteRhythm.Of(c.Site.Kind).VolumePercent / 100);
        var visits = honest.SelectMany(c => CityStream.Of(plan, c)).Count(e => e is not RefundIntent);
        Assert.InRange(visits / expected, 0.97, 1.08);
    }

    private const string PinnedSale =
        "KF000008 2020-09-15T00:24:06.6560000+00:00 Vba1b5ab4-000008-0000001 "
        + "SaleLine { Slot = D06, Sku = B2001, Name = 云杉矿泉水 550ml, Quantity = 2, UnitPriceFen = 200, "
        + "PaidFen = 400, Claim = Ordinary };"
        + "SaleLine { Slot = B04, Sku = A1006, Name = 石磨豆腐干 100g, Quantity = 1, UnitPriceFen = 550, "
        + "PaidFen = 550, Claim = Aid } "
        + "Payment { Method = WeChat, MerchantOrderNumber = Mba1b5ab4-000008-0000001, "
        + "TransactionNumber = 4200287450202009155536174024 }";

    private static void Check(SaleLine line, int mostPieces)
    {
        Assert.InRange(line.Quantity, 1, mostPieces);
        Assert.True(line.PaidFen >= 0 && line.PaidFen <= line.UnitPriceFen * line.Quantity);
    }

    private static string IdOf(LoadEvent happening) => happening switch
    {
        SaleIntent e => e.VendId,
        RefundIntent e => e.RefundNumber,
        NonSaleIntent e => e.VendId,
        FailedVendIntent e => e.VendId,
        UnknownDeliveryIntent e => e.VendId,
        HiddenSaleIntent e => e.Bill[0].MerchantOrderNumber,
        _ => throw new ArgumentOutOfRangeException(nameof(happening)),
    };

    private static string Describe(LoadEvent happening) => happening switch
    {
        SaleIntent e => $"{e.Cabinet} {e.AtUtc:O} {e.VendId} {string.Join(";", e.Lines)} {e.Payment}",
        NonSaleIntent e => $"{e.Cabinet} {e.AtUtc:O} {e.VendId} {string.Join(";", e.Lines)} {e.Purpose}",
        RefundIntent e => $"{e.Cabinet} {e.AtUtc:O} {e.RefundNumber} {e.Of} {e.AmountFen}",
        FailedVendIntent e => $"{e.Cabinet} {e.AtUtc:O} {e.VendId} {string.Join(";", e.Lines)} {e.Payment}",
        UnknownDeliveryIntent e => $"{e.Cabinet} {e.AtUtc:O} {e.VendId} {string.Join(";", e.Lines)} {e.Payment}",
        HiddenSaleIntent e => $"{e.Cabinet} {e.AtUtc:O} {string.Join(";", e.Lines)} {e.Bill[0]}",
        _ => throw new ArgumentOutOfRangeException(nameof(happening)),
    };
}
