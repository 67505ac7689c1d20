using System.Text.Json;
using KioskFleet.Service.Http;
using Microsoft.AspNetCore.Diagnostics;

namespace KioskFleet.Service.Hosting;

/// <summary>
/// Answers a request that could not be read with 400 and the place where reading stopped; everything else that escaped
/// is a bug or broken infrastructure and becomes 500 without details.
/// </summary>
internal sealed class ApiExceptions(IProblemDetailsService problems) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadHttpRequestException bad)
        {
            httpContext.Response.StatusCode = bad.StatusCode;
            var detail = bad.InnerException is JsonException json
                ? $"The JSON cannot be read at {json.Path ?? "its beginning"}, line {json.LineNumber + 1}."
                : bad.Message;
            var code = bad.StatusCode == StatusCodes.Status415UnsupportedMediaType
                ? ProblemCode.UnsupportedMediaType
                : ProblemCode.Invalid;
            await ApiProblems.Of(code, bad.StatusCode, detail).ExecuteAsync(httpContext);
            return true;
        }

        httpContext.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext });
    }
}
