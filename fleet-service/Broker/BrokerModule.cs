using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Broker;

/// <summary>Registers the broker link of the configured mode. Needs an <see cref="IUpMessageHandler"/>.</summary>
internal static class BrokerModule
{
    /// <summary>Adds the link. Add it last: it starts when all that it feeds runs, and stops first.</summary>
    public static IServiceCollection AddBroker(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(BrokerOptions.Section);
        services.AddOptions<BrokerOptions>().Bind(section, o => o.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BrokerOptions>, BrokerOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<BrokerMetrics>();
        services.AddSingleton<BrokerAddress>();

        // Lazy, because the handler answers through the link.
        services.AddSingleton(p => new Lazy<IUpMessageHandler>(p.GetRequiredService<IUpMessageHandler>));

        // A word that is neither is found when the options are bound, with the setting's name.
        if (nameof(BrokerMode.External).Equals(section[nameof(BrokerOptions.Mode)], StringComparison.OrdinalIgnoreCase))
        {
            if (nameof(ExternalAccounts.DynamicSecurity).Equals(
                section["External:Accounts"], StringComparison.OrdinalIgnoreCase))
            {
                services.AddSingleton<ICabinetAccounts, DynamicSecurityAccounts>();
            }
            else
            {
                services.AddSingleton<ICabinetAccounts, UntoldAccounts>();
            }

            services.AddSingleton<HeardCabinets>();
            services.AddSingleton<ExternalBroker>();
            services.AddSingleton<IBrokerLink>(p => p.GetRequiredService<ExternalBroker>());
            services.AddHostedService(p => p.GetRequiredService<ExternalBroker>());
            return services;
        }

        services.AddSingleton<ICabinetAccounts, UntoldAccounts>();
        services.AddSingleton<RetainedMessages>();
        services.AddSingleton<CabinetSessions>();
        services.AddSingleton<DownLane>();
        services.AddSingleton<UpLane>();
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<EmbeddedBroker>();
        services.AddSingleton<IBrokerLink>(p => p.GetRequiredService<EmbeddedBroker>());
        services.AddHostedService(p => p.GetRequiredService<EmbeddedBroker>());
        return services;
    }
}
