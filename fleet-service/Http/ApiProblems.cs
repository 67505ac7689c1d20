using System.Globalization;
using System.Resources;
using System.Text.Json;

namespace KioskFleet.Service.Http;

/// <summary>Answers of the HTTP API that are not what the caller wished for, as problem+json.</summary>
internal static class ApiProblems
{
    private static readonly ResourceManager English =
        new("KioskFleet.Service.Http.ApiText", typeof(ApiProblems).Assembly);

    private static readonly ResourceManager Chinese =
        new("KioskFleet.Service.Http.ApiTextChinese", typeof(ApiProblems).Assembly);

    /// <summary>The title of a problem in English and in Chinese.</summary>
    public static (string En, string Zh) Title(ProblemCode code) => (
        English.GetString(code.ToString(), CultureInfo.InvariantCulture) ?? code.ToString(),
        Chinese.GetString(code.ToString(), CultureInfo.InvariantCulture) ?? code.ToString());

    /// <summary>A problem.</summary>
    /// <param name="code">Which one.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">What it got and what it takes; never a secret.</param>
    /// <param name="extensions">Further members.</param>
    public static IResult Of(
        ProblemCode code, int status, string? detail = null, params (string Name, object? Value)[] extensions)
    {
        var (english, chinese) = Title(code);
        var members = new Dictionary<string, object?>
        {
            ["titleZh"] = chinese,
            ["code"] = JsonNamingPolicy.CamelCase.ConvertName(code.ToString()),
        };
        foreach (var (name, value) in extensions)
        {
            members[name] = value;
        }

        return Results.Problem(detail, statusCode: status, title: english, extensions: members);
    }

    /// <summary>Names a media type that routing refused: it answers with a bare status.</summary>
    public static void NameMediaType(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Status == StatusCodes.Status415UnsupportedMediaType && !problem.Extensions.ContainsKey("code"))
        {
            (problem.Title, problem.Extensions["titleZh"]) = Title(ProblemCode.MediaTypeUnsupported);
            problem.Extensions["code"] =
                JsonNamingPolicy.CamelCase.ConvertName(nameof(ProblemCode.MediaTypeUnsupported));
            problem.Extensions["got"] = context.HttpContext.Request.ContentType;
        }
    }
}
