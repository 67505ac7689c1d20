using System.Text.Json.Nodes;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>What an article usually costs. Prices of one piece, in fen; at least 1.</summary>
/// <param name="PriceFen">The usual price.</param>
/// <param name="UpperFen">What a high price is compared with: where three quarters of the sales are reached.</param>
/// <param name="LowerFen">What a low price is compared with: where one quarter is.</param>
/// <param name="Cabinets">Cabinets that they come from; 0 when they are the cabinet's own.</param>
internal readonly record struct UsualPrice(long PriceFen, long UpperFen, long LowerFen, int Cabinets);

/// <summary>
/// A SKU that is sold far above its usual price, or mostly far below it. The usual price of an article is the median of
/// the cabinets' own medians, each cabinet one voice, so that many sales of one cabinet move nothing. With too few
/// cabinets it is the cabinet's own, and only a price that came after many usual sales is high: after a clearing the
/// full price before it would look so. Quarters in place of the median let a promotion of some days be. A place
/// that is dear or cheap throughout is compared at its own level. A price is high only when it was really paid, so that
/// a discount excuses, and low only when most of many sales are, so that a clearing of goods near their date does.
/// </summary>
internal sealed class PriceRule(SkuNumbers skus, Articles articles) : ISalesRule
{
    /// <summary>Articles with a usual price in the city that tell a cabinet's own level, at least.</summary>
    public const int LeastArticlesOfLevel = 5;

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

    /// <summary>
    /// How a cabinet's prices compare with the city's, in percent: the median over its articles; 100 when too few tell.
    /// A handful of absurd prices does not move it.
    /// </summary>
    /// <param name="percents">Each article's own price in percent of the city's usual one, ascending.</param>
    public static long Level(IReadOnlyList<long> percents) =>
        percents.Count < LeastArticlesOfLevel ? 100 : Median(percents);

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
            return voices.Usual;
        }

        return own.Lines >= terms.PriceMinimumSales
            ? new UsualPrice(own.MedianFen(), _voices[article].HighestUpperFen, own.QuarterFen(1), 0)
            : null;
    }

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
        private UsualPrice? _usual;

        public int Count => _byCabinet.Count;

        public long Lines { get; private set; }

        public UsualPrice Usual => _usual ??= new UsualPrice(Over(2), Over(3), Over(1), Count);

        /// <summary>
        /// The upper quarter of the dearest cabinet: with few cabinets nobody knows which one is right.
        /// </summary>
        public long HighestUpperFen => _byCabinet.Values.Max(t => t.QuarterFen(3));

        public void Hear(string cabinet, PriceTally tally)
        {
            Lines += tally.Lines;
            if (!_byCabinet.TryGetValue(cabinet, out var heard) || heard.Lines < tally.Lines)
            {
                _byCabinet[cabinet] = tally;
            }
        }

        private long Over(int quarters) => Median([.. _byCabinet.Values.Select(t => t.QuarterFen(quarters)).Order()]);
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
            var usuals = _tallies.ToDictionary(
                of => of.Key, of => rule.UsualOf(ArticleOf(of.Key), of.Value, window.Terms));
            var level = Level([.. usuals.Where(of => of.Value is { Cabinets: > 0 })
                .Select(of => (long)((Int128)_tallies[of.Key].MedianFen() * 100 / of.Value!.Value.PriceFen)).Order()]);
            foreach (var (sku, tally) in _tallies)
            {
                if (usuals[sku] is not { } usual)
                {
                    continue;
                }

                var own = usual.Cabinets == 0 ? 100 : level;
                var high = tally.Prices.Where(p =>
                    (usual.Cabinets > 0 || p.LinesBefore >= window.Terms.PriceMinimumSales)
                    && IsHigh(p, AtLevel(usual.UpperFen, Math.Max(own, 100)), window.Terms)).ToList();
                var low = tally.Prices.Where(
                    p => IsLow(p, AtLevel(usual.LowerFen, Math.Min(own, 100)), window.Terms)).ToList();
                if (!IsMostlyLow(low.Sum(p => p.Lines), tally.Lines, window.Terms))
                {
                    low.Clear();
                }

                if (high.Count + low.Count > 0)
                {
                    yield return Tell(rule.TextOf(sku), (usual, own), tally, (high, low));
                }
            }
        }

        private string ArticleOf(int sku) => rule.ArticleOf(window.OperatorId, sku);

        private PatternFound Tell(
            string sku, (UsualPrice Price, long Level) usual, PriceTally tally,
            (List<PriceBucket> High, List<PriceBucket> Low) outliers)
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
                    ["usualFen"] = usual.Price.PriceFen,
                    ["usualUpperQuarterFen"] = usual.Price.UpperFen,
                    ["usualLowerQuarterFen"] = usual.Price.LowerFen,
                    ["usualFromCabinets"] = usual.Price.Cabinets,
                    ["priceLevelOfCabinetPercent"] = usual.Level,
                    ["sales"] = tally.Lines,
                    ["prices"] = new JsonArray(
                        [.. found.Take(PatternLimits.MaxExamples).Select(bucket => (JsonNode)Json(bucket))]),
                },
                [
                    sku, PatternWords.Number(lines), PatternWords.Yuan(found[0].PriceFen),
                    PatternWords.Yuan(found[^1].PriceFen), PatternWords.Yuan(usual.Price.PriceFen),
                    PatternWords.Number(usual.Price.Cabinets), PatternWords.Number(usual.Level),
                    PatternWords.Number(window.Terms.PriceOutlierPercent),
                ],
                examples);
        }
    }

    private static long AtLevel(long priceFen, long percent) =>
        (long)Int128.Clamp((Int128)priceFen * percent / 100, 1, long.MaxValue);

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
