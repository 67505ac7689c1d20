using System.Globalization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Findings;

/// <summary>What to list.</summary>
/// <param name="Kind">A kind.</param>
/// <param name="State">A state.</param>
/// <param name="Cabinet">A cabinet's id.</param>
/// <param name="Operator">An operator's id.</param>
/// <param name="County">A county's code.</param>
/// <param name="Venue">The id of a venue that is no cabinet.</param>
/// <param name="Since">
/// A day (2020-09-01, from its first moment) or a moment with its offset: found then or later.
/// </param>
/// <param name="Before">Only findings with a smaller number.</param>
/// <param name="Count">1 to 500, default 100.</param>
internal sealed record FindingQuery(
    string? Kind, string? State, string? Cabinet, string? Operator, string? County, string? Venue, string? Since,
    long? Before, int? Count);

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
