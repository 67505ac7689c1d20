using KioskFleet.Protocol.Configs;

namespace KioskFleet.Service.Enforcement;

/// <summary>What a restricted cabinet sold in a window. Amounts in fen.</summary>
/// <param name="BeforeAidFen">Aid of the days before the restriction acted, net.</param>
/// <param name="BeforeTotalFen">All of these days, net.</param>
/// <param name="AfterAidFen">Aid since, gross: a refund of aid is not the gate's doing.</param>
/// <param name="AfterOrdinaryFen">Ordinary products since, less their refunds.</param>
/// <param name="AllowanceFen">The window's allowance.</param>
/// <param name="ThresholdBasisPoints">The least share it is judged by.</param>
internal sealed record RestrictedSales(
    long BeforeAidFen, long BeforeTotalFen, long AfterAidFen, long AfterOrdinaryFen, long AllowanceFen,
    int ThresholdBasisPoints);

/// <summary>
/// Whether a cabinet sold what its gate should have refused. The gate lets ordinary products through while there is
/// margin: what was left when the restriction began to act, the allowance, and what aid sold since gives back. Only
/// what goes beyond that was sold against the rule; refunds of aid and what was sold before are not. Pure.
/// </summary>
internal static class BeyondLimitRule
{
    /// <summary>The ordinary amount sold beyond the limit, in fen; 0 when none was.</summary>
    public static long ExcessFen(RestrictedSales sales)
    {
        var threshold = sales.ThresholdBasisPoints;
        if (threshold == 0)
        {
            return 0;
        }

        var left = Int128.Max(0, ShareMargin.Of(sales.BeforeAidFen, sales.BeforeTotalFen, threshold)
            + (Int128)sales.AllowanceFen * threshold);
        var effect = ShareMargin.Of(
            sales.AfterAidFen, (Int128)sales.AfterAidFen + sales.AfterOrdinaryFen, threshold);
        return effect >= 0 || left + effect >= 0 ? 0 : -ShareMargin.RoomFen(left + effect, threshold)!.Value;
    }
}
