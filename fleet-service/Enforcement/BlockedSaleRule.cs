using KioskFleet.Protocol.Configs;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Which sold lines the gate had to refuse because the product was blocked for quality: by the config that the cabinet
/// certainly worked by at that moment, and already when a vend that was just delivered may have been approved. Pure.
/// </summary>
internal static class BlockedSaleRule
{
    /// <summary>The config that blocked a line, or null.</summary>
    /// <param name="line">The line.</param>
    /// <param name="told">What the cabinet was told, oldest first.</param>
    public static ToldConfig? BlockedBy(SoldLine line, IReadOnlyList<ToldConfig> told)
    {
        var approvedUtcMs = line.UtcMs - (long)EnforcementLimits.OpenApproval.TotalMilliseconds;
        var by = told.LastOrDefault(config => config.BindsUtcMs <= approvedUtcMs);
        return by is not null && line.UtcMs <= by.ReportedUtcMs
            && by.Config.Skus.FirstOrDefault(sku => sku.Sku == line.Sku) is { } sku
            && sku.At(approvedUtcMs).IsBlocked && sku.At(line.UtcMs).IsBlocked
                ? by
                : null;
    }

    /// <summary>SKUs that a config blocks at some time.</summary>
    public static IEnumerable<string> BlockedIn(CabinetConfig config) =>
        config.Skus.Where(sku => sku.Spans.Any(span => span.IsBlocked)).Select(sku => sku.Sku);
}
