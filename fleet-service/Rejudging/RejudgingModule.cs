namespace KioskFleet.Service.Rejudging;

/// <summary>Registers the re-judging of sales after corrections of the catalogue.</summary>
internal static class RejudgingModule
{
    /// <summary>Adds the sweep, its job and what it is read by. Needs storage, catalogue and ledger.</summary>
    public static IServiceCollection AddRejudging(this IServiceCollection services)
    {
        services.AddSingleton<RejudgingSweep>();
        services.AddSingleton<RejudgingPageStore>();
        services.AddSingleton<CorrectedTotalsStore>();
        services.AddHostedService<RejudgingJob>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/rejudgings</c>.</summary>
    public static IEndpointRouteBuilder MapRejudging(this IEndpointRouteBuilder routes)
    {
        RejudgingEndpoints.Map(routes);
        return routes;
    }
}
