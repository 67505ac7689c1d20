using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// One payer who makes many aid purchases at one cabinet on one business day, so many that they are a large part of the
/// cabinet's aid amount. A customer who comes each day is none: the count is of one day, and only such days' amounts
/// are weighed. A window that has just begun is weighed by the one before it, so that one large purchase on its first
/// day is none either. Payers come from the payment bills; without bills nothing is found.
/// </summary>
internal sealed class BuyerBurstRule : ISalesRule
{
    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.BuyerBurst;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window) => new BuyerBurstWatch(window);

    /// <summary>True when a payer's days of many purchases are a large part of the aid amount.</summary>
    /// <param name="dayFen">What those days' purchases count, in fen.</param>
    /// <param name="aidFen">The cabinet's aid amount that they are weighed by, in fen.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsLarge(long dayFen, long aidFen, CheckTerms terms) =>
        dayFen > 0 && (Int128)dayFen * PatternWords.Whole >= (Int128)aidFen * terms.BuyerBurstShareBasisPoints;

    private struct Purchases
    {
        public int Sales;
        public int Days;
        public int MostOnOneDay;
        public long Fen;
        public Examples Examples;
    }

    private sealed class BuyerBurstWatch(WatchedWindow window) : SalesWatch
    {
        private readonly Dictionary<UInt128, Purchases> _today = [];
        private readonly SortedDictionary<UInt128, Purchases> _bursts = [];
        private int _day;

        public override void See(SeenSale sale)
        {
            if (sale.Buyer == 0 || sale.AidNetFen is not (> 0 and var fen))
            {
                return;
            }

            if (sale.Day != _day)
            {
                EndDay();
                _day = sale.Day;
            }

            ref var purchases = ref CollectionsMarshal.GetValueRefOrAddDefault(_today, sale.Buyer, out _);
            purchases.Sales++;
            purchases.Fen += fen;
            purchases.Examples.Add(sale.Position);
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            EndDay();
            foreach (var (buyer, burst) in _bursts)
            {
                if (!IsLarge(burst.Fen, amounts.AidFen, window.Terms))
                {
                    continue;
                }

                var earlierFen = window.HasEnded ? 0 : window.EarlierAidFen.Value;
                if (IsLarge(burst.Fen, earlierFen, window.Terms))
                {
                    yield return Tell($"{buyer:x32}", burst, amounts.AidFen, earlierFen);
                }
            }
        }

        private PatternFound Tell(string buyer, in Purchases burst, long aidFen, long earlierFen) => new(
            buyer, burst.Fen, burst.Fen,
            new JsonObject
            {
                ["buyer"] = buyer,
                ["sales"] = burst.Sales,
                ["days"] = burst.Days,
                ["mostOnOneDay"] = burst.MostOnOneDay,
                ["amountFen"] = burst.Fen,
                ["aidFen"] = aidFen,
                ["aidOfWindowBeforeFen"] = earlierFen,
            },
            [
                buyer[..8], PatternWords.Number(burst.Sales), PatternWords.Number(burst.Days),
                PatternWords.Number(burst.MostOnOneDay), PatternWords.Yuan(burst.Fen),
                PatternWords.Yuan(Math.Max(aidFen, earlierFen)),
                PatternWords.Number(window.Terms.BuyerBurstSales),
                PatternWords.Percent(window.Terms.BuyerBurstShareBasisPoints),
            ],
            burst.Examples);

        /// <summary>Keeps the payers of a day who bought often; the others are forgotten.</summary>
        private void EndDay()
        {
            foreach (var (buyer, day) in _today)
            {
                if (day.Sales >= window.Terms.BuyerBurstSales)
                {
                    _bursts.TryGetValue(buyer, out var burst);
                    burst.Sales += day.Sales;
                    burst.Days++;
                    burst.MostOnOneDay = Math.Max(burst.MostOnOneDay, day.Sales);
                    burst.Fen = checked(burst.Fen + day.Fen);
                    burst.Examples.Add(day.Examples);
                    _bursts[buyer] = burst;
                }
            }

            _today.Clear();
        }
    }
}
