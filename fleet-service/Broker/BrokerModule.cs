using KioskFleet.Service.Replicas;
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

        // Before the link: it reads what was known before anything is heard, and writes down what the stop brings.
        services.AddSingleton<PresenceBook>();
        services.AddHostedService(p => p.GetRequiredService<PresenceBook>());

        // Lazy, because the handler answers through the link.
        services.AddSingleton(p => new Lazy<IUpMessageHandler>(p.GetRequiredService<IUpMessageHandler>));

        // A word that is neither is found when the options are bound, with the setting's name.
        if (nameof(BrokerMode.External).Equals(section[nameof(BrokerOptions.Mode)], StringComparison.OrdinalIgnoreCase))
        {
            AddAccounts(services, section["External:Accounts"]);
            services.AddSingleton<ShareGroup>();
            services.AddSingleton<ExternalBroker>();
            services.AddSingleton<IBrokerLink>(p => p.GetRequiredService<ExternalBroker>());
            services.AddHostedService(p => p.GetRequiredService<ExternalBroker>());
            return services;
        }

        services.AddSingleton<ICabinetAccounts, EmbeddedAccounts>();
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

    private static void AddAccounts(IServiceCollection services, string? accounts)
    {
        if (nameof(ExternalAccounts.DynamicSecurity).Equals(accounts, StringComparison.OrdinalIgnoreCase))
        {
            services.AddSingleton<ICabinetAccounts, DynamicSecurityAccounts>();
        }
        else if (nameof(ExternalAccounts.Files).Equals(accounts, StringComparison.OrdinalIgnoreCase))
        {
            services.AddSingleton<MosquittoFileAccounts>();
            services.AddSingleton<ICabinetAccounts>(p => p.GetRequiredService<MosquittoFileAccounts>());
            services.AddSingleton<IChangeFollower>(p => p.GetRequiredService<MosquittoFileAccounts>());
            services.AddHostedService(p => p.GetRequiredService<MosquittoFileAccounts>());
        }
        else
        {
            services.AddSingleton<ICabinetAccounts, UntoldAccounts>();
        }
    }
}
