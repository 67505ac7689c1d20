using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Configs;

namespace KioskFleet.Agent.Gate;

/// <summary>How much margin a window has.</summary>
/// <param name="Window">The window.</param>
/// <param name="ThresholdBasisPoints">The least share it is judged by.</param>
/// <param name="Margin">
/// aid × 10,000 − (total − allowance) × threshold, in fen × basis points: what is sold must not bring it below zero.
/// </param>
/// <param name="WarningBasisPoints">The threshold and the warning margin on top of it, at most 10,000.</param>
/// <param name="WarningMargin">The margin of that share, without the allowance.</param>
internal readonly record struct WindowMargin(
    BusinessWindow Window, int ThresholdBasisPoints, Int128 Margin, int WarningBasisPoints, Int128 WarningMargin)
{
    /// <summary>The margin without the allowance: below zero, the window lives on its allowance.</summary>
    public Int128 BareMargin { get; init; }

    /// <summary>
    /// True while a sale of the window brought less aid than its approval held, or an open approval still may.
    /// </summary>
    public bool MissesAid { get; init; }

    /// <summary>The largest ordinary amount that may still be sold, in fen, at least 0; null without a threshold.
    /// </summary>
    public long? RoomFen => ShareMargin.RoomFen(Margin, ThresholdBasisPoints) is { } room ? Math.Max(0, room) : null;
}

/// <summary>What somebody wants to buy, by what it counts as; amounts in fen.</summary>
/// <param name="AidFen">Aid products.</param>
/// <param name="OrdinaryFen">Everything else that the share binds.</param>
/// <param name="ExemptFen">Ordinary products that everybody needs: they always pass, and count.</param>
/// <param name="BlockedSku">A SKU that must not be vended at all; null when there is none.</param>
internal readonly record struct Basket(long AidFen, long OrdinaryFen, long ExemptFen, string? BlockedSku)
{
    /// <summary>What the basket changes in a margin of some threshold; exempt products are not held against it.
    /// </summary>
    public Int128 EffectAt(int thresholdBasisPoints) =>
        ShareMargin.Of(AidFen, (Int128)AidFen + OrdinaryFen, thresholdBasisPoints);

    /// <summary>The same when the aid part does not fall.</summary>
    public Int128 WorstAt(int thresholdBasisPoints) => ShareMargin.Of(0, OrdinaryFen, thresholdBasisPoints);
}

/// <summary>The rule and the figures as they stand at a moment. Immutable.</summary>
/// <param name="Applied">The config.</param>
/// <param name="Mode">What the gate does now: an exemption observes, a notice that has not run out warns.</param>
/// <param name="NowUtcMs">Now as far as the cabinet can tell, Unix milliseconds UTC.</param>
/// <param name="IsProven">True when this boot heard the service's clock.</param>
/// <param name="Basis">How the own sales are counted.</param>
/// <param name="Windows">The windows to keep: the present one first, then those that an approval may reach into.
/// </param>
internal sealed record ShareView(
    AppliedConfig Applied, GateMode Mode, long NowUtcMs, bool IsProven, BasisKind Basis,
    IReadOnlyList<WindowMargin> Windows)
{
    /// <summary>What lines count as now.</summary>
    public Basket BasketOf(IEnumerable<VendLine> lines)
    {
        var basket = default(Basket);
        foreach (var line in lines)
        {
            var span = ClassOf(line.Sku);
            basket = span.Class == GateClass.Aid ? basket with { AidFen = checked(basket.AidFen + line.AmountFen) }
                : IsExempt(line.Sku) ? basket with { ExemptFen = checked(basket.ExemptFen + line.AmountFen) }
                : basket with { OrdinaryFen = checked(basket.OrdinaryFen + line.AmountFen) };
            basket = span.IsBlocked ? basket with { BlockedSku = basket.BlockedSku ?? line.Sku } : basket;
        }

        return basket;
    }

    /// <summary>What a SKU counts as now.</summary>
    public SkuSpan ClassOf(string sku) => Applied.ClassOf(sku, NowUtcMs);

    /// <summary>True for a SKU that always passes.</summary>
    public bool IsExempt(string sku) =>
        Applied.Config.ExemptSkus.Any(exempt => exempt.Sku == sku && exempt.HoldsAt(NowUtcMs));

    /// <summary>The same with baskets reserved in every window, at worst: all but their aid.</summary>
    public ShareView Reserving(params IReadOnlyCollection<Basket> baskets)
    {
        var ordinaryFen = baskets.Aggregate(0L, (sum, basket) => checked(sum + basket.OrdinaryFen + basket.ExemptFen));
        var waitsForAid = baskets.Any(basket => basket is { AidFen: > 0, OrdinaryFen: > 0 });
        return this with
        {
            Windows = [.. Windows.Select(window => window with
            {
                Margin = window.Margin - (Int128)ordinaryFen * window.ThresholdBasisPoints,
                BareMargin = window.BareMargin - (Int128)ordinaryFen * window.ThresholdBasisPoints,
                MissesAid = window.MissesAid || waitsForAid,
                WarningMargin = window.WarningMargin - (Int128)ordinaryFen * window.WarningBasisPoints,
            })],
        };
    }

    /// <summary>The least room of all windows to keep, in fen; null without a threshold.</summary>
    public long? RoomFen => Windows.Min(window => window.RoomFen);
}
