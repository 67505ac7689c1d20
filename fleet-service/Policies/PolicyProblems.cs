using System.Text.Json;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>The policies' texts for people, in both languages. Thread-safe.</summary>
internal static class PolicyTexts
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Policies.PolicyText");

    /// <summary>A text with its places filled in.</summary>
    public static Bilingual Of(string key, params ReadOnlySpan<object?> values) => Texts.Of(key, values);
}

/// <summary>Answers of the policies' interface that are not what the caller wished for, as problem+json.</summary>
internal static class PolicyProblems
{
    private const int MostInDetail = 5;

    /// <summary>What stands against a change.</summary>
    public static IResult Of(PolicyOutcome outcome) => outcome switch
    {
        PolicyOutcome.Invalid invalid => Invalid(invalid.Findings),
        PolicyOutcome.Unknown unknown => Unknown(unknown.PolicyId),
        PolicyOutcome.TooMany => Of(StatusCodes.Status409Conflict, "PolicyBookFull",
            [PolicyLimits.MaxPolicies], ("takes", PolicyLimits.MaxPolicies)),
        PolicyOutcome.Overlaps overlap => Overlaps(overlap),
        PolicyOutcome.IllegalState illegal => Of(StatusCodes.Status409Conflict, "PolicyOver",
            [illegal.Last.Version, illegal.Last.Id, Day(illegal.Last.To)],
            ("state", Word(illegal.State)), ("allowed", illegal.Allowed.Select(Word).ToList())),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no problem."),
    };

    /// <summary>Everything that is wrong with a request at once.</summary>
    public static IResult Invalid(IReadOnlyList<DataSetFinding> findings)
    {
        var details = findings.Take(MostInDetail)
            .Select(f => PolicyTexts.Of("FindingDetail", f.Path, f.Got, f.Takes)).ToList();
        return Of(
            StatusCodes.Status400BadRequest, "PolicyInvalid",
            new Bilingual(string.Join("；", details.Select(d => d.Zh)), string.Join("; ", details.Select(d => d.En))),
            ("findings", findings.Select(f => new { f.Path, f.Got, Text = f.Takes }).ToList()));
    }

    /// <summary>There is no policy of this id.</summary>
    public static IResult Unknown(string id) =>
        Of(StatusCodes.Status404NotFound, "PolicyUnknown", [id], ("got", id));

    /// <summary>A problem of a query.</summary>
    public static IResult Query(string field, string got, Bilingual takes) => Of(
        StatusCodes.Status400BadRequest, "BadQuery", [field, got, takes], ("field", field), ("got", got),
        ("text", takes));

    /// <summary>A problem.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="text">Its title; its detail is the text of the same name with <c>Detail</c> behind it.</param>
    /// <param name="values">What the detail names.</param>
    /// <param name="members">Further members.</param>
    public static IResult Of(
        int status, string text, ReadOnlySpan<object?> values,
        params ReadOnlySpan<(string Name, object? Value)> members) =>
        Of(status, text, PolicyTexts.Of($"{text}Detail", values), members);

    private static IResult Of(
        int status, string text, Bilingual detail, params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var title = PolicyTexts.Of(text);
        var extensions = new Dictionary<string, object?>
        {
            ["titleZh"] = title.Zh,
            ["detailZh"] = detail.Zh,
            ["code"] = JsonNamingPolicy.CamelCase.ConvertName(text),
        };
        foreach (var (name, value) in members)
        {
            extensions[name] = value;
        }

        return Results.Problem(detail.En, statusCode: status, title: title.En, extensions: extensions);
    }

    private static IResult Overlaps(PolicyOutcome.Overlaps overlap)
    {
        var (wanted, other) = (overlap.Wanted, overlap.Other);
        return Of(StatusCodes.Status409Conflict, "PolicyOverlaps",
            [
                other.Id, other.Version, Day(other.From), Day(other.To), other.VenueKind,
                PolicyJson.Name(other.Scope.Kind), other.Scope.Id, Day(wanted.From),
            ],
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

    private static object Day(DateOnly? day) => PolicyJson.Day(day) ?? (object)PolicyTexts.Of("Open");

    private static string Word(PolicyState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}
