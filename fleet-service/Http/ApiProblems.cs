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

    /// <summary>Names a problem that the web server made by itself, where we have words for it.</summary>
    public static void Name(ProblemDetailsContext made)
    {
        var problem = made.ProblemDetails;
        if (problem.Status == StatusCodes.Status415UnsupportedMediaType && !problem.Extensions.ContainsKey(TitleZh))
        {
            (problem.Title, problem.Extensions[TitleZh]) = Title(ProblemCode.UnsupportedMediaType);
            problem.Extensions[Code] = Word(ProblemCode.UnsupportedMediaType);
            problem.Extensions["got"] = made.HttpContext.Request.ContentType;
        }
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
