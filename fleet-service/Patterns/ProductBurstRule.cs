using System.Text.Json.Nodes;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>The most that one aid product sold within a span of time, and what was ordinary for it.</summary>
/// <param name="Sales">Its sales within the span.</param>
/// <param name="AllSales">All sales of the cabinet within the same time.</param>
/// <param name="KnownPayers">Of its sales, those whose payer a bill names.</param>
/// <param name="DifferentPayers">Different payers among them.</param>
/// <param name="OtherDays">Other days of the window on which it sold.</param>
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

    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.ProductBurst;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window) => new ProductBurstWatch(window, skus);

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

    private sealed class ProductBurstWatch(WatchedWindow window, SkuNumbers skus) : SalesWatch
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
                    if (!_paces.TryGetValue(lines[i].Sku, out var pace))
                    {
                        _paces[lines[i].Sku] = pace = new ProductPace(window.Terms);
                    }

                    pace.Add(new SpanSale(sale.UtcMs, sale.Position, netFen, sale.Buyer), sale.Day, _all);
                }
            }
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts) =>
            from pace in _paces
            let peak = pace.Value.Peak()
            where peak is { } most && IsBurst(most, window.Terms) && IsMaterial(pace.Value.BurstFen, amounts)
            select pace.Value.Tell(skus.Text(pace.Key), peak.Value);

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

/// <summary>How one aid product of a cabinet sells over a window's days. Not thread-safe.</summary>
internal sealed class ProductPace(CheckTerms terms)
{
    private readonly SlidingSpan _span = new(terms.BurstMinutes * 60_000L);
    private readonly List<(int Day, int Peak)> _highPeaks = [];
    private SpanSale[]? _best;
    private (int Known, int Different) _bestPayers;
    private (long UtcMs, long Position) _countedTo;
    private int _bestAll;
    private int _bestDay;
    private int _day;
    private int _dayPeak;
    private int _days;

    /// <summary>What the sales of all bursts count, each once, in fen.</summary>
    public long BurstFen { get; private set; }

    /// <summary>How many those are.</summary>
    public int BurstSales { get; private set; }

    /// <summary>Adds a sale.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="day">Its business day.</param>
    /// <param name="all">All sales of the cabinet so far, this one included.</param>
    public void Add(SpanSale sale, int day, SlidingSpan all)
    {
        if (day != _day)
        {
            EndDay();
            (_day, _dayPeak) = (day, 0);
        }

        _span.Add(sale);
        var sales = _span.Sales;
        _dayPeak = Math.Max(_dayPeak, sales.Count);
        if (sales.Count >= terms.ProductBurstSales
            && all.CountFrom(sales[0].UtcMs) is var allSales
            && ProductBurstRule.IsMany(sales.Count, allSales, terms)
            && Payers(sales) is var payers
            && !ProductBurstRule.IsCrowd(sales.Count, payers.Known, payers.Different, terms))
        {
            Count(sales);
            if (sales.Count > (_best?.Length ?? 0))
            {
                (_best, _bestAll, _bestDay, _bestPayers) = ([.. sales], allSales, day, payers);
            }
        }
    }

    /// <summary>The greatest peak that is many and no crowd; null when there is none.</summary>
    public ProductPeak? Peak()
    {
        EndDay();
        _day = 0;
        if (_best is not { } best)
        {
            return null;
        }

        // Days whose peak was low are only counted: the median is theirs when they are most days, and then it is 0
        // here, below anything that could be ordinary.
        var others = _days - 1;
        var high = _highPeaks.Where(peak => peak.Day != _bestDay).Select(peak => peak.Peak).Order().ToList();
        var middle = (others - 1) / 2 - (others - high.Count);
        return new ProductPeak(best.Length, _bestAll, _bestPayers.Known, _bestPayers.Different, others,
            middle >= 0 && middle < high.Count ? high[middle] : 0);
    }

    /// <summary>Tells the peak.</summary>
    public PatternFound Tell(string sku, in ProductPeak peak)
    {
        var best = _best!;
        var examples = default(Examples);
        foreach (var sale in best)
        {
            examples.Add(sale.Position);
        }

        return new PatternFound(
            sku, BurstFen, BurstFen,
            new JsonObject
            {
                ["sku"] = sku,
                ["day"] = _bestDay,
                ["firstUtc"] = PatternEvidence.Utc(best[0].UtcMs),
                ["lastUtc"] = PatternEvidence.Utc(best[^1].UtcMs),
                ["sales"] = peak.Sales,
                ["allSalesThen"] = peak.AllSales,
                ["salesOfAllBursts"] = BurstSales,
                ["amountOfAllBurstsFen"] = BurstFen,
                ["otherDays"] = peak.OtherDays,
                ["usualPeak"] = peak.UsualPeak,
                ["salesWithKnownPayer"] = peak.KnownPayers,
                ["differentPayers"] = peak.DifferentPayers,
            },
            [
                sku, PatternWords.Number(peak.Sales), PatternWords.Number(terms.BurstMinutes),
                PatternWords.Number(peak.AllSales), PatternWords.Yuan(BurstFen),
                PatternWords.Number(terms.ProductBurstSales), PatternWords.Number(peak.UsualPeak),
                PatternWords.Number(peak.DifferentPayers), PatternWords.Number(peak.KnownPayers),
            ],
            examples);
    }

    private void Count(IReadOnlyList<SpanSale> sales)
    {
        foreach (var sale in sales)
        {
            if ((sale.UtcMs, sale.Position).CompareTo(_countedTo) > 0)
            {
                BurstFen = checked(BurstFen + sale.Fen);
                BurstSales++;
                _countedTo = (sale.UtcMs, sale.Position);
            }
        }
    }

    private static (int Known, int Different) Payers(IReadOnlyList<SpanSale> sales)
    {
        var known = sales.Where(sale => sale.Buyer != 0).ToList();
        return (known.Count, known.DistinctBy(sale => sale.Buyer).Count());
    }

    private void EndDay()
    {
        if (_day == 0)
        {
            return;
        }

        _days++;

        // Only peaks that could make a burst ordinary are kept: the others would be a number for each product and day.
        if ((long)_dayPeak * terms.ProductBurstUsualPercent >= terms.ProductBurstSales * 100L)
        {
            _highPeaks.Add((_day, _dayPeak));
        }
    }
}
