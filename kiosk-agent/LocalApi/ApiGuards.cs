using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Texts;

namespace KioskFleet.Agent.LocalApi;

/// <summary>What stands in front of every request: who may call, how failures are answered.</summary>
internal static class ApiGuards
{
    private const string Bearer = "Bearer ";

    /// <summary>The caller's language.</summary>
    public static Language Language(this HttpContext context) =>
        Languages.FromAcceptLanguage(context.Request.Headers.AcceptLanguage);

    /// <summary>States in the API description which problems an endpoint answers.</summary>
    public static RouteHandlerBuilder WithDeclaredProblems(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.Produces<ApiProblem>(status, Problems.ContentType);
        }

        return endpoint;
    }

    /// <summary>
    /// Callers over the network show the token. Callers on this computer need none, but a web page of another origin,
    /// which a browser on this computer shows, is refused: it says so itself, or comes under a foreign host name.
    /// </summary>
    /// <param name="token">The token; null when no address needs one.</param>
    public static Func<HttpContext, RequestDelegate, Task> CallerGuard(string? token)
    {
        var expected = token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));
        return async (context, next) =>
        {
            var problem = ProblemOf(context, expected);
            await (problem is null
                ? next(context)
                : Answers.Problem(problem.Value, context.Language()).ExecuteAsync(context));
        };
    }

    /// <summary>Failures become problems: a full disk says so, everything else is logged.</summary>
    public static async Task FailureGuard(HttpContext context, RequestDelegate next, SpaceGuard space, ILogger logger)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            LocalApiLog.CallerGone(logger, context.Request.Path);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var full = exception is DbException or IOException && !space.HasRoomFor(0);
            LocalApiLog.RequestFailed(logger, exception, context.Request.Method, context.Request.Path);
            await Answers.Problem(full ? ProblemKind.DiskFull : ProblemKind.Failed, context.Language())
                .ExecuteAsync(context);
        }
    }

    private static ProblemKind? ProblemOf(HttpContext context, byte[]? expected)
    {
        var local = context.Connection.LocalIpAddress;
        if (local is null)
        {
            return null;
        }

        var loopback = IPAddress.IsLoopback(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local);
        var request = context.Request;
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
            || (loopback && (!IsOwnName(request.Host.Host) || IsForeign(request))))
        {
            return ProblemKind.ForeignOrigin;
        }

        if (loopback)
        {
            return null;
        }

        var header = request.Headers.Authorization.ToString();
        var shown = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : "";
        return expected is not null && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(shown)), expected)
            ? null
            : ProblemKind.Unauthorized;
    }

    /// <summary>True for a page of elsewhere: old browsers state their origin and nothing else.</summary>
    private static bool IsForeign(HttpRequest request) => request.Headers.Origin.ToString() is { Length: > 0 } origin
        && !(Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && (page.IsLoopback || page.Host == request.Host.Host));

    private static bool IsOwnName(string host) =>
        host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
