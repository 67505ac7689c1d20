using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KioskFleet.Agent.Tests.Enrolment;

/// <summary>A real HTTP server that answers enrolments as told and keeps what it was sent.</summary>
internal sealed class EnrolmentEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;

    private EnrolmentEndpoint((int Status, string Body) answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/api/v1/enrolment", async (HttpContext context) =>
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body);
            Bodies.Enqueue(document.RootElement.Clone());
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer.Body);
        });
    }

    public ConcurrentQueue<JsonElement> Bodies { get; } = new();

    public Uri Url => new(_app.Urls.First() + "/");

    public static async Task<EnrolmentEndpoint> StartAsync((int Status, string Body) answer)
    {
        var endpoint = new EnrolmentEndpoint(answer);
        await endpoint._app.StartAsync();
        return endpoint;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
