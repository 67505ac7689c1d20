using KioskFleet.Simulators.Fleet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KioskFleet.Simulators.Tests.Demo;

/// <summary>A bill that was brought.</summary>
internal sealed record BroughtBill(string Provider, string Operator, string Day, int Bytes);

/// <summary>
/// The part of a fleet service that an auditor talks to, with answers written by a test: real HTTP, no checks.
/// </summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedService(WebApplication app)
    {
        _app = app;
        Api = new FleetApi(new Uri(app.Urls.First() + "/"), "token");
    }

    /// <summary>Its client.</summary>
    public FleetApi Api { get; }

    /// <summary>The bills in the order in which they were brought.</summary>
    public List<BroughtBill> Bills { get; } = [];

    /// <summary>How many bills were there at each assessment.</summary>
    public List<int> Assessments { get; } = [];

    /// <summary>What it finds.</summary>
    public List<ApiFinding> Findings { get; } = [];

    /// <summary>Checks that fail.</summary>
    public List<ApiCheckFailure> Failures { get; } = [];

    /// <summary>Rows that it refuses of every bill of this provider.</summary>
    public string? Refuses { get; init; }

    public static async Task<ScriptedService> StartAsync(bool withBills = true, string? refuses = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        ScriptedService? service = null;
        app.MapGet("/openapi/v1.json", () => Results.Text(
            withBills
                ? """
                  {"paths": {"/api/v1/bills": {"get": {}, "post": {}}, "/api/v1/assessments": {"post": {}},
                  "/api/v1/findings": {"get": {}}}}
                  """
                : """{"paths": {"/api/v1/bills": {"get": {}}, "/api/v1/findings": {"get": {}}}}""",
            "application/json"));
        app.MapPost("/api/v1/bills", async (HttpRequest request, string provider, string @operator, string day) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            service!.Bills.Add(new BroughtBill(provider, @operator, day, (int)body.Length));
            var refused = provider == service.Refuses ? 2 : 0;
            return Results.Json(new { rowsRefused = refused, complete = refused == 0 });
        });
        app.MapPost("/api/v1/assessments", () =>
        {
            service!.Assessments.Add(service.Bills.Count);
            return Results.Json(new { assessmentId = 1, failures = service.Failures });
        });
        app.MapGet("/api/v1/findings", (long? before, int count) =>
        {
            // Two to a page, so that the pages are read.
            var page = service!.Findings.OrderByDescending(f => f.FindingId)
                .Where(f => f.FindingId < (before ?? long.MaxValue)).Take(Math.Min(count, 2)).ToList();
            return Results.Json(new { items = page, nextBefore = page.Count < 2 ? (long?)null : page[^1].FindingId });
        });
        await app.StartAsync();
        return service = new ScriptedService(app) { Refuses = refuses };
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _app.DisposeAsync();
    }
}
