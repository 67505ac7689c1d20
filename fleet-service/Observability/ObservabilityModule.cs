using KioskFleet.Service.Access;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace KioskFleet.Service.Observability;

/// <summary>Metrics, liveness and readiness.</summary>
internal static class ObservabilityModule
{
    private const string Ready = "ready";
    private static readonly string[] ReadyTags = [Ready];

    /// <summary>
    /// Adds the Prometheus exporter for every meter named <c>KioskFleet.*</c>, the web server and the runtime, and the
    /// checks behind <c>/readyz</c>.
    /// </summary>
    public static IServiceCollection AddObservability(this IServiceCollection services)
    {
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("KioskFleet.*")
            .AddAspNetCoreInstrumentation()
            .AddRuntimeInstrumentation()
            .AddPrometheusExporter());
        services.AddSingleton<DatabaseReadiness>();
        services.AddHealthChecks()
            .AddCheck<DatabaseReadiness>("database", tags: ReadyTags)
            .AddCheck<BrokerReadiness>("broker", tags: ReadyTags);
        return services;
    }

    /// <summary>Maps <c>/metrics</c> (read), <c>/healthz</c> and <c>/readyz</c> (anybody).</summary>
    public static IEndpointRouteBuilder MapObservability(this IEndpointRouteBuilder routes)
    {
        routes.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(AccessPolicies.Read);
        routes.MapHealthChecks("/healthz", Options(_ => false)).AllowAnonymous();
        routes.MapHealthChecks("/readyz", Options(check => check.Tags.Contains(Ready))).AllowAnonymous();
        return routes;
    }

    private static HealthCheckOptions Options(Func<HealthCheckRegistration, bool> which) => new()
    {
        Predicate = which,
        ResponseWriter = (http, report) => http.Response.WriteAsJsonAsync(new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(e => e.Key, e => new
            {
                status = e.Value.Status.ToString(),
                e.Value.Description,
            }),
        }),
    };
}
