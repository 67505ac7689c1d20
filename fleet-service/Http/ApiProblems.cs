using System.Globalization;
using System.Resources;
using System.Text.Json;

namespace KioskFleet.Service.Http;

/// <summary>Answers of the HTTP API that are not what the caller wished for, as problem+json.</summary>
internal static class ApiProblems
{
    private const string TitleZh = "titleZh";

    private const string Code = "code";

    private static readonly ResourceManager English =
        new("KioskFleet.Service.Http.ApiText", typeof(ApiProblems).Assembly);

    private static readonly ResourceManager Chinese =
        new("KioskFleet.Service.Http.ApiTextChinese", typeof(ApiProblems).Assembly);

    /// <summary>The title of a problem in English and in Chinese.</summary>
    public static (string En, string Zh) Title(ProblemCode code) => (
        English.GetString(code.ToString(), CultureInfo.InvariantCulture) ?? code.ToString(),
        Chinese.GetString(code.ToString(), CultureInfo.InvariantCulture) ?? code.ToString());

    /// <summary>The answer while the database cannot be reached: 503.</summary>
    /// <param name="isWriting">True when something was to be changed: perhaps it was.</param>
    public static IResult DatabaseAway(bool isWriting)
    {
        const string unknown = "OutcomeUnknown";
        return isWriting
            ? Of(ProblemCode.DatabaseAway, StatusCodes.Status503ServiceUnavailable,
                English.GetString(unknown, CultureInfo.InvariantCulture),
                ("detailZh", Chinese.GetString(unknown, CultureInfo.InvariantCulture)))
            : Of(ProblemCode.DatabaseAway, StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Names a problem that the web server made by itself, where we have words for it.</summary>
    public static void Name(ProblemDetailsContext made)
    {
        var problem = made.ProblemDetails;
        ProblemCode? code = problem.Status switch
        {
            StatusCodes.Status400BadRequest => ProblemCode.Invalid,
            StatusCodes.Status401Unauthorized => ProblemCode.Unauthenticated,
            StatusCodes.Status403Forbidden => ProblemCode.Forbidden,
            StatusCodes.Status404NotFound => ProblemCode.NotFound,
            StatusCodes.Status405MethodNotAllowed => ProblemCode.MethodNotAllowed,
            StatusCodes.Status415UnsupportedMediaType => ProblemCode.UnsupportedMediaType,
            StatusCodes.Status429TooManyRequests => ProblemCode.TooManyRequests,
            _ => null,
        };
        if (code is { } known && !problem.Extensions.ContainsKey(TitleZh))
        {
            (problem.Title, problem.Extensions[TitleZh]) = Title(known);
            problem.Extensions[Code] = Word(known);
            if (known == ProblemCode.UnsupportedMediaType)
            {
                problem.Extensions["got"] = made.HttpContext.Request.ContentType;
            }
        }
    }

    /// <summary>A parameter of the address or the query that cannot be read, or that is missing.</summary>
    /// <param name="name">Its name as it is written in a request.</param>
    /// <param name="got">What came; null when nothing did.</param>
    /// <param name="type">The name of the type that it is read as.</param>
    public static IResult BadParameter(string name, string? got, string type)
    {
        var takes = type.Contains("Int", StringComparison.OrdinalIgnoreCase)
            || type.Contains("long", StringComparison.OrdinalIgnoreCase) ? "TakesNumber"
            : type.Contains("bool", StringComparison.OrdinalIgnoreCase) ? "TakesFlag"
            : "TakesOther";
        var detail = Text(English);
        return Of(ProblemCode.Invalid, StatusCodes.Status400BadRequest, detail,
            ("detailZh", Text(Chinese)), ("field", name));

        string Text(ResourceManager words) => string.Format(
            CultureInfo.InvariantCulture,
            words.GetString(got is null ? "MissingParameter" : "BadParameter", CultureInfo.InvariantCulture)!,
            name, got, words.GetString(takes, CultureInfo.InvariantCulture));
    }

    /// <summary>A problem.</summary>
    /// <param name="code">Which one.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">What it got and what it takes; never a secret.</param>
    /// <param name="extensions">Further members.</param>
    public static IResult Of(
        ProblemCode code, int status, string? detail = null, params (string Name, object? Value)[] extensions)
    {
        var (english, chinese) = Title(code);
        var members = new Dictionary<string, object?> { [TitleZh] = chinese, [Code] = Word(code) };
        foreach (var (name, value) in extensions)
        {
            members[name] = value;
        }

        return Results.Problem(detail, statusCode: status, title: english, extensions: members);
    }

    private static string Word(ProblemCode code) => JsonNamingPolicy.CamelCase.ConvertName(code.ToString());
}
