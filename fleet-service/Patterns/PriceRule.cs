using System.Text.Json.Nodes;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>What an article usually costs.</summary>
/// <param name="PriceFen">The price of one piece, in fen; at least 1.</param>
/// <param name="Cabinets">Cabinets that it comes from; 0 when it is the cabinet's own.</param>
internal readonly record struct UsualPrice(long PriceFen, int Cabinets);

/// <summary>
/// A SKU that is sold far above its usual price, or mostly far below it. The usual price of an article is the median of
/// the cabinets' own medians, each cabinet one voice, so that many sales of one cabinet move nothing; with too few
/// cabinets it is the cabinet's own median. A price is high only when it was really paid, so that a discount excuses,
/// and low only when most of many sales are, so that a clearing of goods near their date does.
/// </summary>
internal sealed class PriceRule(SkuNumbers skus, Articles articles) : ISalesRule
{
    private readonly List<PriceWatch> _watches = [];
    private Dictionary<string, Voices>? _voices;

    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.PriceOutlier;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window)
    {
        var watch = new PriceWatch(this, window);
        _watches.Add(watch);
        return watch;
    }

    /// <summary>True when a price is so far above the usual one, and was paid.</summary>
    /// <param name="bucket">What was sold at the price.</param>
    /// <param name="usualFen">The usual price of one piece, in fen.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsHigh(PriceBucket bucket, long usualFen, CheckTerms terms)
    {
        var limit = (Int128)usualFen * terms.PriceOutlierPercent;
        return (Int128)bucket.PriceFen * 100 > limit && (Int128)bucket.PaidFen * 100 > limit * bucket.Pieces;
    }

    /// <summary>True when a price is so far below the usual one.</summary>
    public static bool IsLow(PriceBucket bucket, long usualFen, CheckTerms terms) =>
        (Int128)bucket.PriceFen * terms.PriceOutlierPercent < (Int128)usualFen * 100;

    /// <summary>True when that many low sales are no clearing.</summary>
    /// <param name="low">Low sales.</param>
    /// <param name="all">All sales of the SKU in the cabinet and window.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsMostlyLow(long low, long all, CheckTerms terms) =>
        low >= terms.PriceMinimumSales && low * 2 >= all;

    /// <summary>The lower median of some prices; 0 without any.</summary>
    public static long Median(IReadOnlyList<long> ascending) =>
        ascending.Count == 0 ? 0 : ascending[(ascending.Count - 1) / 2];

    /// <summary>What an article usually costs; null when too little was sold to know.</summary>
    private UsualPrice? UsualOf(string article, PriceTally own, CheckTerms terms)
    {
        _voices ??= GatherVoices();
        if (_voices[article] is { } voices
            && voices.Count >= terms.PriceMinimumCabinets && voices.Lines >= terms.PriceMinimumSales)
        {
            return Known(voices.MedianFen, voices.Count);
        }

        return own.Lines >= terms.PriceMinimumSales ? Known(own.MedianFen(), 0) : null;
    }

    private static UsualPrice? Known(long priceFen, int cabinets) =>
        priceFen > 0 ? new UsualPrice(priceFen, cabinets) : null;

    private Dictionary<string, Voices> GatherVoices()
    {
        var voices = new Dictionary<string, Voices>(StringComparer.Ordinal);
        foreach (var watch in _watches)
        {
            watch.Vote(voices);
        }

        return voices;
    }

    /// <summary>
    /// What the cabinets say of one article, each by the window in which it sold the most of it.
    /// </summary>
    private sealed class Voices
    {
        private readonly Dictionary<string, PriceTally> _byCabinet = new(StringComparer.Ordinal);
        private long? _medianFen;

        public int Count => _byCabinet.Count;

        public long Lines { get; private set; }

        public long MedianFen => _medianFen ??= Median([.. _byCabinet.Values.Select(t => t.MedianFen()).Order()]);

        public void Hear(string cabinet, PriceTally tally)
        {
            Lines += tally.Lines;
            if (!_byCabinet.TryGetValue(cabinet, out var heard) || heard.Lines < tally.Lines)
            {
                _byCabinet[cabinet] = tally;
            }
        }
    }

    private sealed class PriceWatch(PriceRule rule, WatchedWindow window) : SalesWatch
    {
        private readonly Dictionary<int, PriceTally> _tallies = [];

        public override void See(SeenSale sale)
        {
            foreach (ref readonly var line in sale.Lines)
            {
                // A gift has no price, and what was given back in full was not sold.
                if (line.NetFen > 0)
                {
                    if (!_tallies.TryGetValue(line.Sku, out var tally))
                    {
                        _tallies[line.Sku] = tally = new PriceTally();
                    }

                    tally.Add(line, sale.Position);
                }
            }
        }

        public void Vote(Dictionary<string, Voices> voices)
        {
            foreach (var (sku, tally) in _tallies)
            {
                var article = ArticleOf(sku);
                if (!voices.TryGetValue(article, out var heard))
                {
                    voices[article] = heard = new Voices();
                }

                heard.Hear(window.CabinetId, tally);
            }
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            foreach (var (sku, tally) in _tallies)
            {
                if (rule.UsualOf(ArticleOf(sku), tally, window.Terms) is not { } usual)
                {
                    continue;
                }

                var high = tally.Prices.Where(p => IsHigh(p, usual.PriceFen, window.Terms)).ToList();
                var low = tally.Prices.Where(p => IsLow(p, usual.PriceFen, window.Terms)).ToList();
                if (!IsMostlyLow(low.Sum(p => p.Lines), tally.Lines, window.Terms))
                {
                    low.Clear();
                }

                if (high.Count + low.Count > 0)
                {
                    yield return Tell(rule.TextOf(sku), usual, tally, (high, low));
                }
            }
        }

        private string ArticleOf(int sku) => rule.ArticleOf(window.OperatorId, sku);

        private PatternFound Tell(
            string sku, UsualPrice usual, PriceTally tally, (List<PriceBucket> High, List<PriceBucket> Low) outliers)
        {
            List<PriceBucket> found = [.. outliers.High, .. outliers.Low];
            var examples = default(Examples);
            foreach (var bucket in found)
            {
                examples.Add(bucket.Examples);
            }

            var lines = found.Sum(p => p.Lines);
            var liftedFen = outliers.High.Sum(p => p.AidFen);
            return new PatternFound(
                sku, lines, liftedFen > 0 ? liftedFen : null,
                new JsonObject
                {
                    ["sku"] = sku,
                    ["usualFen"] = usual.PriceFen,
                    ["usualFromCabinets"] = usual.Cabinets,
                    ["sales"] = tally.Lines,
                    ["prices"] = new JsonArray(
                        [.. found.Take(PatternLimits.MaxExamples).Select(bucket => (JsonNode)Json(bucket))]),
                },
                [
                    sku, PatternWords.Number(lines), PatternWords.Yuan(found[0].PriceFen),
                    PatternWords.Yuan(found[^1].PriceFen), PatternWords.Yuan(usual.PriceFen),
                    PatternWords.Number(usual.Cabinets), PatternWords.Number(window.Terms.PriceOutlierPercent),
                ],
                examples);
        }
    }

    private static JsonObject Json(PriceBucket bucket) => new()
    {
        ["priceFen"] = bucket.PriceFen,
        ["sales"] = bucket.Lines,
        ["pieces"] = bucket.Pieces,
        ["paidFen"] = bucket.PaidFen,
    };

    private string TextOf(int sku) => skus.Text(sku);

    private string ArticleOf(string operatorId, int sku) => articles.Of(operatorId, skus.Text(sku));
}
