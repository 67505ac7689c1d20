namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Where the aid share of a cabinet is to end in each month, in basis points of the total. Immutable, pure.
/// </summary>
/// <param name="LowBasisPoints">The share ends at or above this.</param>
/// <param name="AimBasisPoints">What a correction aims at; from low to high.</param>
/// <param name="HighBasisPoints">The share ends at or below this.</param>
internal readonly record struct ShareGoal(int LowBasisPoints, int AimBasisPoints, int HighBasisPoints)
{
    /// <summary>Ordinary sales of a cabinet with a scheme stay so far below the low: the scheme lifts it.</summary>
    private const int SchemeLacksBasisPoints = 300;

    /// <summary>
    /// How far an honest share stays above the warning margin, and a breaching one below the threshold.
    /// </summary>
    private const int SafetyBasisPoints = 200;

    /// <summary>A share strays this far from its aim before the next line is chosen against it.</summary>
    private const int BandBasisPoints = 600;

    /// <summary>Where ordinary sales are steered to.</summary>
    public int SteerBasisPoints { get; init; } = AimBasisPoints;

    /// <summary>The goal of a behaviour that sells; chance places the aim where the behaviour leaves room.</summary>
    public static ShareGoal Of(Behaviour behaviour, CityPlanOptions options, Chance chance)
    {
        var threshold = options.ThresholdBasisPoints;
        var margin = options.WarningMarginBasisPoints;
        var low = threshold + margin + SafetyBasisPoints;
        switch (behaviour)
        {
            case Behaviour.Honest:
                return new ShareGoal(low, chance.Between(low + 100, Math.Min(9_500, low + 2_500)), 10_000);
            case Behaviour.CarelessAbove:
                return new ShareGoal(threshold + margin / 4, threshold + margin / 2, threshold + margin * 3 / 4);
            case Behaviour.CarelessBelow:
                return new ShareGoal(threshold - margin * 3 / 4, threshold - margin / 2, threshold - margin / 4);
            case Behaviour.Breaching or Behaviour.RefundedAfterWindow:
                var high = threshold - 1_000;
                return new ShareGoal(0, chance.Between(high / 2, high - SafetyBasisPoints), high);
            case Behaviour.Idle or Behaviour.Silent:
                throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour, "It sells nothing.");
            default:
                return new ShareGoal(low, low + SafetyBasisPoints, 10_000)
                {
                    SteerBasisPoints = low - SchemeLacksBasisPoints,
                };
        }
    }

    /// <summary>True when the next line should be an aid product; near where it is steered to chance says.</summary>
    public bool WantsAid(long aidFen, long totalFen, Chance chance)
    {
        if (totalFen <= 0)
        {
            return chance.Hits(SteerBasisPoints);
        }

        var share = aidFen * 10_000 / totalFen;
        return share <= SteerBasisPoints - BandBasisPoints
            || (share < SteerBasisPoints + BandBasisPoints && chance.Hits(SteerBasisPoints));
    }

    /// <summary>True when the share is where it is to end; a total of zero is not.</summary>
    public bool IsMet(long aidFen, long totalFen) =>
        totalFen > 0
        && aidFen * 10_000 >= totalFen * LowBasisPoints
        && aidFen * 10_000 <= totalFen * HighBasisPoints;

    /// <summary>
    /// What must still be sold so that the share is as close above (aid) or below (other) the aim as whole fen allow:
    /// one of the two is zero. Needs a total above zero.
    /// </summary>
    public (long AidFen, long OtherFen) Correction(long aidFen, long totalFen)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalFen);
        var lack = totalFen * AimBasisPoints - aidFen * 10_000;
        return lack > 0
            ? (CeilingOf(lack, 10_000 - AimBasisPoints), 0)
            : (0, CeilingOf(-lack, AimBasisPoints));
    }

    private static long CeilingOf(long dividend, long divisor) => (dividend + divisor - 1) / divisor;
}
