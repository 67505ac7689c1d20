using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>
/// How one venue stands under one operator in the window of its policy. Every amount is reported by hand, in fen.
/// </summary>
internal sealed record VenueStandingRow : JudgedFigures
{
    /// <summary>The venue.</summary>
    public required string VenueId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Online or offline.</summary>
    public required Presence Presence { get; init; }

    /// <summary>The city or one of its counties.</summary>
    public required string County { get; init; }

    /// <summary>Who ran it: a report counts for the operator of its last day.</summary>
    public required string OperatorId { get; init; }

    /// <summary>Whether that one runs it on the day as of which the row is.</summary>
    public required bool CurrentOperator { get; init; }

    /// <summary>Always <c>reported</c>: told by hand, apart from what signed journals prove.</summary>
    public string Figures { get; init; } = "reported";

    /// <summary>The window that is judged.</summary>
    public required ShownWindow Window { get; init; }

    /// <summary>What is judged as one: the venue, or an operator's of its kind in a county, or a county's.</summary>
    public required string Judged { get; init; }

    /// <summary>Largest ordinary amount that keeps the test true; null where no policy is in force.</summary>
    public required long? HeadroomFen { get; init; }

    /// <summary>Reports that count in the window.</summary>
    public required int Reports { get; init; }

    /// <summary>Days of the window that are reported.</summary>
    public required int DaysCovered { get; init; }

    /// <summary>Last day that is reported; null for none.</summary>
    public required DateOnly? ReportedUntil { get; init; }

    /// <summary>The newest document that counts; 0 for none. What is told later makes a new number.</summary>
    public required long NewestReportId { get; init; }

    /// <summary>Where it goes by the window's end; null when that was not asked for, or nothing is to come.</summary>
    public VenueProjectionShown? Projection { get; init; }
}
