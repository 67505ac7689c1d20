namespace KioskFleet.Service.Catalogue;

/// <summary>A span of sale time that a version of the catalogue judges otherwise than the one before.</summary>
/// <param name="OperatorId">
/// The operator; empty for every one that has no mapping of its own of the SKU, neither before nor after.
/// </param>
/// <param name="Sku">The SKU.</param>
/// <param name="FromUtcMs">First millisecond, Unix time.</param>
/// <param name="ToUtcMs">First millisecond after it; null while it has no end.</param>
internal sealed record AffectedSpan(string OperatorId, string Sku, long FromUtcMs, long? ToUtcMs);

/// <summary>Compares two versions of the catalogue. Pure.</summary>
internal static class AffectedSpans
{
    /// <summary>Stands for every operator without a mapping of its own.</summary>
    public const string AnyOperator = "";

    /// <summary>Exactly the spans whose class differs, by SKU, operator and time.</summary>
    public static IReadOnlyList<AffectedSpan> Between(
        CatalogueIndex before, CatalogueIndex after, IEnumerable<string> skus) =>
        [.. skus.Order(StringComparer.Ordinal).SelectMany(
            sku => OfSku(sku, before.TimelinesOf(sku), after.TimelinesOf(sku)))];

    private static IEnumerable<AffectedSpan> OfSku(string sku, SkuTimelines before, SkuTimelines after)
    {
        // An operator that gets its first own mapping, or loses its last, had or has the timeline of any operator.
        var owners = (before.OwnByOperator?.Keys ?? []).Union(after.OwnByOperator?.Keys ?? []);
        return Differences(before.AnyOperator, after.AnyOperator)
            .Select(span => new AffectedSpan(AnyOperator, sku, span.FromUtcMs, span.ToUtcMs))
            .Concat(owners.Order(StringComparer.Ordinal).SelectMany(
                owner => Differences(before.For(owner), after.For(owner))
                    .Select(span => new AffectedSpan(owner, sku, span.FromUtcMs, span.ToUtcMs))));
    }

    private static List<InForce> Differences(SkuTimeline before, SkuTimeline after)
    {
        var spans = new List<InForce>();
        long[] moments = [.. new SortedSet<long>([.. before.StepsUtcMs, .. after.StepsUtcMs])];
        long? since = null;
        foreach (var moment in moments)
        {
            var differs = before.At(moment).Class != after.At(moment).Class;
            if (differs)
            {
                since ??= moment;
            }
            else if (since is { } from)
            {
                spans.Add(new InForce(from, moment));
                since = null;
            }
        }

        if (since is { } open)
        {
            spans.Add(new InForce(open, null));
        }

        return spans;
    }
}
