using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Whether a reported product is an aid product, by the same facts that judge a cabinet's sale: a listing that counts
/// by the terms of that time, and no suspension for quality. A report names no moment of sale, so they must hold at
/// every moment of its period; listings that follow one another without a gap are as good as one. Pure.
/// </summary>
internal static class ReportedAidRule
{
    private const int MostSpansShown = 2;

    /// <summary>Why a product's aid amount is refused, with the days on which it counted; null when it is taken.
    /// </summary>
    /// <param name="productId">The product.</param>
    /// <param name="facts">What was true of it, over all time.</param>
    /// <param name="period">The document's period, Unix milliseconds UTC, the end not inside.</param>
    /// <param name="zone">The zone of the days.</param>
    public static Refusal? Check(
        string productId, SkuTimeline facts, (long FromUtcMs, long ToUtcMs) period, BusinessZone zone)
    {
        var during = During(facts, period);
        if (during.All(f => f.Class == ProductClass.Aid))
        {
            return null;
        }

        var code = during.Any(f => f.IsBlocked) ? RefusalCode.ProductBlocked : RefusalCode.ProductNotListed;
        return new Refusal(code, "products", $"{productId}: {Days(facts, period, zone)}");
    }

    /// <summary>True when the city or a county of it had listed the product at every moment of a period.</summary>
    public static bool IsOfCity(SkuTimeline facts, (long FromUtcMs, long ToUtcMs) period) =>
        During(facts, period).All(f => f.IsOfCity);

    private static List<SkuFacts> During(SkuTimeline facts, (long FromUtcMs, long ToUtcMs) period)
    {
        var during = new List<SkuFacts> { facts.At(period.FromUtcMs) };
        foreach (var step in facts.StepsUtcMs)
        {
            if (step > period.FromUtcMs && step < period.ToUtcMs)
            {
                during.Add(facts.At(step));
            }
        }

        return during;
    }

    /// <summary>The whole days on which it counted: the last spans that begin before the period is over.</summary>
    private static string Days(SkuTimeline facts, (long FromUtcMs, long ToUtcMs) period, BusinessZone zone)
    {
        var spans = Spans(facts).Where(s => s.FromUtcMs < period.ToUtcMs).Select(s => Text(s, zone))
            .Where(text => text.Length > 0).TakeLast(MostSpansShown).ToList();
        return spans.Count == 0 ? "–" : string.Join(", ", spans);
    }

    private static List<InForce> Spans(SkuTimeline facts)
    {
        var spans = new List<InForce>();
        long? began = null;
        foreach (var step in facts.StepsUtcMs)
        {
            var isAid = facts.At(step).Class == ProductClass.Aid;
            if (!isAid && began is { } from)
            {
                spans.Add(new InForce(from, step));
            }

            began = isAid ? began ?? step : null;
        }

        if (began is { } open)
        {
            spans.Add(new InForce(open, null));
        }

        return spans;
    }

    private static string Text(InForce span, BusinessZone zone)
    {
        var day = zone.DayOf(span.FromUtcMs);
        var first = zone.StartOfUtcMs(day) == span.FromUtcMs ? day : day.AddDays(1);
        return span.ToUtcMs is not { } to ? $"{first:yyyy-MM-dd} –"
            : zone.DayOf(to) > first ? $"{first:yyyy-MM-dd} – {zone.DayOf(to).AddDays(-1):yyyy-MM-dd}"
            : "";
    }
}
