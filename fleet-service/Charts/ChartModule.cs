namespace KioskFleet.Service.Charts;

/// <summary>Registers the ledger's sums by hour and day for charts. Needs Storage, Places and the ledger.</summary>
internal static class ChartModule
{
    /// <summary>Adds the writer and the reader.</summary>
    public static IServiceCollection AddCharts(this IServiceCollection services)
    {
        services.AddSingleton<ChartPageStore>();
        services.AddSingleton<ChartWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<ChartWriter>());
        return services;
    }

    /// <summary>Maps <c>/api/v1/charts</c>.</summary>
    public static IEndpointRouteBuilder MapCharts(this IEndpointRouteBuilder routes)
    {
        ChartEndpoints.Map(routes);
        return routes;
    }
}
