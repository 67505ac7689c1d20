namespace KioskFleet.Protocol.Configs;

/// <summary>What a SKU counts as from a moment on, until the next span.</summary>
/// <param name="FromUtcMs">The beginning, Unix milliseconds UTC; 0 for "since ever".</param>
/// <param name="Class">What it counts as.</param>
/// <param name="IsBlocked">True while its product is suspended for quality: it must not be vended at all.</param>
public readonly record struct SkuSpan(long FromUtcMs, GateClass Class, bool IsBlocked);

/// <summary>A SKU with what it counts as over time. Immutable.</summary>
/// <param name="Sku">The operator's SKU, 1 to 64 UTF-8 bytes.</param>
/// <param name="Spans">At least one, ascending; before the first one the SKU is Unmapped.</param>
public sealed record SkuClass(string Sku, IReadOnlyList<SkuSpan> Spans)
{
    /// <summary>The span in force at a moment.</summary>
    public SkuSpan At(long utcMs)
    {
        var at = new SkuSpan(0, GateClass.Unmapped, false);
        foreach (var span in Spans)
        {
            at = span.FromUtcMs <= utcMs ? span : at;
        }

        return at;
    }
}

/// <summary>A SKU that everybody needs: its vends always pass, although they count.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="UntilUtcMs">End of the exemption, Unix milliseconds UTC; 0 for none.</param>
public readonly record struct ExemptSku(string Sku, long UntilUtcMs)
{
    /// <summary>True while the exemption holds.</summary>
    public bool HoldsAt(long utcMs) => UntilUtcMs == 0 || utcMs < UntilUtcMs;
}
