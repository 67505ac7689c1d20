using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// Says where sales go by the end of a window if they go on as so far. A cabinet's present assignment is projected by
/// its whole business days with complete data: amount of these days × days of the assignment in the window ÷ number of
/// these days, half up, for each class by itself, in integers. Earlier assignments, and cabinets that are closed,
/// retired, never heard or have too few such days, count with what they sold so far. Pure.
/// </summary>
internal static class ProjectionRule
{
    /// <summary>Complete days below which there is too little data; fewer in a window of three days or less.</summary>
    public const int LeastDays = 3;

    /// <summary>Complete days that a window needs.</summary>
    public static int NeededDays(JudgingWindow window) => Math.Clamp(window.Days - 1, 1, LeastDays);

    /// <summary>True when days of the window are still to come after a moment.</summary>
    public static bool IsOpen(JudgingWindow window, AskedMoment moment) =>
        !window.IsRolling && moment.LastWholeDay < window.Last && moment.Day >= window.From;

    /// <summary>The last whole business day up to which a cabinet's data is complete; null without one.</summary>
    /// <param name="completeUntilUtcMs">Until when its data is complete; null when it was never heard.</param>
    /// <param name="lastWholeDay">The last business day that is over.</param>
    /// <param name="window">The window.</param>
    /// <param name="zone">The zone of business days.</param>
    public static DateOnly? CutOf(
        long? completeUntilUtcMs, DateOnly lastWholeDay, JudgingWindow window, BusinessZone zone)
    {
        if (completeUntilUtcMs is not { } until)
        {
            return null;
        }

        var complete = zone.DayOf(until).AddDays(-1);
        var cut = complete < lastWholeDay ? complete : lastWholeDay;
        return cut < window.From ? null : cut > window.Last ? window.Last : cut;
    }

    /// <summary>The sales of the window as they will be at its end, and what each cabinet's figure rests on.</summary>
    /// <param name="soFar">What was sold so far.</param>
    /// <param name="whole">What was sold by the end of each cabinet's last complete day, by cabinet and assignment.
    /// </param>
    /// <param name="cuts">The last complete day of each cabinet that has one.</param>
    /// <param name="window">The window.</param>
    /// <param name="zone">The zone of business days.</param>
    public static ProjectedSales Of(
        WindowSales soFar, IReadOnlyDictionary<(string Cabinet, long Assignment), ClassAmounts> whole,
        IReadOnlyDictionary<string, DateOnly> cuts, JudgingWindow window, BusinessZone zone)
    {
        var last = LastAssignments(soFar);
        var bases = new Dictionary<string, ProjectionBasis>(StringComparer.Ordinal);
        var projected = soFar.Assignments.ToArray();
        foreach (var (cabinet, at) in last)
        {
            var sales = projected[at];
            var basis = Basis(sales, cuts.TryGetValue(cabinet, out var cut) ? cut : null, window, zone);
            if (basis.IsEnough)
            {
                var days = whole.GetValueOrDefault((cabinet, sales.AssignmentId));
                basis = basis with
                {
                    AidFenPerDay = Project(days.AidFen, 1, basis.CompleteDays),
                    TotalFenPerDay = Project(days.TotalFen, 1, basis.CompleteDays),
                };
                projected[at] = sales with
                {
                    Amounts = sales.Amounts with
                    {
                        AidFen = Project(days.AidFen, basis),
                        OrdinaryFen = Project(days.OrdinaryFen, basis),
                        UnmappedFen = Project(days.UnmappedFen, basis),
                    },
                };
            }

            bases[cabinet] = basis;
        }

        return new ProjectedSales(new WindowSales(projected, soFar.CompleteUntilUtcMs), bases);
    }

    /// <summary>The formula: amount × days in all ÷ days so far, half up.</summary>
    /// <param name="fen">The amount of the days so far, in fen; may be negative.</param>
    /// <param name="daysInAll">Days from the first one counted to the window's last, at least 1.</param>
    /// <param name="daysSoFar">Complete days among them, at least 1.</param>
    public static long Project(long fen, int daysInAll, int daysSoFar)
    {
        var (quotient, remainder) = Int128.DivRem((Int128)fen * daysInAll * 2 + daysSoFar, 2 * daysSoFar);
        return checked((long)(remainder < 0 ? quotient - 1 : quotient));
    }

    private static long Project(long fen, ProjectionBasis basis) => Project(fen, basis.DaysInAll, basis.CompleteDays);

    private static ProjectionBasis Basis(AssignmentSales sales, DateOnly? cut, JudgingWindow window, BusinessZone zone)
    {
        var began = zone.DayOf(sales.FromUtcMs);
        var first = began > window.From ? began : window.From;
        var complete = cut is { } through && through >= first ? through.DayNumber - first.DayNumber + 1 : 0;
        var how = sales.Life is "Retired" or "ClosedUntil" ? ProjectionHow.SellsNoMore
            : complete >= NeededDays(window) ? ProjectionHow.WholeDaysSoFar
            : ProjectionHow.TooFewWholeDays;
        return new ProjectionBasis(
            complete, Math.Max(window.To.DayNumber - first.DayNumber, 1), complete > 0 ? first : null,
            complete > 0 ? cut : null, how);
    }

    private static Dictionary<string, int> LastAssignments(WindowSales sales)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < sales.Assignments.Count; i++)
        {
            var assignment = sales.Assignments[i];
            if (!last.TryGetValue(assignment.CabinetId, out var there)
                || assignment.FromUtcMs > sales.Assignments[there].FromUtcMs)
            {
                last[assignment.CabinetId] = i;
            }
        }

        return last;
    }
}

/// <summary>What a cabinet's projection rests on.</summary>
/// <param name="CompleteDays">Whole business days with complete data that are counted.</param>
/// <param name="DaysInAll">Days from the first one counted to the window's last.</param>
/// <param name="CompleteFrom">The first of these days; null when there is none.</param>
/// <param name="CompleteThrough">The last complete day; null when there is none.</param>
/// <param name="How">How it is computed, or why it is not.</param>
internal readonly record struct ProjectionBasis(
    int CompleteDays, int DaysInAll, DateOnly? CompleteFrom, DateOnly? CompleteThrough, ProjectionHow How)
{
    /// <summary>False when there is too little data, or the cabinet sells no more.</summary>
    public bool IsEnough => How == ProjectionHow.WholeDaysSoFar;

    /// <summary>Aid sales of a complete day on average, in fen, half up; 0 while there is too little data.</summary>
    public long AidFenPerDay { get; init; }

    /// <summary>All sales of a complete day on average, in fen, half up; 0 likewise.</summary>
    public long TotalFenPerDay { get; init; }
}

/// <summary>How a projection is computed. A closed set; each has a sentence in both languages.</summary>
internal enum ProjectionHow
{
    /// <summary>Amount of the whole days with complete data × days in all ÷ these days, half up, class by class.
    /// </summary>
    WholeDaysSoFar,

    /// <summary>Not at all yet: fewer such days than are needed.</summary>
    TooFewWholeDays,

    /// <summary>Not at all: the cabinet is closed for a time or retired.</summary>
    SellsNoMore,

    /// <summary>Of cabinets together: the sum of their projections; who has none counts with the sales so far.
    /// </summary>
    SumOfCabinets,
}

/// <summary>Sales as they will be.</summary>
/// <param name="Sales">By assignment.</param>
/// <param name="Bases">By cabinet.</param>
internal sealed record ProjectedSales(WindowSales Sales, IReadOnlyDictionary<string, ProjectionBasis> Bases);

/// <summary>Where a cabinet, or cabinets together, go by the end of the window if they sell on as so far.</summary>
internal sealed record ProjectionShown : ProjectedFigures
{
    /// <inheritdoc/>
    public ProjectionShown(JudgedFigures atEnd, bool isEnough, JudgingWindow window)
        : base(atEnd, isEnough, window)
    {
    }

    /// <summary>Sales without a mapping.</summary>
    public required long? UnmappedFen { get; init; }

    /// <summary>
    /// The rate so far: aid sales of a whole day with complete data on average, half up; of cabinets together the sum
    /// of their rates.
    /// </summary>
    public required long? AidFenPerDay { get; init; }

    /// <summary>The rate so far of all sales, likewise.</summary>
    public required long? TotalFenPerDay { get; init; }

    /// <summary>How it is computed, or why it is not.</summary>
    public required ProjectionHow How { get; init; }

    /// <summary>The same as a sentence.</summary>
    public Bilingual HowText => ComplianceProblems.TextOf($"Projection{How}");

    /// <summary>Whole business days with complete data that it rests on; null for cabinets together.</summary>
    public required int? CompleteDays { get; init; }

    /// <summary>Days of the window from the first one counted; null for cabinets together.</summary>
    public required int? DaysInAll { get; init; }

    /// <summary>The first complete day; null for cabinets together, or without one.</summary>
    public required DateOnly? CompleteFrom { get; init; }

    /// <summary>The last complete day; null for cabinets together, or without one.</summary>
    public required DateOnly? CompleteThrough { get; init; }

    /// <summary>Cabinets that are projected.</summary>
    public required int CabinetsProjected { get; init; }

    /// <summary>Cabinets that count with what they sold so far.</summary>
    public required int CabinetsAsSoFar { get; init; }
}
