namespace KioskFleet.Service.Venues;

/// <summary>Registers venues, their reported sales, channels and the city's target.</summary>
internal static class VenuesModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddVenues(this IServiceCollection services) => services;

    /// <summary>Maps the HTTP interface.</summary>
    public static IEndpointRouteBuilder MapVenues(this IEndpointRouteBuilder routes) => routes;
}
