using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>JSON of this folder: the data set's words as the data set writes them. Thread-safe.</summary>
internal static class VenueJson
{
    /// <summary>The options of all answers.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters =
        {
            // Standings are written as Compliance writes them.
            new JsonStringEnumConverter<Standing>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower),
        },
    };

    /// <summary>A code as the API writes it.</summary>
    public static string CodeOf(RefusalCode code) => JsonNamingPolicy.CamelCase.ConvertName(code.ToString());

    /// <summary>An answer.</summary>
    public static IResult Answer(object value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, Options, statusCode: status);

    /// <summary>A problem with one finding or several; the first gives the title.</summary>
    public static IResult Problem(
        int status, IReadOnlyList<Refusal> refusals, params (string Name, object? Value)[] extensions)
    {
        var first = refusals[0];
        var detail = VenueTexts.Detail(first);
        var members = new Dictionary<string, object?>
        {
            ["titleZh"] = first.Text.Zh,
            ["detailZh"] = detail.Zh,
            ["code"] = CodeOf(first.Code),
            ["field"] = first.Field,
            ["got"] = first.Shown,
            ["errors"] = refusals.Select(r => new
            {
                field = r.Field,
                code = CodeOf(r.Code),
                got = r.Shown,
                zh = r.Text.Zh,
                en = r.Text.En,
            }).ToList(),
        };
        foreach (var (name, value) in extensions)
        {
            members[name] = value;
        }

        return Results.Problem(detail.En, statusCode: status, title: first.Text.En, extensions: members);
    }

    /// <summary>A problem with one finding.</summary>
    public static IResult Problem(int status, RefusalCode code, string field, string? got) =>
        Problem(status, [new Refusal(code, field, got)]);

    /// <summary>A place's names, or nulls when the data set does not know it.</summary>
    public static Bilingual? NameOf(PlacesDataSet places, string code) =>
        places.City.Code.Value == code ? new Bilingual(places.City.Zh, places.City.En)
        : places.CountyOf(code) is { } county ? new Bilingual(county.Zh, county.En) : null;
}
