using CsCheck;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>Sliding spans, daily peaks and medians against the plainest ways to find them.</summary>
[RunsOnce]
public sealed class SlidingSpanTests
{
    private const long Span = 1_000;

    [Fact]
    public void A_span_holds_what_a_plain_search_finds_while_sales_come_in_about_the_order_of_time() =>
        Gen.Select(Gen.Long[0, 700], Gen.Long[0, 900]).Array[1, 60].Sample(steps =>
        {
            var span = new SlidingSpan(Span);
            var seen = new List<SpanSale>();
            var now = 0L;
            foreach (var (step, back) in steps)
            {
                now += step;
                var sale = new SpanSale(Math.Max(now - back, 0), seen.Count, 0, 0);
                if (seen.Count > 0 && sale.UtcMs < seen.Max(s => s.UtcMs) - Span)
                {
                    continue;
                }

                span.Add(sale);
                seen.Add(sale);
                var newest = seen.Max(s => s.UtcMs);
                var plain = seen.Where(s => s.UtcMs >= newest - Span).OrderBy(s => s.UtcMs).ToList();
                Assert.Equal(plain.Select(s => s.UtcMs), span.Sales.Select(s => s.UtcMs));
                Assert.Equal(plain.Select(s => s.Position).Order(), span.Sales.Select(s => s.Position).Order());
                Assert.Equal(plain.Count(s => s.UtcMs >= now - 300), span.CountFrom(now - 300));
            }
        });

    [Fact]
    public void Older_sales_of_another_journal_begin_anew()
    {
        var span = new SlidingSpan(Span);
        span.Add(new SpanSale(50_000, 1, 0, 0));
        span.Add(new SpanSale(50_100, 2, 0, 0));
        span.Add(new SpanSale(7_000, 3, 0, 0));
        span.Add(new SpanSale(7_500, 4, 0, 0));
        Assert.Equal([3L, 4L], span.Sales.Select(s => s.Position));
    }

    [Fact]
    public void A_product_s_peak_is_the_most_sales_in_any_span_of_the_month() =>
        Gen.Long[0, 20_000].Array[1, 80].Sample(minutes =>
        {
            var times = minutes.Order().Select(m => (1_440 + m) * 60_000).ToList();
            var terms = new CheckTerms { ProductBurstSales = 2, BurstMinutes = 45 };
            var (all, pace) = (new SlidingSpan(45 * 60_000), new ProductPace(terms, new DayPeaks()));
            foreach (var (at, i) in times.Select((at, i) => (at, i)))
            {
                var sale = new SpanSale(at, i, 1, 0);
                all.Add(sale);
                pace.Add(sale, 1 + (int)(at / 86_400_000), all);
            }

            var plain = times.Max(first => times.Count(at => at >= first && at <= first + 45 * 60_000));
            Assert.Equal(plain < 2 ? null : plain, pace.Peak()?.Sales);

            // Every sale within any such span counts once.
            var within = times.Where((at, i) =>
                times.Where((other, j) => i != j && Math.Abs(other - at) <= 45 * 60_000).Any()).Count();
            Assert.Equal((within, (long)within), (pace.BurstSales, pace.BurstFen));
        });

    [Fact]
    public void The_usual_peak_of_other_days_is_their_plain_median_where_it_matters() =>
        Gen.Select(Gen.Int[0, 40].Array[1, 40], Gen.Int[0, 39], Gen.Int[101, 400]).Sample((peaks, pick, percent) =>
        {
            var terms = new CheckTerms { ProductBurstSales = 12, ProductBurstUsualPercent = percent };
            var days = new DayPeaks();
            for (var day = 0; day < peaks.Length; day++)
            {
                days.Add(20200901 + day, peaks[day], terms);
            }

            pick %= peaks.Length;
            var (others, median) = days.Besides(20200901 + pick);
            var plain = peaks.Where((_, day) => day != pick).Order().ToList();
            Assert.Equal(plain.Count, others);
            var exact = plain.Count == 0 ? 0 : plain[(plain.Count - 1) / 2];

            // A median that could make 12 sales ordinary is exact; a lower one may read as 0.
            Assert.Equal(exact * percent >= 1_200 ? exact : 0, median);
        });

    [Fact]
    public void The_median_price_of_a_SKU_is_the_plain_one_while_its_prices_are_few() =>
        Gen.Long[1, 50].Array[1, 200].Sample(prices =>
        {
            var tally = new PriceTally();
            foreach (var price in prices)
            {
                tally.Add(Line(price), 1);
            }

            var sorted = prices.Order().ToList();
            Assert.Equal(sorted[(sorted.Count - 1) / 2], tally.MedianFen());
            for (var quarters = 1; quarters <= 3; quarters++)
            {
                var price = tally.QuarterFen(quarters);
                Assert.True(sorted.Count(p => p <= price) * 4 >= sorted.Count * quarters);
                Assert.True(sorted.Count(p => p < price) * 4 < sorted.Count * quarters);
            }

            Assert.Equal(prices.Length, tally.Lines);
            Assert.Equal(prices.Distinct().Order(), tally.Prices.Select(p => p.PriceFen));
        });

    [Fact]
    public void Goods_with_a_price_for_each_sale_keep_few_prices_and_yet_show_one_far_beyond() =>
        Gen.Select(Gen.Long[1_000, 3_000].Array[500, 600], Gen.Long[20_000, 1_000_000]).Sample((prices, outlier) =>
        {
            var tally = new PriceTally();
            foreach (var price in prices.Append(outlier))
            {
                tally.Add(Line(price), price);
            }

            Assert.True(tally.Prices.Count <= PatternLimits.MaxPrices + 1);
            Assert.Equal(prices.Length + 1, tally.Prices.Sum(p => p.Lines));
            var last = tally.Prices[^1];
            Assert.Equal((outlier, 1L), (last.PriceFen, last.Lines));
            var sorted = prices.Order().ToList();
            var median = sorted[(sorted.Count - 1) / 2];
            Assert.InRange(tally.MedianFen(), median - 200, median + 200);
        }, iter: 50);

    [Fact]
    public void A_price_is_what_was_shown_or_what_was_paid_when_that_was_more()
    {
        Assert.Equal(500, PriceTally.PriceOf(new SeenLine { Quantity = 3, UnitPriceFen = 500, PaidFen = 900 }));
        Assert.Equal(667, PriceTally.PriceOf(new SeenLine { Quantity = 3, UnitPriceFen = 500, PaidFen = 2_000 }));
    }

    private static SeenLine Line(long price) =>
        new() { Class = ProductClass.Aid, Quantity = 1, UnitPriceFen = price, PaidFen = price };
}
