using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Catalogue;

/// <summary>Registers the catalogue. Needs Storage, Places and Policies.</summary>
internal static class CatalogueModule
{
    /// <summary>Adds the catalogue in force, the desks that change it, its lists and its check.</summary>
    public static IServiceCollection AddCatalogue(this IServiceCollection services)
    {
        services.AddOptions<CatalogueOptions>()
            .BindConfiguration(CatalogueOptions.Section, o => o.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<CatalogueOptions>, CatalogueOptionsValidator>();
        services.AddSingleton(provider =>
        {
            using var reader = provider.GetRequiredService<FleetDatabase>().OpenReader();
            var snapshot = CatalogueSnapshot.From(
                CatalogueStore.Read(reader, provider.GetRequiredService<PlacesDataSet>()));
            CatalogueLog.Loaded(
                provider.GetRequiredService<ILogger<CurrentCatalogue>>(), snapshot.Version, snapshot.SkuCount);
            return new CurrentCatalogue(snapshot);
        });
        services.AddSingleton<IChangeFollower, CatalogueFollower>();
        services.AddSingleton<CatalogueVersionStore>();
        services.AddSingleton<PlanningGuardStore>();
        services.AddSingleton<CatalogueImporter>();
        services.AddSingleton<CatalogueExport>();
        services.AddSingleton<CataloguePageStore>();
        services.AddSingleton<CatalogueVersionPages>();
        services.AddSingleton<ProductDesk>();
        services.AddSingleton<ProductBlockDesk>();
        services.AddSingleton<RecognitionDesk>();
        services.AddSingleton<MappingDesk>();
        services.AddSingleton<CorrectionDesk>();
        services.AddSingleton<ProgressStore>();
        services.AddSingleton<PublicProductStore>();
        services.AddSingleton<IFindingSource, MappingOverdueSource>();
        services.AddHostedService<CatalogueStart>();
        PublicEndpoints.AddRate(services);
        return services;
    }

    /// <summary>Maps everything of the catalogue, the public list included.</summary>
    public static IEndpointRouteBuilder MapCatalogue(this IEndpointRouteBuilder routes)
    {
        CatalogueEndpoints.Map(routes);
        return routes;
    }
}

/// <summary>
/// When the host starts: takes over what the data set says about which listings count, from now on. What was sold
/// before stays judged as it was.
/// </summary>
internal sealed class CatalogueStart(
    CatalogueVersionStore versions, PlacesDataSet places, ILogger<CatalogueStart> log) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var version = await versions.ChangeAsync<long?>(
            turn =>
            {
                var terms = CountingTerms.Of(places, turn.NowUtcMs);
                return turn.Catalogue.CountingAt(long.MaxValue).SaysTheSameAs(terms)
                    ? null
                    : turn.Commit(
                        [new CatalogueChange.CountingChanged(terms)],
                        new CatalogueOrigin("service", $"data set {places.DataSet}"));
            },
            cancellationToken);
        if (version is { } made)
        {
            CatalogueLog.CountingChanged(log, places.DataSet, places.Recognition.Counted, made);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
