using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>
/// Plants one pattern into a window of an honest city, at a cabinet and in a size that chance chooses, beyond what the
/// city's policy lets be.
/// </summary>
internal sealed class StagedSales
{
    /// <summary>Every pattern that rules over sales look for.</summary>
    public static readonly FindingKind[] Kinds =
    [
        FindingKind.ProductBurst, FindingKind.BuyerBurst, FindingKind.RefundedAfterWindow, FindingKind.AbsurdSale,
        FindingKind.PriceOutlier, FindingKind.NonSaleExcess, FindingKind.AidClaimMismatch,
    ];

    private readonly HonestCity _city;
    private readonly CheckTerms _terms;
    private readonly Random _random;
    private readonly string _cabinet;
    private readonly List<PaperEvent> _own;
    private readonly long _aidFen;
    private readonly long _atUtcMs;
    private readonly long _lastDayUtcMs;

    public StagedSales(PaperCity paper, JudgingWindow window, HonestCity city, int seed)
    {
        (_city, _terms, _random) = (city, paper.Terms, new Random(seed));
        _cabinet = city.Cabinets[_random.Next(city.Cabinets.Count)];
        var (from, to) = (paper.Places.Zone.StartOfUtcMs(window.From), paper.Places.Zone.StartOfUtcMs(window.To));
        _own = [.. city.Events.Where(
            e => e.Cabinet == _cabinet && e.Purpose is null && e.UtcMs >= from && e.UtcMs < to)];
        _aidFen = _own.Sum(e => e.Lines.Where(l => l.Product.Class == ProductClass.Aid)
            .Sum(l => l.PaidFen - l.RefundedFen));
        _lastDayUtcMs = to - RulesOnPaper.DayMs;
        _atUtcMs = from + (1 + _random.Next(window.Days - 3)) * RulesOnPaper.DayMs;
    }

    /// <summary>Plants a pattern; returns the cabinet.</summary>
    public string Plant(FindingKind kind)
    {
        switch (kind)
        {
            case FindingKind.ProductBurst:
                ProductBurst(_atUtcMs + 22 * RulesOnPaper.HourMs);
                break;
            case FindingKind.BuyerBurst:
                BuyerBurst();
                break;
            case FindingKind.RefundedAfterWindow:
                LateRefunds();
                break;
            case FindingKind.AbsurdSale:
                Add(_atUtcMs + RulesOnPaper.HourMs, 0, _random.Next(2) == 0
                    ? Line(_terms.AbsurdQuantity + 1 + _random.Next(200), 100)
                    : Line(1, _terms.AbsurdUnitPriceFen + 1 + _random.Next(1_000_000)));
                break;
            case FindingKind.PriceOutlier:
                PriceOutlier();
                break;
            case FindingKind.AidClaimMismatch:
                for (var n = _terms.AidClaimMinimumLines + _random.Next(20); n > 0; n--)
                {
                    var claimed = HonestCity.OrdinaryProduct(n);
                    Add(_atUtcMs + n * RulesOnPaper.HourMs, 0,
                        new PaperLine(claimed, 1, claimed.PriceFen, claimed.PriceFen) { Claim = AidClaim.Aid });
                }

                break;
            default:
                NonSales();
                break;
        }

        return _cabinet;
    }

    private void PriceOutlier()
    {
        var product = HonestCity.AidProduct(_random.Next(12));
        var price = product.PriceFen * (10 + _random.Next(20));
        for (var n = 1 + _random.Next(4); n > 0; n--)
        {
            Add(_atUtcMs + n * RulesOnPaper.HourMs, 0, new PaperLine(product, 1, price, price));
        }
    }

    private void NonSales()
    {
        var pieces = _own.Sum(e => e.Lines.Sum(l => l.Quantity));
        for (var left = pieces * 2 * _terms.NonSaleShareBasisPoints / 10_000 + 2 * _terms.NonSaleMinimumPieces;
            left > 0; left--)
        {
            _city.Events.Add(new PaperEvent(_cabinet, _atUtcMs + left * 60_000, 0, [])
            {
                Purpose = NonSalePurpose.Test,
                Pieces = 1,
            });
        }
    }

    /// <summary>
    /// The operator buys one product again and again: most of what the cabinet sells in that hour, with the bills not
    /// there yet or a handful of accounts.
    /// </summary>
    private void ProductBurst(long utcMs)
    {
        var price = HonestCity.AidProduct(2).PriceFen;
        var then = _own.Count(
            e => e.UtcMs > utcMs - RulesOnPaper.HourMs && e.UtcMs < utcMs + 2 * RulesOnPaper.HourMs);
        var worth = Beyond(_terms.ProductBurstAidBasisPoints);
        var sales = Math.Max(_terms.ProductBurstSales, then * 2) + _random.Next(8);
        sales = Math.Max(sales, 1 + (int)(worth / price / _terms.AbsurdQuantity));
        var pieces = Math.Min(_terms.AbsurdQuantity, 1 + (int)(worth / price / sales));
        var accounts = _random.Next(2) * 4;
        for (var n = 0; n < sales; n++)
        {
            Add(utcMs + n * 120_000L * 20 / sales, accounts == 0 ? 0 : 900UL + (ulong)(n % accounts),
                new PaperLine(HonestCity.AidProduct(2), pieces, price, price * pieces));
        }
    }

    private void BuyerBurst()
    {
        var sales = _terms.BuyerBurstSales + _random.Next(6);
        for (var n = 0; n < sales; n++)
        {
            // Different products over the whole day, so that no product bursts.
            Parts(_atUtcMs + (6 + n) * RulesOnPaper.HourMs, 901, HonestCity.AidProduct(n),
                Beyond(_terms.BuyerBurstShareBasisPoints) / sales, 0);
        }
    }

    private void LateRefunds()
    {
        var sales = _terms.LateRefundMinimumSales + _random.Next(10);
        for (var n = 0; n < sales; n++)
        {
            Parts(_lastDayUtcMs + n * 1_800_000L, 0, HonestCity.AidProduct(n),
                Beyond(_terms.LateRefundShareBasisPoints) / sales, 2);
        }
    }

    /// <summary>An amount of a product in sales that are not absurd; given back so many days later, or kept.</summary>
    private void Parts(long utcMs, ulong buyer, PaperProduct product, long fen, int refundedDays)
    {
        for (var left = 1 + (int)(fen / product.PriceFen); left > 0; left -= _terms.AbsurdQuantity)
        {
            var pieces = Math.Min(left, _terms.AbsurdQuantity);
            var paid = product.PriceFen * pieces;
            Add(utcMs + left, buyer, new PaperLine(
                product, pieces, product.PriceFen, paid, refundedDays == 0 ? 0 : paid, refundedDays));
        }
    }

    /// <summary>An amount that is clearly more than a part of the aid amount, itself included, in fen.</summary>
    private long Beyond(int basisPoints) => _aidFen * basisPoints / (10_000 - basisPoints) * 3 / 2;

    private static PaperLine Line(int pieces, long priceFen) =>
        new(new PaperProduct($"G{pieces}", ProductClass.Aid, priceFen), pieces, priceFen, priceFen * pieces);

    private void Add(long utcMs, ulong buyer, PaperLine line) =>
        _city.Events.Add(new PaperEvent(_cabinet, utcMs, buyer, [line]));
}
