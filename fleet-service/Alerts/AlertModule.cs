using System.Security.Cryptography;
using KioskFleet.Service.Places;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace KioskFleet.Service.Alerts;

/// <summary>
/// Registers alerts. Needs Storage, Places, Access, Fleet, Telemetry, Broker and the ledger's tables.
/// </summary>
internal static class AlertModule
{
    private const int QuickRetries = 2;
    private const int IdDigits = 32;

    /// <summary>Adds check, outbox and the ways of telling that are on.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(AlertOptions.Section);
        services.AddOptions<AlertOptions>().Bind(section, o => o.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>();
        services.AddSingleton(provider => new AlertTerms(
            provider.GetRequiredService<IOptions<AlertOptions>>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<BusinessZone>(), () => RandomNumberGenerator.GetHexString(IdDigits, true)));
        services.AddSingleton<AlertMetrics>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertOutboxStore>();
        services.AddSingleton<AlertDesk>();
        services.AddSingleton<AlertSources>();
        services.AddSingleton<SaleRhythms>();
        services.AddSingleton<AlertCheck>();
        AddChannels(services, section);
        services.AddSingleton<AlertSender>();
        if (!"false".Equals(section[nameof(AlertOptions.Enabled)], StringComparison.OrdinalIgnoreCase))
        {
            services.AddHostedService(provider => provider.GetRequiredService<AlertCheck>());
            services.AddHostedService(provider => provider.GetRequiredService<AlertSender>());
        }

        return services;
    }

    /// <summary>Maps <c>/api/v1/alerts</c>.</summary>
    public static void MapAlerts(this IEndpointRouteBuilder routes) => AlertEndpoints.Map(routes);

    private static void AddChannels(IServiceCollection services, IConfigurationSection section)
    {
        if (section["Mail:Host"] is { Length: > 0 })
        {
            services.AddSingleton<IAlertChannel>(provider => new MailChannel(
                provider.GetRequiredService<IOptions<AlertOptions>>().Value.Mail,
                provider.GetRequiredService<TimeProvider>()));
        }

        if (section["Webhook:Url"] is not { Length: > 0 })
        {
            return;
        }

        services.AddHttpClient(AlertOptions.Section)
            .ConfigureHttpClient(http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false })
            .AddResilienceHandler("webhook", (pipeline, context) =>
            {
                // What passes within a second is tried again here; all else waits in the outbox.
                pipeline.AddRetry(new HttpRetryStrategyOptions
                {
                    MaxRetryAttempts = QuickRetries,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = TimeSpan.FromMilliseconds(200),
                    MaxDelay = TimeSpan.FromSeconds(1),
                    ShouldRetryAfterHeader = false,
                });
                pipeline.AddTimeout(TimeSpan.FromSeconds(context.ServiceProvider
                    .GetRequiredService<IOptions<AlertOptions>>().Value.Webhook.TimeoutSeconds));
            });
        services.AddSingleton<IAlertChannel>(provider => new WebhookChannel(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(AlertOptions.Section),
            provider.GetRequiredService<IOptions<AlertOptions>>().Value.Webhook));
    }
}
