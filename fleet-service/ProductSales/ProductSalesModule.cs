namespace KioskFleet.Service.ProductSales;

/// <summary>Registers the projection of the ledger by product.</summary>
internal static class ProductSalesModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddProductSales(this IServiceCollection services) => services;

    /// <summary>Maps the HTTP interface.</summary>
    public static IEndpointRouteBuilder MapProductSales(this IEndpointRouteBuilder routes) => routes;
}
