using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>Plants one pattern into an honest city, at a cabinet and in a size that chance chooses.</summary>
internal static class StagedSales
{
    /// <summary>Every pattern that rules over sales look for.</summary>
    public static readonly FindingKind[] Kinds =
    [
        FindingKind.ProductBurst, FindingKind.BuyerBurst, FindingKind.RefundedAfterWindow, FindingKind.AbsurdSale,
        FindingKind.PriceOutlier, FindingKind.NonSaleExcess, FindingKind.AidClaimMismatch,
    ];

    /// <summary>Plants a pattern; returns the cabinet.</summary>
    public static string Plant(HonestCity city, FindingKind kind, int seed)
    {
        var random = new Random(seed);
        var cabinet = city.Cabinets[random.Next(city.Cabinets.Count)];
        var own = city.Events.Where(e => e.Cabinet == cabinet && e.Purpose is null).ToList();
        var aidFen = own.Sum(e => e.Lines.Where(l => l.Product.Class == ProductClass.Aid)
            .Sum(l => l.PaidFen - l.RefundedFen));
        var at = RulesOnPaper.StartUtcMs + (5 + random.Next(city.Days - 8)) * RulesOnPaper.DayMs;
        switch (kind)
        {
            case FindingKind.ProductBurst:
                ProductBurst(city, cabinet, (at + 22 * RulesOnPaper.HourMs, aidFen), random);
                break;
            case FindingKind.BuyerBurst:
                BuyerBurst(city, cabinet, (at, aidFen), random);
                break;
            case FindingKind.RefundedAfterWindow:
                LateRefunds(city, cabinet, aidFen, random);
                break;
            case FindingKind.AbsurdSale:
                Add(city, cabinet, at + RulesOnPaper.HourMs, 0, random.Next(2) == 0
                    ? Line(31 + random.Next(200), 100, 0)
                    : Line(1, 100_001 + random.Next(1_000_000), 0));
                break;
            case FindingKind.PriceOutlier:
                var product = HonestCity.AidProduct(random.Next(12));
                var price = product.PriceFen * (10 + random.Next(20));
                for (var n = 1 + random.Next(4); n > 0; n--)
                {
                    Add(city, cabinet, at + n * RulesOnPaper.HourMs, 0, new PaperLine(product, 1, price, price));
                }

                break;
            case FindingKind.AidClaimMismatch:
                for (var n = 3 + random.Next(20); n > 0; n--)
                {
                    var claimed = HonestCity.OrdinaryProduct(n);
                    Add(city, cabinet, at + n * RulesOnPaper.HourMs, 0,
                        new PaperLine(claimed, 1, claimed.PriceFen, claimed.PriceFen) { Claim = AidClaim.Aid });
                }

                break;
            default:
                var pieces = own.Sum(e => e.Lines.Sum(l => l.Quantity));
                for (var left = pieces / 10 + 20; left > 0; left--)
                {
                    city.Events.Add(new PaperEvent(cabinet, at + left * 60_000, 0, [])
                    {
                        Purpose = NonSalePurpose.Test,
                        Pieces = 1,
                    });
                }

                break;
        }

        return cabinet;
    }

    /// <summary>
    /// The operator buys one product again and again: most of what the cabinet sells in that hour, with the bills not
    /// there yet or a handful of accounts.
    /// </summary>
    private static void ProductBurst(HonestCity city, string cabinet, (long UtcMs, long AidFen) at, Random random)
    {
        var price = HonestCity.AidProduct(2).PriceFen;
        var then = city.Events.Count(e => e.Cabinet == cabinet && e.Purpose is null
            && e.UtcMs > at.UtcMs - RulesOnPaper.HourMs && e.UtcMs < at.UtcMs + 2 * RulesOnPaper.HourMs);
        var sales = Math.Max(12, then * 2) + random.Next(8);
        sales = Math.Max(sales, 1 + (int)(at.AidFen / 12 / price / 30));
        var pieces = Math.Min(30, 1 + (int)(at.AidFen / 12 / price / sales));
        var accounts = random.Next(2) * 4;
        for (var n = 0; n < sales; n++)
        {
            Add(city, cabinet, at.UtcMs + n * 120_000L * 20 / sales, accounts == 0 ? 0 : 900UL + (ulong)(n % accounts),
                new PaperLine(HonestCity.AidProduct(2), pieces, price, price * pieces));
        }
    }

    private static void BuyerBurst(HonestCity city, string cabinet, (long UtcMs, long AidFen) at, Random random)
    {
        var sales = 8 + random.Next(6);
        for (var n = 0; n < sales; n++)
        {
            // Different products over the whole day, so that no product bursts.
            var product = HonestCity.AidProduct(n);
            var pieces = 1 + (int)(at.AidFen / 3 / sales / product.PriceFen);
            for (var left = pieces; left > 0; left -= 30)
            {
                var paid = product.PriceFen * Math.Min(left, 30);
                Add(city, cabinet, at.UtcMs + (6 + n) * RulesOnPaper.HourMs + left, 901,
                    new PaperLine(product, Math.Min(left, 30), product.PriceFen, paid));
            }
        }
    }

    private static void LateRefunds(HonestCity city, string cabinet, long aidFen, Random random)
    {
        var sales = 3 + random.Next(10);
        for (var n = 0; n < sales; n++)
        {
            var product = HonestCity.AidProduct(n);
            var pieces = 1 + (int)(aidFen / 6 / sales / product.PriceFen);
            for (var left = pieces; left > 0; left -= 30)
            {
                var paid = product.PriceFen * Math.Min(left, 30);
                Add(city, cabinet, RulesOnPaper.StartUtcMs + 29 * RulesOnPaper.DayMs + n * 1_800_000L + left, 0,
                    new PaperLine(product, Math.Min(left, 30), product.PriceFen, paid, paid, paid));
            }
        }
    }

    private static PaperLine Line(int pieces, long priceFen, long refundedFen) =>
        new(new PaperProduct($"G{pieces}", ProductClass.Aid, priceFen), pieces, priceFen, priceFen * pieces,
            refundedFen);

    private static void Add(HonestCity city, string cabinet, long utcMs, ulong buyer, PaperLine line) =>
        city.Events.Add(new PaperEvent(cabinet, utcMs, buyer, [line]));
}
