using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// Registers the checks for staged sales, odd prices, non-sales and silence. Needs Storage, Fleet, Policies and
/// Catalogue.
/// </summary>
internal static class PatternsModule
{
    /// <summary>Adds the checks.</summary>
    public static IServiceCollection AddPatterns(this IServiceCollection services)
    {
        services.AddSingleton<DayMapStore>();
        services.AddSingleton<IFindingSource, SalesPatterns>();
        services.AddSingleton<IFindingSource, SilentCabinets>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/patterns/rules</c>.</summary>
    public static IEndpointRouteBuilder MapPatterns(this IEndpointRouteBuilder routes)
    {
        PatternEndpoints.Map(routes);
        return routes;
    }
}
