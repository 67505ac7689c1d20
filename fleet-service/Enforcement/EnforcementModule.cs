using KioskFleet.Service.Findings;
using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Registers enforcement: what a cabinet's gate is to do, wanted beside applied. Needs Storage, Places, Policies,
/// Fleet, Catalogue, Ledger, Compliance and a broker link.
/// </summary>
internal static class EnforcementModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddEnforcement(this IServiceCollection services)
    {
        services.AddSingleton<WantedConfigs>();
        services.AddSingleton<EnforcementStore>();
        services.AddSingleton<IChangeFollower, WantedConfigFollower>();
        services.AddSingleton<ToldConfigStore>();
        services.AddSingleton<SoldLineStore>();
        services.AddSingleton<FiguresStore>();
        services.AddSingleton<ExemptionStore>();
        services.AddSingleton<EnforcementSources>();
        services.AddSingleton<EnforcementPlanner>();
        services.AddSingleton<ExemptionDesk>();
        services.AddSingleton<EnforcementViewStore>();
        services.AddSingleton<IFindingSource, RuleNotAppliedSource>();
        services.AddSingleton<IFindingSource, BlockedProductSource>();
        services.AddHostedService<ConfigCourier>();
        services.AddHostedService<EnforcementTrigger>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/enforcement</c>, <c>/api/v1/exemptions</c> and <c>/api/v1/essential-skus</c>.</summary>
    public static IEndpointRouteBuilder MapEnforcement(this IEndpointRouteBuilder routes)
    {
        EnforcementEndpoints.Map(routes);
        return routes;
    }
}
