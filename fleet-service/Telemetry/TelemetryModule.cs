using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Telemetry;

/// <summary>Registers the telemetry lane. Needs Storage and Fleet; the broker's messages come through Ingest.</summary>
internal static class TelemetryModule
{
    /// <summary>Adds intake, loop, store and retention.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TelemetryOptions>()
            .Bind(configuration.GetSection(TelemetryOptions.Section), o => o.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        services.AddSingleton(provider => new TelemetryClock(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<TelemetryOptions>>()));
        services.AddSingleton<TelemetryMetrics>();
        services.AddSingleton<TelemetryStore>();
        services.AddSingleton<TelemetryIntake>();
        services.AddSingleton<TelemetryLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<TelemetryLoop>());
        services.AddSingleton<TelemetryRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<TelemetryRetention>());
        return services;
    }

    /// <summary>Maps <c>/api/v1/telemetry</c>.</summary>
    public static void MapTelemetry(this IEndpointRouteBuilder routes) => TelemetryEndpoints.Map(routes);
}
