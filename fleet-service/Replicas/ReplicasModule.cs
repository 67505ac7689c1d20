using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Replicas;

/// <summary>Registers what several services on one database need of each other. Needs Storage.</summary>
internal static class ReplicasModule
{
    /// <summary>Adds the leases and the watch over other services' changes.</summary>
    public static IServiceCollection AddReplicas(this IServiceCollection services)
    {
        services.AddOptions<ReplicaOptions>()
            .BindConfiguration(ReplicaOptions.Section, o => o.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReplicaOptions>, ReplicaOptionsValidator>();
        services.AddSingleton<Leases>();
        services.AddSingleton<LeaseMetrics>();
        services.AddSingleton<ChangeWatch>();
        services.AddHostedService(provider =>
        {
            provider.GetRequiredService<LeaseMetrics>();
            return provider.GetRequiredService<Leases>();
        });
        services.AddHostedService(provider => provider.GetRequiredService<ChangeWatch>());
        return services;
    }
}
