using System.Collections.Immutable;

namespace KioskFleet.Service.Enforcement;

/// <summary>A cabinet, or all cabinets of an operator, exempted for a time.</summary>
/// <param name="ExemptionId">Its number.</param>
/// <param name="Scope">cabinet or operator.</param>
/// <param name="Subject">Which.</param>
/// <param name="Reason">Why.</param>
/// <param name="Author">Who.</param>
/// <param name="FromUtcMs">Beginning, Unix milliseconds UTC.</param>
/// <param name="UntilUtcMs">End, exclusive.</param>
/// <param name="EndedUtcMs">When somebody ended it before; null when nobody did.</param>
/// <param name="EndedBy">Who ended it.</param>
internal sealed record Exemption(
    long ExemptionId, string Scope, string Subject, string Reason, string Author, long FromUtcMs, long UntilUtcMs,
    long? EndedUtcMs, string? EndedBy)
{
    /// <summary>The scope of one cabinet.</summary>
    public const string OfCabinet = "cabinet";

    /// <summary>The scope of an operator's cabinets.</summary>
    public const string OfOperator = "operator";

    /// <summary>True while it holds.</summary>
    public bool HoldsAt(long utcMs) => EndedUtcMs is null && FromUtcMs <= utcMs && utcMs < UntilUtcMs;

    /// <summary>True for a cabinet of an operator.</summary>
    public bool IsFor(string cabinetId, string operatorId) =>
        Subject == (Scope == OfCabinet ? cabinetId : operatorId);
}

/// <summary>A SKU that everybody needs.</summary>
/// <param name="EssentialId">Its number.</param>
/// <param name="CountyCode">In which county; empty for the whole city.</param>
/// <param name="OperatorId">Of which operator; empty for every one.</param>
/// <param name="Sku">The SKU.</param>
/// <param name="Reason">Why.</param>
/// <param name="Author">Who.</param>
/// <param name="FromUtcMs">Beginning, Unix milliseconds UTC.</param>
/// <param name="UntilUtcMs">End, exclusive; null for none.</param>
/// <param name="EndedUtcMs">When somebody ended it; null when nobody did.</param>
/// <param name="EndedBy">Who ended it.</param>
internal sealed record EssentialSku(
    long EssentialId, string CountyCode, string OperatorId, string Sku, string Reason, string Author, long FromUtcMs,
    long? UntilUtcMs, long? EndedUtcMs, string? EndedBy)
{
    /// <summary>True while it holds.</summary>
    public bool HoldsAt(long utcMs) => EndedUtcMs is null && FromUtcMs <= utcMs && !(UntilUtcMs <= utcMs);

    /// <summary>True for cabinets of a county and operator.</summary>
    public bool IsFor(string countyCode, string operatorId) =>
        (CountyCode.Length == 0 || CountyCode == countyCode) && (OperatorId.Length == 0 || OperatorId == operatorId);
}

/// <summary>All that holds at one moment. Immutable.</summary>
internal sealed record ExemptionsInForce(ImmutableArray<Exemption> Exemptions, ImmutableArray<EssentialSku> Essentials)
{
    /// <summary>Until when a cabinet is exempt, Unix milliseconds UTC; 0 when it is not.</summary>
    public long ExemptUntilUtcMs(string cabinetId, string operatorId) => Exemptions
        .Where(e => e.IsFor(cabinetId, operatorId))
        .Select(e => e.UntilUtcMs).DefaultIfEmpty(0).Max();

    /// <summary>The essential SKUs of a cabinet, each with the latest end.</summary>
    public IReadOnlyList<Protocol.Configs.ExemptSku> SkusOf(string countyCode, string operatorId) =>
        [.. Essentials.Where(e => e.IsFor(countyCode, operatorId)).GroupBy(e => e.Sku, StringComparer.Ordinal)
            .OrderBy(g => System.Text.Encoding.UTF8.GetBytes(g.Key), SkuListRule.ByteOrder.Instance)
            .Take(Protocol.Limits.MaxConfigExemptSkus)
            .Select(g => new Protocol.Configs.ExemptSku(
                g.Key, g.Any(e => e.UntilUtcMs is null) ? 0 : g.Max(e => e.UntilUtcMs!.Value)))];
}
