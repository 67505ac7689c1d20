using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>The most that one aid product sold within a span of time, and what was ordinary for it.</summary>
/// <param name="Sales">Its sales within the span.</param>
/// <param name="AllSales">All sales of the cabinet within the same time.</param>
/// <param name="KnownPayers">Of its sales, those whose payer a bill names.</param>
/// <param name="DifferentPayers">Different payers among them.</param>
/// <param name="OtherDays">Other days that were read on which it sold.</param>
/// <param name="UsualPeak">Median over those days of the most it sold within a span; 0 without such days.</param>
internal readonly record struct ProductPeak(
    int Sales, int AllSales, int KnownPayers, int DifferentPayers, int OtherDays, int UsualPeak);

/// <summary>
/// Many aid sales of one product in one cabinet within a short time. A rush is no burst: at a canteen's noon or at a
/// festival everything sells and not one product alone, a product that peaks each day peaks as usual, and where bills
/// name the payers, many customers are many payers. A school that buys a class's milk piece by piece lifts no share:
/// what all bursts of the product make must be a part of the cabinet's aid amount that matters.
/// </summary>
internal sealed class ProductBurstRule(SkuNumbers skus) : ISalesRule
{
    /// <summary>Fewer other days than this tell no usual peak.</summary>
    public const int LeastOtherDays = 3;

    private readonly Dictionary<(string CabinetId, string OperatorId), Dictionary<int, DayPeaks>> _peaks = [];
    private readonly List<ProductBurstWatch> _watches = [];
    private bool _daysHaveEnded;

    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.ProductBurst;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window)
    {
        // What is usual at a cabinet does not begin anew with a window.
        if (!_peaks.TryGetValue((window.CabinetId, window.OperatorId), out var peaks))
        {
            _peaks[(window.CabinetId, window.OperatorId)] = peaks = [];
        }

        var watch = new ProductBurstWatch(this, window, skus, peaks);
        _watches.Add(watch);
        return watch;
    }

    /// <summary>True when so many sales at once are out of the ordinary.</summary>
    public static bool IsBurst(in ProductPeak peak, CheckTerms terms)
    {
        if (!IsMany(peak.Sales, peak.AllSales, terms)
            || IsCrowd(peak.Sales, peak.KnownPayers, peak.DifferentPayers, terms))
        {
            return false;
        }

        // Payers say more than habit does: few of them are a burst on each day too.
        return ArePayersKnown(peak.Sales, peak.KnownPayers)
            || peak.OtherDays < LeastOtherDays
            || (long)peak.Sales * 100 >= (long)peak.UsualPeak * terms.ProductBurstUsualPercent;
    }

    /// <summary>True when the sales are many, and most of what the cabinet sold then.</summary>
    public static bool IsMany(int sales, int allSales, CheckTerms terms) => sales >= terms.ProductBurstSales
        && (Int128)sales * PatternWords.Whole >= (Int128)allSales * terms.ProductBurstShareBasisPoints;

    /// <summary>True when bursts make a part of the aid amount that matters.</summary>
    /// <param name="burstFen">What all bursts of the product count, in fen.</param>
    /// <param name="aidFen">The cabinet's aid amount that they are weighed by, in fen.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsMaterial(long burstFen, long aidFen, CheckTerms terms) =>
        burstFen > 0 && (Int128)burstFen * PatternWords.Whole >= (Int128)aidFen * terms.ProductBurstAidBasisPoints;

    /// <summary>True when payers are known for at least half of the sales.</summary>
    public static bool ArePayersKnown(int sales, int knownPayers) => knownPayers > 0 && knownPayers * 2 >= sales;

    /// <summary>True when payers are known, and nearly each is another.</summary>
    public static bool IsCrowd(int sales, int knownPayers, int differentPayers, CheckTerms terms) =>
        ArePayersKnown(sales, knownPayers)
        && (Int128)differentPayers * PatternWords.Whole >= (Int128)knownPayers * terms.BurstPayersBasisPoints;

    /// <summary>
    /// Ends the last day of every window, once: windows are told newest first, and the last days of the older ones say
    /// what is usual too.
    /// </summary>
    private void EndDays()
    {
        if (!_daysHaveEnded)
        {
            _daysHaveEnded = true;
            _watches.ForEach(watch => watch.EndDay());
        }
    }

    private sealed class ProductBurstWatch(
        ProductBurstRule rule, WatchedWindow window, SkuNumbers skus, Dictionary<int, DayPeaks> peaks) : SalesWatch
    {
        private readonly Dictionary<int, ProductPace> _paces = [];
        private readonly SlidingSpan _all = new(window.Terms.BurstMinutes * 60_000L);

        public override void See(SeenSale sale)
        {
            _all.Add(new SpanSale(sale.UtcMs, sale.Position, 0, 0));
            var lines = sale.Lines;
            for (var i = 0; i < lines.Length; i++)
            {
                var netFen = NetOf(lines, i);
                if (netFen > 0)
                {
                    PaceOf(lines[i].Sku).Add(
                        new SpanSale(sale.UtcMs, sale.Position, netFen, sale.Buyer), sale.Day, _all);
                }
            }
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            rule.EndDays();
            return from pace in _paces
                   let peak = pace.Value.Peak()
                   where peak is { } most && IsBurst(most, window.Terms) && IsMaterial(pace.Value.BurstFen, amounts)
                   select pace.Value.Tell(skus.Text(pace.Key), peak.Value);
        }

        public void EndDay()
        {
            foreach (var pace in _paces.Values)
            {
                pace.EndDay();
            }
        }

        private ProductPace PaceOf(int sku)
        {
            if (!_paces.TryGetValue(sku, out var pace))
            {
                if (!peaks.TryGetValue(sku, out var days))
                {
                    peaks[sku] = days = new DayPeaks();
                }

                _paces[sku] = pace = new ProductPace(window.Terms, days);
            }

            return pace;
        }

        private bool IsMaterial(long burstFen, WindowAmounts amounts) =>
            ProductBurstRule.IsMaterial(burstFen, amounts.AidFen, window.Terms)
            && (window.HasEnded
                || ProductBurstRule.IsMaterial(burstFen, window.EarlierAidFen.Value, window.Terms));

        /// <summary>What the aid lines of a SKU count, told at the first of them; else 0.</summary>
        private static long NetOf(ReadOnlySpan<SeenLine> lines, int index)
        {
            var fen = 0L;
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i].Sku == lines[index].Sku && lines[i].Class == ProductClass.Aid)
                {
                    if (i < index)
                    {
                        return 0;
                    }

                    fen += lines[i].NetFen;
                }
            }

            return lines[index].Class == ProductClass.Aid ? fen : 0;
        }
    }
}
