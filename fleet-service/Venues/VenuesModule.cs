using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Registers venues, their reported sales, procurement, channels, duties and the city's target. Needs Storage, Places,
/// Policies, Access, Fleet, the catalogue's tables and ProductSales.
/// </summary>
internal static class VenuesModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddVenues(this IServiceCollection services)
    {
        services.AddSingleton<VenueStore>();
        services.AddSingleton<VenueDesk>();
        services.AddSingleton<SalesReportIntakeStore>();
        services.AddSingleton<SalesReportDesk>();
        services.AddSingleton<SalesReportPageStore>();
        services.AddSingleton<ReportedSalesStore>();
        services.AddSingleton<VenueStandings>();
        services.AddSingleton<IFindingSource, VenueFindings>();
        services.AddSingleton<ProcurementStore>();
        services.AddSingleton<ProcurementDesk>();
        services.AddSingleton<CityTargetProgress>();
        return services;
    }

    /// <summary>
    /// Maps <c>/api/v1/venues</c>, <c>/api/v1/sales-reports</c>, <c>/api/v1/procurement</c>,
    /// <c>/api/v1/city-target</c>, <c>/api/v1/duties</c> and <c>/api/v1/places/progress</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapVenues(this IEndpointRouteBuilder routes)
    {
        VenueEndpoints.Map(routes);
        SalesReportEndpoints.Map(routes);
        ProcurementEndpoints.Map(routes);
        ProgressEndpoints.Map(routes);
        return routes;
    }
}
