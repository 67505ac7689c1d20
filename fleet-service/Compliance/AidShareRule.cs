namespace KioskFleet.Service.Compliance;

/// <summary>
/// The rule of the aid share (专柜扶贫产品销售额不低于销售总金额的 50%), in integers: amounts in fen, shares in basis
/// points, compared by cross-multiplication in 128 bits, so that nothing is rounded and nothing overflows. Pure.
/// Amounts are net of refunds and may be negative; Unmapped sales belong to the total and not to aid.
/// </summary>
internal static class AidShareRule
{
    /// <summary>One hundred per cent.</summary>
    public const int Whole = 10_000;

    /// <summary>Judges a window.</summary>
    /// <param name="aidFen">Aid sales, in fen.</param>
    /// <param name="totalFen">All sales, in fen.</param>
    /// <param name="thresholdBasisPoints">The least share, 0–10,000.</param>
    /// <param name="marginBasisPoints">Width of the AtRisk band, 0–10,000; it ends at 100 % at the latest.</param>
    /// <param name="minimumTurnoverFen">Total below which there is no standing, at least 0.</param>
    public static Standing Judge(
        long aidFen, long totalFen, int thresholdBasisPoints, int marginBasisPoints, long minimumTurnoverFen)
    {
        Check(thresholdBasisPoints, nameof(thresholdBasisPoints));
        Check(marginBasisPoints, nameof(marginBasisPoints));
        if (totalFen <= 0 || totalFen < minimumTurnoverFen)
        {
            return Standing.NoData;
        }

        if (!IsMet(aidFen, totalFen, thresholdBasisPoints))
        {
            return Standing.Breach;
        }

        return IsMet(aidFen, totalFen, Math.Min(thresholdBasisPoints + marginBasisPoints, Whole))
            ? Standing.Compliant
            : Standing.AtRisk;
    }

    /// <summary>The test itself: aid × 10,000 ≥ total × threshold.</summary>
    public static bool IsMet(Int128 aidFen, Int128 totalFen, int thresholdBasisPoints) =>
        aidFen * Whole >= totalFen * thresholdBasisPoints;

    /// <summary>
    /// The headroom: the largest ordinary amount, in fen, that can still be sold with the test true; 0 when it is
    /// not true now, the largest number when the threshold is 0.
    /// </summary>
    public static long HeadroomFen(long aidFen, long totalFen, int thresholdBasisPoints)
    {
        Check(thresholdBasisPoints, nameof(thresholdBasisPoints));
        if (!IsMet(aidFen, totalFen, thresholdBasisPoints))
        {
            return 0;
        }

        if (thresholdBasisPoints == 0)
        {
            return long.MaxValue;
        }

        // The test holds, so aid × 10,000 ÷ threshold is at least the total; only its rounding needs care below zero.
        var largestTotal = FloorDivide((Int128)aidFen * Whole, thresholdBasisPoints);
        return (long)Int128.Min(largestTotal - totalFen, long.MaxValue);
    }

    /// <summary>
    /// The shortfall: the smallest amount of aid sales, in fen, that makes the test true; 0 when it is true now,
    /// null when no amount in 64 bits does.
    /// </summary>
    public static long? ShortfallFen(long aidFen, long totalFen, int thresholdBasisPoints)
    {
        Check(thresholdBasisPoints, nameof(thresholdBasisPoints));
        var missing = (Int128)totalFen * thresholdBasisPoints - (Int128)aidFen * Whole;
        if (missing <= 0)
        {
            return 0;
        }

        // Each fen of aid sales adds 10,000 on one side and the threshold on the other.
        if (thresholdBasisPoints == Whole)
        {
            return null;
        }

        var needed = -FloorDivide(-missing, Whole - thresholdBasisPoints);
        return needed <= long.MaxValue ? (long)needed : null;
    }

    /// <summary>
    /// The share in basis points for people, rounded down (a share shown as 5,000 is at least that); null when the
    /// total is zero or less. Never used for judging.
    /// </summary>
    public static long? ShareBasisPoints(long aidFen, long totalFen) => totalFen <= 0
        ? null
        : (long)Int128.Clamp(FloorDivide((Int128)aidFen * Whole, totalFen), long.MinValue, long.MaxValue);

    private static Int128 FloorDivide(Int128 dividend, Int128 divisor)
    {
        var (quotient, remainder) = Int128.DivRem(dividend, divisor);
        return remainder < 0 ? quotient - 1 : quotient;
    }

    private static void Check(int basisPoints, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(basisPoints, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(basisPoints, Whole, name);
    }
}
