namespace KioskFleet.Service.ProductSales;

/// <summary>Registers the ledger's sums by product. Needs Storage, Places, Catalogue and the ledger.</summary>
internal static class ProductSalesModule
{
    /// <summary>Adds the projector and the pages.</summary>
    public static IServiceCollection AddProductSales(this IServiceCollection services)
    {
        services.AddSingleton<ProductSalesPageStore>();
        services.AddSingleton<ProductSalesProjector>();
        services.AddHostedService(provider => provider.GetRequiredService<ProductSalesProjector>());
        return services;
    }

    /// <summary>Maps <c>/api/v1/product-sales</c>.</summary>
    public static IEndpointRouteBuilder MapProductSales(this IEndpointRouteBuilder routes)
    {
        ProductSalesEndpoints.Map(routes);
        return routes;
    }
}
