using System.Text.Json;
using System.Text.Json.Serialization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Reconciliation;

/// <summary>The texts of this capability in both languages, and its problems as problem+json. Thread-safe.</summary>
internal static class ReconciliationTexts
{
    /// <summary>All texts by key.</summary>
    public static readonly TwoLanguages All = new("KioskFleet.Service.Reconciliation.ReconciliationText");

    /// <summary>How answers are written: words in lower camel case.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
    };

    /// <summary>A name as the interface writes it.</summary>
    public static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>A problem about one field of a request.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="text">The key of its title, which is its code too.</param>
    /// <param name="field">The field.</param>
    /// <param name="got">What it got.</param>
    /// <param name="more">What else there is to say.</param>
    public static IResult Problem(
        int status, string text, string field, string got, params (string Name, object? Value)[] more)
    {
        var title = All[text];
        var extensions = new Dictionary<string, object?>
        {
            ["titleZh"] = title.Zh,
            ["code"] = Word(text),
            ["field"] = field,
            ["got"] = Tables.TableFile.Shortened(got),
        };
        foreach (var (name, value) in more)
        {
            extensions[name] = value;
        }

        return Results.Problem(
            title: title.En, statusCode: status, detail: $"{field}: got '{Tables.TableFile.Shortened(got)}'.",
            extensions: extensions);
    }
}
