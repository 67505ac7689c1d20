namespace KioskFleet.Protocol.Configs;

/// <summary>
/// The margin of the aid share: aid × 10,000 − total × threshold, in fen × basis points and 128 bits. The share holds
/// exactly while the margin is not negative, and margins of several cabinets, sales and refunds simply add up. Pure.
/// </summary>
public static class ShareMargin
{
    /// <summary>One hundred per cent, in basis points.</summary>
    public const int Whole = 10_000;

    /// <summary>The margin of amounts.</summary>
    /// <param name="aidFen">Aid, in fen; net amounts may be negative.</param>
    /// <param name="totalFen">All, in fen.</param>
    /// <param name="thresholdBasisPoints">The least share, 0 to 10,000.</param>
    public static Int128 Of(Int128 aidFen, Int128 totalFen, int thresholdBasisPoints) =>
        aidFen * Whole - totalFen * thresholdBasisPoints;

    /// <summary>
    /// The headroom: the largest ordinary amount, in fen, that keeps the margin from being negative. Negative when the
    /// margin is: then that much ordinary product was sold too much. Null when the threshold is 0: nothing bounds it.
    /// </summary>
    public static long? RoomFen(Int128 margin, int thresholdBasisPoints)
    {
        if (thresholdBasisPoints == 0)
        {
            return null;
        }

        var (quotient, remainder) = Int128.DivRem(margin, thresholdBasisPoints);
        return (long)Int128.Clamp(remainder < 0 ? quotient - 1 : quotient, long.MinValue, long.MaxValue);
    }
}
