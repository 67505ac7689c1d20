using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>Registers the catalogue. Needs Storage and Places.</summary>
internal static class CatalogueModule
{
    /// <summary>Adds the catalogue in force, its import and its pages.</summary>
    public static IServiceCollection AddCatalogue(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            using var reader = provider.GetRequiredService<FleetDatabase>().OpenReader();
            var snapshot = CatalogueSnapshot.From(CatalogueStore.Read(reader));
            CatalogueLog.Loaded(
                provider.GetRequiredService<ILogger<CurrentCatalogue>>(), snapshot.Version, snapshot.SkuCount);
            return new CurrentCatalogue(snapshot);
        });
        services.AddSingleton<CatalogueImporter>();
        services.AddSingleton<CataloguePageStore>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/products</c>, <c>/api/v1/listings</c> and <c>/api/v1/catalogue/import</c>.</summary>
    public static IEndpointRouteBuilder MapCatalogue(this IEndpointRouteBuilder routes)
    {
        CatalogueEndpoints.Map(routes);
        return routes;
    }
}
