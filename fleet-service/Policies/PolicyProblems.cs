using System.Text.Json;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>Answers of the policies' interface that are not what the caller wished for, as problem+json.</summary>
internal static class PolicyProblems
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Policies.PolicyText");

    /// <summary>What stands against a change.</summary>
    public static IResult Of(PolicyOutcome outcome) => outcome switch
    {
        PolicyOutcome.Invalid invalid => Invalid(invalid.Findings),
        PolicyOutcome.Unknown unknown => Unknown(unknown.PolicyId),
        PolicyOutcome.TooMany => Of(StatusCodes.Status409Conflict, "PolicyBookFull",
            $"The book holds at most {PolicyLimits.MaxPolicies} versions.", ("takes", PolicyLimits.MaxPolicies)),
        PolicyOutcome.Overlaps overlap => Overlaps(overlap),
        PolicyOutcome.IllegalState illegal => Of(StatusCodes.Status409Conflict, "PolicyOver",
            $"Version {illegal.Last.Version} of '{illegal.Last.Id}' holds to {Day(illegal.Last.To)}; what is over "
            + "stays as it was. Make a new version to put it in force again.",
            ("state", Word(illegal.State)), ("allowed", illegal.Allowed.Select(Word).ToList())),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no problem."),
    };

    /// <summary>Everything that is wrong with a request at once.</summary>
    public static IResult Invalid(IReadOnlyList<DataSetFinding> findings) => Of(
        StatusCodes.Status400BadRequest, "PolicyInvalid",
        string.Join("; ", findings.Take(5)),
        ("findings", findings.Select(f => new { f.Path, f.Got, f.Takes }).ToList()));

    /// <summary>There is no policy of this id.</summary>
    public static IResult Unknown(string id) =>
        Of(StatusCodes.Status404NotFound, "PolicyUnknown", $"No policy has the id '{id}'.", ("got", id));

    /// <summary>A problem of a query.</summary>
    public static IResult Query(string field, string got, string takes) => Of(
        StatusCodes.Status400BadRequest, "BadQuery", $"'{field}' got '{got}'; it takes {takes}.",
        ("field", field), ("got", got), ("takes", takes));

    /// <summary>A problem.</summary>
    public static IResult Of(
        int status, string text, string detail, params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var title = Texts[text];
        var extensions = new Dictionary<string, object?>
        {
            ["titleZh"] = title.Zh,
            ["code"] = JsonNamingPolicy.CamelCase.ConvertName(text),
        };
        foreach (var (name, value) in members)
        {
            extensions[name] = value;
        }

        return Results.Problem(detail, statusCode: status, title: title.En, extensions: extensions);
    }

    private static IResult Overlaps(PolicyOutcome.Overlaps overlap)
    {
        var (wanted, other) = (overlap.Wanted, overlap.Other);
        return Of(StatusCodes.Status409Conflict, "PolicyOverlaps",
            $"'{other.Id}' version {other.Version} is in force from {Day(other.From)} to {Day(other.To)} for the same "
            + $"{other.VenueKind} and {PolicyJson.Name(other.Scope.Kind)} {other.Scope.Id}. End it first (POST "
            + $"/api/v1/policies/{other.Id}/end), or send \"replaces\": \"{other.Id}\": it then ends on "
            + $"{Day(wanted.From)}, the new one's first day.",
            ("other", new
            {
                other.Id,
                other.Version,
                from = PolicyJson.Day(other.From),
                to = PolicyJson.Day(other.To),
            }),
            ("takes", new
            {
                end = $"/api/v1/policies/{other.Id}/end",
                replaces = other.Id,
            }));
    }

    private static string Day(DateOnly? day) => PolicyJson.Day(day) ?? "(open)";

    private static string Word(PolicyState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}
