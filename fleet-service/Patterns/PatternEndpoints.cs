using System.Text.Json;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Patterns;

/// <summary>A rule in words.</summary>
/// <param name="Kind">What it finds.</param>
/// <param name="Title">The kind's name.</param>
/// <param name="Words">The rule with its present thresholds.</param>
/// <param name="Thresholds">The thresholds by the names that a policy's checks have.</param>
internal sealed record RuleShown(
    FindingKind Kind, Bilingual Title, Bilingual Words, IReadOnlyDictionary<string, long> Thresholds);

/// <summary>The rules that hold for a cabinet, a county or the city today.</summary>
/// <param name="PolicyId">The policy that holds the thresholds.</param>
/// <param name="PolicyVersion">Its version.</param>
/// <param name="Rules">The rules.</param>
internal sealed record RulesShown(string PolicyId, int PolicyVersion, IReadOnlyList<RuleShown> Rules);

/// <summary>The HTTP interface of the rules.</summary>
internal static class PatternEndpoints
{
    /// <summary>Maps <c>/api/v1/patterns/rules</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/patterns/rules", Rules)
        .RequireAuthorization(AccessPolicies.Read)
        .WithTags("Patterns")
        .WithName("GetPatternRules")
        .WithSummary("The rules that look for staged sales and other oddities, in words with their thresholds")
        .WithDescription("For a 'cabinet', a 'county' or, without either, the city: by the policy in force today.")
        .Produces<RulesShown>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static IResult Rules(
        CurrentPolicies policies, FleetRegister register, PlacesDataSet places, TimeProvider time,
        string? cabinet, string? county)
    {
        var subject = new PolicySubject("", "", county ?? "");
        if (!string.IsNullOrEmpty(cabinet))
        {
            if (!CabinetId.TryParse(cabinet, out var id) || !register.Current.TryGet(id, out var found))
            {
                return Problem(StatusCodes.Status404NotFound, "NoSuchCabinet", "cabinet", cabinet);
            }

            subject = new PolicySubject(
                id.Value, found.CurrentAssignment.OperatorId, found.CurrentAssignment.County.Value);
        }
        else if (!string.IsNullOrEmpty(county) && places.CountyOf(county) is null)
        {
            return Problem(StatusCodes.Status400BadRequest, "BadCounty", "county", county);
        }

        var today = places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        return policies.Book.ForCabinet(subject, today) is { } policy
            ? Results.Ok(new RulesShown(
                policy.Id, policy.Version, [.. PatternThresholds.Kinds.Select(kind => Show(kind, policy.Checks))]))
            : Problem(StatusCodes.Status404NotFound, "NoPolicy", "day", $"{today:yyyy-MM-dd}");
    }

    private static RuleShown Show(FindingKind kind, CheckTerms terms)
    {
        var thresholds = PatternThresholds.Of(kind, terms);
        return new RuleShown(kind, FindingFacts.Title(kind),
            PatternWords.Rule(kind, [.. thresholds.Select(threshold => threshold.Text)]),
            thresholds.ToDictionary(threshold => threshold.Name, threshold => threshold.Value));
    }

    private static IResult Problem(int status, string text, string field, string got)
    {
        var title = PatternWords.Texts[text];
        return Results.Problem(
            title: title.En,
            statusCode: status,
            extensions: new Dictionary<string, object?>
            {
                ["titleZh"] = title.Zh,
                ["code"] = JsonNamingPolicy.CamelCase.ConvertName(text),
                ["field"] = field,
                ["got"] = got,
            });
    }
}
