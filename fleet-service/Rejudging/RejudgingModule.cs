namespace KioskFleet.Service.Rejudging;

/// <summary>Registers the re-judging of sales after corrections of the catalogue.</summary>
internal static class RejudgingModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddRejudging(this IServiceCollection services) => services;

    /// <summary>Maps the HTTP interface.</summary>
    public static IEndpointRouteBuilder MapRejudging(this IEndpointRouteBuilder routes) => routes;
}
