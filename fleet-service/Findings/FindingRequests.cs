using System.Globalization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Findings;

/// <summary>What to list.</summary>
internal sealed record FindingQuery
{
    /// <summary>A kind.</summary>
    public string? Kind { get; init; }

    /// <summary>A state.</summary>
    public string? State { get; init; }

    /// <summary>A cabinet's id.</summary>
    public string? Cabinet { get; init; }

    /// <summary>An operator's id.</summary>
    public string? Operator { get; init; }

    /// <summary>A county's code.</summary>
    public string? County { get; init; }

    /// <summary>The id of a venue that is no cabinet.</summary>
    public string? Venue { get; init; }

    /// <summary> A day (2020-09-01, from its first moment) or a moment with its offset: found then or later. </summary>
    public string? Since { get; init; }

    /// <summary>Only findings with a smaller number.</summary>
    public long? Before { get; init; }

    /// <summary>1 to 500, default 100.</summary>
    public int? Count { get; init; }
}

/// <summary>A step's words.</summary>
/// <param name="Words">Why, at most 2,000 characters.</param>
internal sealed record StepRequest(string? Words);

/// <summary>A closing.</summary>
/// <param name="As">mended, accepted or mistaken.</param>
/// <param name="Words">Why, at most 2,000 characters.</param>
internal sealed record CloseRequest(string? As, string? Words);

/// <summary>Reads what callers wrote. Pure.</summary>
internal static class FindingRequestRules
{
    /// <summary>The step that a closing asks for; null when it is none.</summary>
    public static FindingStep? ClosingStep(string? closedAs) => closedAs?.ToLowerInvariant() switch
    {
        "mended" => FindingStep.CloseMended,
        "accepted" => FindingStep.CloseAccepted,
        "mistaken" => FindingStep.CloseMistaken,
        _ => null,
    };

    /// <summary>
    /// A day's first moment, or a moment with its offset, in Unix milliseconds; null when it is neither.
    /// </summary>
    public static long? Moment(string text, BusinessZone zone)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return zone.StartOfUtcMs(day);
        }

        // A moment without an offset would be somebody's local time, and nobody knows whose.
        return text.Contains('T', StringComparison.Ordinal)
            && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
                ? moment.ToUnixTimeMilliseconds()
                : null;
    }
}
