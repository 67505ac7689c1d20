using KioskFleet.Service.Http;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>The catalogue's texts for people, in both languages. Thread-safe.</summary>
internal static class CatalogueTexts
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Catalogue.CatalogueText");

    /// <summary>Why a row or a field is refused.</summary>
    public static Bilingual Of(RefusalReason reason) => Texts[reason.ToString()];

    /// <summary>Why a wish is not met.</summary>
    public static Bilingual Of(CatalogueProblem problem) => Texts[problem.ToString()];
}

/// <summary>Answers of the catalogue's interface.</summary>
internal static class CatalogueAnswers
{
    private const int MaxPage = 1_000_000;

    /// <summary>A value.</summary>
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, CatalogueJson.Options, statusCode: status);

    /// <summary>What became of a wish: 200, 201 when something new was made, or a problem.</summary>
    public static IResult Of<T>(CatalogueOutcome<T> outcome) => outcome switch
    {
        CatalogueOutcome<T>.Done done =>
            Json(done.Value, done.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK),
        CatalogueOutcome<T>.Invalid invalid => Problem(
            StatusCodes.Status400BadRequest, CatalogueProblem.Invalid,
            string.Join("; ", invalid.Fields.Select(f => $"{f.Field}: {CatalogueTexts.Of(f.Reason).En}").Distinct()),
            ("errors", invalid.Fields.Select(f => new
            {
                f.Field, Reason = CatalogueJson.Word(f.Reason), Got = TableFile.Shortened(f.Got),
                Text = CatalogueTexts.Of(f.Reason),
            }).ToList())),
        CatalogueOutcome<T>.Unknown unknown => Problem(
            StatusCodes.Status404NotFound, unknown.Problem, null, ("got", unknown.Id)),
        CatalogueOutcome<T>.Illegal illegal => Problem(
            StatusCodes.Status409Conflict, CatalogueProblem.IllegalState,
            $"It is {illegal.State}; from there it may become "
                + (illegal.Allowed.Count == 0 ? "nothing else." : string.Join(" or ", illegal.Allowed) + "."),
            ("state", illegal.State), ("allowed", illegal.Allowed)),
        CatalogueOutcome<T>.Conflict conflict => Problem(
            StatusCodes.Status409Conflict, conflict.Problem, conflict.Detail),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
    };

    /// <summary>A problem with its title in both languages.</summary>
    public static IResult Problem(
        int status, CatalogueProblem problem, string? detail, params (string Name, object? Value)[] members) =>
        Problem(status, problem.ToString(), CatalogueTexts.Of(problem), detail, members);

    /// <summary>A file that is refused as a whole.</summary>
    public static IResult Problem(TableProblem problem, string got) => Problem(
        problem == TableProblem.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest,
        problem.ToString(), TableTexts.Of(problem), null, [("field", "file"), ("got", got)]);

    /// <summary>A parameter of a query that cannot be read.</summary>
    public static IResult BadQuery(string field, string? got) => Problem(
        StatusCodes.Status400BadRequest, CatalogueProblem.BadQuery, null, ("field", field), ("got", got));

    /// <summary>What is wrong with a page's number or size, or null.</summary>
    public static IResult? PageProblem(int? page, int? pageSize, int mostRows = CatalogueLimits.MaxPageSize) =>
        page is < 1 or > MaxPage ? BadQuery("page", $"{page}")
        : pageSize < 1 || pageSize > mostRows ? BadQuery("pageSize", $"{pageSize}")
        : null;

    /// <summary>Answers with a word of a closed set out of a query, or null when it has none.</summary>
    public static IResult WithChoice<T>(string field, string? word, Func<T?, IResult> answer)
        where T : struct, Enum => string.IsNullOrEmpty(word) ? answer(null)
            : EnumWord.Parse<T>(word) is { } value ? answer(value)
            : BadQuery(field, word);

    /// <summary>
    /// A product id out of a path. A slash in an id comes encoded, and the server leaves it so.
    /// </summary>
    public static string PathId(string id) => id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static IResult Problem(
        int status, string code, Bilingual title, string? detail, (string Name, object? Value)[] members)
    {
        var extensions = new Dictionary<string, object?>
        {
            ["titleZh"] = title.Zh,
            ["code"] = CatalogueJson.Camel(code),
        };
        foreach (var (name, value) in members)
        {
            extensions[name] = value;
        }

        return Results.Problem(detail, statusCode: status, title: title.En, extensions: extensions);
    }
}
