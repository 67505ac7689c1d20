namespace KioskFleet.Service.Patterns;

/// <summary>Registers the checks for staged sales and other oddities.</summary>
internal static class PatternsModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddPatterns(this IServiceCollection services) => services;

    /// <summary>Maps the HTTP interface.</summary>
    public static IEndpointRouteBuilder MapPatterns(this IEndpointRouteBuilder routes) => routes;
}
