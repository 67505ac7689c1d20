using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// One payer who makes many aid purchases at one cabinet on one business day, so many that they are a large part of the
/// cabinet's aid amount. A customer who comes each day is none: the count is of one day, and only such days' amounts
/// are weighed. Who stays just below that number day after day is found by the window: more purchases than a regular
/// makes in it, and a larger part. A window that has just begun is weighed by the one before it, so that one large
/// purchase on its first day is none either. Payers come from the payment bills; without bills nothing is found. Holds
/// a sum for each payer of the window.
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

    /// <summary>True when all purchases of a payer are many and a large part, however they are spread.</summary>
    /// <param name="sales">The payer's aid purchases in the window.</param>
    /// <param name="fen">What they count, in fen.</param>
    /// <param name="aidFen">The cabinet's aid amount that they are weighed by, in fen.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsMany(long sales, long fen, long aidFen, CheckTerms terms) => sales >= terms.BuyerWindowSales
        && fen > 0 && (Int128)fen * PatternWords.Whole >= (Int128)aidFen * terms.BuyerWindowShareBasisPoints;

    private struct Purchases
    {
        public int Sales;
        public int Days;
        public int MostOnOneDay;
        public long Fen;
        public Examples Examples;
    }

    private struct WindowPurchases
    {
        public int Sales;
        public int Days;
        public int LastDay;
        public int OnLastDay;
        public int MostOnOneDay;
        public long Fen;
        public long FirstPosition;
        public long LastPosition;
    }

    private sealed class BuyerBurstWatch(WatchedWindow window) : SalesWatch
    {
        private readonly Dictionary<UInt128, WindowPurchases> _all = [];
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
            See(sale, fen);
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            EndDay();
            foreach (var (buyer, burst) in _bursts)
            {
                if (IsLarge(burst.Fen, amounts.AidFen, window.Terms) && IsLarge(burst.Fen, EarlierFen, window.Terms))
                {
                    _all.Remove(buyer);
                    yield return Tell($"{buyer:x32}", burst, amounts.AidFen);
                }
            }

            foreach (var (buyer, all) in _all.Where(payer => payer.Value.Sales >= window.Terms.BuyerWindowSales)
                .OrderBy(payer => payer.Key))
            {
                if (IsMany(all.Sales, all.Fen, amounts.AidFen, window.Terms)
                    && IsMany(all.Sales, all.Fen, EarlierFen, window.Terms))
                {
                    yield return Tell($"{buyer:x32}", Spread(all), amounts.AidFen);
                }
            }
        }

        private long EarlierFen => window.HasEnded ? 0 : window.EarlierAidFen.Value;

        private void See(SeenSale sale, long fen)
        {
            ref var all = ref CollectionsMarshal.GetValueRefOrAddDefault(_all, sale.Buyer, out var known);
            all.Sales++;
            (all.Days, all.OnLastDay) = sale.Day == all.LastDay ? (all.Days, all.OnLastDay + 1) : (all.Days + 1, 1);
            (all.LastDay, all.MostOnOneDay) = (sale.Day, Math.Max(all.MostOnOneDay, all.OnLastDay));
            all.Fen = checked(all.Fen + fen);
            all.FirstPosition = known ? all.FirstPosition : sale.Position;
            all.LastPosition = sale.Position;
        }

        private static Purchases Spread(in WindowPurchases all)
        {
            var spread = new Purchases
            {
                Sales = all.Sales, Days = all.Days, MostOnOneDay = all.MostOnOneDay, Fen = all.Fen,
            };
            spread.Examples.Add(all.FirstPosition);
            spread.Examples.Add(all.LastPosition);
            return spread;
        }

        /// <summary>Tells bursts of days, or all purchases of a payer: then none of the days was one.</summary>
        private PatternFound Tell(string buyer, in Purchases burst, long aidFen) => new(
            buyer, burst.Fen, burst.Fen,
            new JsonObject
            {
                ["buyer"] = buyer,
                ["sales"] = burst.Sales,
                ["days"] = burst.Days,
                ["mostOnOneDay"] = burst.MostOnOneDay,
                ["amountFen"] = burst.Fen,
                ["aidFen"] = aidFen,
                ["aidOfWindowBeforeFen"] = EarlierFen,
            },
            [
                buyer[..8], PatternWords.Number(burst.Sales), PatternWords.Number(burst.Days),
                PatternWords.Number(burst.MostOnOneDay), PatternWords.Yuan(burst.Fen),
                PatternWords.Yuan(Math.Max(aidFen, EarlierFen)),
                PatternWords.Number(window.Terms.BuyerBurstSales),
                PatternWords.Percent(window.Terms.BuyerBurstShareBasisPoints),
                PatternWords.Number(window.Terms.BuyerWindowSales),
                PatternWords.Percent(window.Terms.BuyerWindowShareBasisPoints),
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
