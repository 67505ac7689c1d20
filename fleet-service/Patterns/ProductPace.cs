using System.Text.Json.Nodes;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// The most that one product of a cabinet sold within a span on each day. Low peaks are only counted: kept they would
/// be a number for each product and day. Not thread-safe.
/// </summary>
internal sealed class DayPeaks
{
    private readonly List<(int Day, int Peak)> _high = [];
    private int _days;

    /// <summary>Adds a day.</summary>
    /// <param name="day">The day, yyyymmdd.</param>
    /// <param name="peak">Its peak.</param>
    /// <param name="terms">What they are compared with: a peak that could make no burst ordinary is low.</param>
    public void Add(int day, int peak, CheckTerms terms)
    {
        _days++;
        if ((long)peak * terms.ProductBurstUsualPercent >= terms.ProductBurstSales * 100L)
        {
            _high.Add((day, peak));
        }
    }

    /// <summary>How many other days there are, and their lower median peak, low ones taken as 0.</summary>
    public (int Days, int Median) Besides(int day)
    {
        var others = Math.Max(_days - 1, 0);
        var high = _high.Where(peak => peak.Day != day).Select(peak => peak.Peak).Order().ToList();
        var middle = (others - 1) / 2 - (others - high.Count);
        return (others, middle >= 0 && middle < high.Count ? high[middle] : 0);
    }
}

/// <summary>How one aid product of a cabinet sells over a window's days. Not thread-safe.</summary>
internal sealed class ProductPace(CheckTerms terms, DayPeaks peaks)
{
    private readonly SlidingSpan _span = new(terms.BurstMinutes * 60_000L);
    private SpanSale[]? _best;
    private (int Known, int Different) _bestPayers;
    private (long UtcMs, long Position) _countedTo;
    private int _bestAll;
    private int _bestDay;
    private int _day;
    private int _dayPeak;

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
            _day = day;
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
        if (_best is not { } best)
        {
            return null;
        }

        var (days, median) = peaks.Besides(_bestDay);
        return new ProductPeak(best.Length, _bestAll, _bestPayers.Known, _bestPayers.Different, days, median);
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

    /// <summary>Counts the day of the last sales toward what is usual; nothing when that was done.</summary>
    public void EndDay()
    {
        if (_day != 0)
        {
            peaks.Add(_day, _dayPeak, terms);
            (_day, _dayPeak) = (0, 0);
        }
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
}
