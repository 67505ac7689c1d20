namespace KioskFleet.Service.Enforcement;

/// <summary>Registers enforcement: what a cabinet's gate is to do, wanted beside applied.</summary>
internal static class EnforcementModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddEnforcement(this IServiceCollection services) =>
        services.AddSingleton<EnforcementPlanner>();

    /// <summary>Maps the HTTP interface.</summary>
    public static IEndpointRouteBuilder MapEnforcement(this IEndpointRouteBuilder routes) => routes;
}
