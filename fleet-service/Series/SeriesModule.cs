using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace KioskFleet.Service.Series;

/// <summary>Registers the writer of time series, when it is on. Needs Storage, Compliance, Telemetry and the
/// ledger's tables.</summary>
internal static class SeriesModule
{
    private const int MaxRetries = 5;
    private static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Adds the writer.</summary>
    public static IServiceCollection AddSeries(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(SeriesOptions.Section);
        services.AddOptions<SeriesOptions>().Bind(section, o => o.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SeriesOptions>, SeriesOptionsValidator>();
        if (!"true".Equals(section[nameof(SeriesOptions.Enabled)], StringComparison.OrdinalIgnoreCase))
        {
            return services;
        }

        services.AddSingleton<SeriesLedger>();
        services.AddSingleton<SeriesOutbox>();
        services.AddSingleton<SeriesConnections>();
        services.AddHttpClient(SeriesOptions.Section)
            .ConfigureHttpClient(http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(
                provider => provider.GetRequiredService<SeriesConnections>().Handler())
            .AddResilienceHandler("series", (pipeline, context) =>
            {
                var o = context.ServiceProvider.GetRequiredService<IOptions<SeriesOptions>>().Value;

                // The default of these options honours Retry-After and retries 408, 429 and 5xx.
                pipeline.AddRetry(new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = MaxRetries,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = TimeSpan.FromMilliseconds(500),
                    MaxDelay = TimeSpan.FromSeconds(o.MaxRetryDelaySeconds),
                });
                pipeline.AddTimeout(TryTimeout);
            });
        services.AddSingleton(provider => new SeriesServer(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(SeriesOptions.Section),
            provider.GetRequiredService<SeriesConnections>(),
            provider.GetRequiredService<IOptions<SeriesOptions>>()));
        services.AddSingleton<SeriesDelivery>();
        services.AddSingleton<SeriesMetrics>();
        services.AddHostedService(provider =>
        {
            provider.GetRequiredService<SeriesMetrics>();
            return provider.GetRequiredService<SeriesWriter>();
        });
        services.AddSingleton<SeriesWriter>();
        services.AddSingleton<StandingGauges>();
        services.AddHostedService(provider => provider.GetRequiredService<StandingGauges>());
        services.AddSingleton<TelemetryGauges>();
        services.AddHostedService(provider => provider.GetRequiredService<TelemetryGauges>());
        return services;
    }
}
