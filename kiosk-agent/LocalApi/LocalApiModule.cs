using System.Threading.RateLimiting;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KioskFleet.Agent.LocalApi;

/// <summary>Registers and maps the local API.</summary>
internal static class LocalApiModule
{
    /// <summary>Most connections at once.</summary>
    public const int MaxConnections = 512;

    private const UnixFileMode SocketMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Adds server, JSON and API description.</summary>
    public static void AddLocalApi(this WebApplicationBuilder builder, ApiSettings api)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, api));
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Readable));
        builder.Services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "KioskFleet agent";
            document.Info.Description =
                "The cabinet's own API. Amounts in fen (1/100 yuan). Every call may be repeated.";
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));
        builder.Services.AddSingleton<StatusGatherer>();
    }

    /// <summary>Maps guards and endpoints.</summary>
    /// <param name="app">The application.</param>
    /// <param name="api">Settings.</param>
    /// <param name="token">The token; null when no address needs one.</param>
    public static void MapLocalApi(this WebApplication app, ApiSettings api, string? token)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("KioskFleet.Agent.LocalApi");
        var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = api.MaxConcurrentRequests,
            QueueLimit = api.MaxConcurrentRequests,
        });
        app.Lifetime.ApplicationStopped.Register(limiter.Dispose);
        var space = app.Services.GetRequiredService<JournalStore>().Space;
        app.Use((context, next) => ApiGuards.FailureGuard(context, next, space, logger));
        app.Use(ApiGuards.CallerGuard(token));
        app.Use((context, next) => LimitAsync(limiter, context, next));
        app.Use(NameUnknownAsync);
        app.Use(TakeAsJson);
        app.UseRouting();
        app.MapVends();
        app.MapSessions();
        app.MapRecords();
        app.MapTelemetry();
        app.MapOpenApi("/openapi/{documentName}.json");
        foreach (var socket in api.Listen.Where(address => address.SocketPath is not null))
        {
            PrepareSocket(app, socket.SocketPath!);
        }

        app.Lifetime.ApplicationStarted.Register(() =>
        {
            foreach (var url in app.Urls)
            {
                LocalApiLog.Listening(logger, url);
            }
        });
    }

    private static void Configure(KestrelServerOptions kestrel, ApiSettings api)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = api.MaxRequestBytes;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        foreach (var address in api.Listen)
        {
            if (address.SocketPath is { } path)
            {
                kestrel.ListenUnixSocket(path);
            }
            else
            {
                kestrel.Listen(address.EndPoint!);
            }
        }
    }

    /// <summary>A socket left by a crash is removed; the journal's lock says that no other agent owns it.</summary>
    private static void PrepareSocket(WebApplication app, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        app.Lifetime.ApplicationStarted.Register(() => File.SetUnixFileMode(path, SocketMode));
    }

    private static async Task LimitAsync(ConcurrencyLimiter limiter, HttpContext context, RequestDelegate next)
    {
        using var lease = await limiter.AcquireAsync(1, context.RequestAborted);
        await (lease.IsAcquired
            ? next(context)
            : Answers.Problem(ProblemKind.Overloaded, context.Language()).ExecuteAsync(context));
    }

    /// <summary>
    /// The body decides whether it is JSON, not its label: a delivered sale must not get lost over a missing header.
    /// </summary>
    private static Task TakeAsJson(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            context.Request.ContentType = "application/json";
        }

        return next(context);
    }

    /// <summary>Unknown paths and methods are problems like all others.</summary>
    private static async Task NameUnknownAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response is { HasStarted: false, ContentType: null, ContentLength: null })
        {
            ProblemKind? kind = context.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => ProblemKind.NotFound,
                StatusCodes.Status405MethodNotAllowed => ProblemKind.WrongMethod,
                _ => null,
            };
            if (kind is { } problem)
            {
                await Answers.Problem(problem, context.Language()).ExecuteAsync(context);
            }
        }
    }
}
