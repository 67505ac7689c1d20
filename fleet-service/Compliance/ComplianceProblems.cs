using System.Text.Json;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>Answers of this interface that are not what the caller wished for, as problem+json.</summary>
internal static class ComplianceProblems
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Compliance.ComplianceText");

    /// <summary>A text of this folder in both languages.</summary>
    public static Bilingual TextOf(string key) => Texts[key];

    /// <summary>A problem of a query or path.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="text">Which one.</param>
    /// <param name="field">The member that it is about.</param>
    /// <param name="got">What it was.</param>
    public static IResult Of(int status, string text, string field, string? got)
    {
        var title = Texts[text];
        return Results.Problem(
            title: title.En,
            detail: $"'{field}' got '{got}'.",
            statusCode: status,
            extensions: new Dictionary<string, object?>
            {
                ["titleZh"] = title.Zh,
                ["code"] = JsonNamingPolicy.CamelCase.ConvertName(text),
                ["field"] = field,
                ["got"] = got ?? "",
            });
    }

    /// <summary>A query that cannot be read.</summary>
    public static IResult Bad(string text, string field, string? got) =>
        Of(StatusCodes.Status400BadRequest, text, field, got);
}
