using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using KioskFleet.Service.Http;
using KioskFleet.Service.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace KioskFleet.Service.Hosting;

/// <summary>
/// Answers a request that could not be read with 400 and the place where reading stopped, and one that the database did
/// not take or answer with 503; everything else that escaped is a bug and becomes 500 without details.
/// </summary>
internal sealed partial class ApiExceptions(IProblemDetailsService problems) : IExceptionHandler
{
    /// <summary>
    /// True for what is not to be logged: a request that could not be read is its sender's matter.
    /// </summary>
    public static bool IsOfSender(Exception exception) => exception is BadHttpRequestException;

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadHttpRequestException bad)
        {
            httpContext.Response.StatusCode = bad.StatusCode;
            if (Parameter().Match(bad.Message) is { Success: true } parameter)
            {
                var got = parameter.Groups["got"];
                await ApiProblems.BadParameter(
                    JsonNamingPolicy.CamelCase.ConvertName(parameter.Groups["name"].Value),
                    got.Success ? got.Value : null, parameter.Groups["type"].Value).ExecuteAsync(httpContext);
                return true;
            }

            var detail = bad.InnerException is JsonException json
                ? $"The JSON cannot be read at {json.Path ?? "its beginning"}, line {json.LineNumber + 1}."
                : bad.Message;
            var code = bad.StatusCode == StatusCodes.Status415UnsupportedMediaType
                ? ProblemCode.UnsupportedMediaType
                : ProblemCode.Invalid;
            await ApiProblems.Of(code, bad.StatusCode, detail).ExecuteAsync(httpContext);
            return true;
        }

        if (exception is DbException && !FleetDatabase.IsDataError(exception))
        {
            await ApiProblems.DatabaseAway(isWriting: !HttpMethods.IsGet(httpContext.Request.Method))
                .ExecuteAsync(httpContext);
            return true;
        }

        httpContext.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext });
    }

    // The words of the web server for a parameter of the address or the query.
    [GeneratedRegex("""
        ^(Failed to bind parameter|Required parameter) "(?<type>.*) (?<name>\w+)" (from "(?<got>.*)"|was not provided)
        """)]
    private static partial Regex Parameter();
}
