namespace KioskFleet.Service.Reconciliation;

/// <summary>Registers payment bills and their matching with sales.</summary>
internal static class ReconciliationModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddReconciliation(this IServiceCollection services) => services;

    /// <summary>Maps the HTTP interface.</summary>
    public static IEndpointRouteBuilder MapReconciliation(this IEndpointRouteBuilder routes) => routes;
}
