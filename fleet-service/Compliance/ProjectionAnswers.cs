namespace KioskFleet.Service.Compliance;

/// <summary>Shows projections. Pure.</summary>
internal static class ProjectionAnswers
{
    /// <summary>Of a cabinet: its amounts, and the standing of what is judged.</summary>
    public static ProjectionShown OfRow(StandingRow row, ProjectionBasis basis, JudgingWindow window) => new(
        row, basis.IsEnough, window)
    {
        UnmappedFen = basis.IsEnough ? row.UnmappedFen : null,
        AidFenPerDay = basis.IsEnough ? basis.AidFenPerDay : null,
        TotalFenPerDay = basis.IsEnough ? basis.TotalFenPerDay : null,
        How = basis.How,
        CompleteDays = basis.CompleteDays,
        DaysInAll = basis.DaysInAll,
        CompleteFrom = basis.CompleteFrom,
        CompleteThrough = basis.CompleteThrough,
        CabinetsProjected = basis.IsEnough ? 1 : 0,
        CabinetsAsSoFar = basis.IsEnough ? 0 : 1,
    };

    /// <summary>Of cabinets together: the sum of what each is projected to, or sold so far.</summary>
    /// <param name="place">The place's standing by projected sales.</param>
    /// <param name="bases">What each of its cabinets' projection rests on.</param>
    /// <param name="window">The window.</param>
    public static ProjectionShown OfPlace(
        PlaceStanding place, IReadOnlyList<ProjectionBasis> bases, JudgingWindow window)
    {
        var projected = bases.Count(b => b.IsEnough);
        var isEnough = projected > 0;
        return new ProjectionShown(place, isEnough, window)
        {
            UnmappedFen = isEnough ? place.UnmappedFen : null,
            AidFenPerDay = isEnough ? bases.Aggregate(0L, (sum, b) => checked(sum + b.AidFenPerDay)) : null,
            TotalFenPerDay = isEnough ? bases.Aggregate(0L, (sum, b) => checked(sum + b.TotalFenPerDay)) : null,
            How = isEnough ? ProjectionHow.SumOfCabinets : ProjectionHow.TooFewWholeDays,
            CompleteDays = null,
            DaysInAll = null,
            CompleteFrom = null,
            CompleteThrough = null,
            CabinetsProjected = projected,
            CabinetsAsSoFar = bases.Count - projected,
        };
    }
}
