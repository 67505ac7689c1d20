using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Registers payment bills and their matching with sales. Needs Storage, Places, Policies, Fleet and the ledger's
/// tables.
/// </summary>
internal static class ReconciliationModule
{
    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddReconciliation(this IServiceCollection services)
    {
        services.AddOptions<ReconciliationOptions>()
            .BindConfiguration(ReconciliationOptions.Section, o => o.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReconciliationOptions>, ReconciliationOptionsValidator>();
        services.AddSingleton<PayerKey>();
        services.AddHostedService(provider => provider.GetRequiredService<PayerKey>());
        services.AddSingleton<BillStore>();
        services.AddSingleton<BillTurn>();
        services.AddSingleton<BillImporter>();
        services.AddSingleton<WithdrawalDesk>();
        services.AddSingleton<RecordedCursor>();
        services.AddSingleton<LedgerFactStore>();
        services.AddSingleton<RecordedProjection>();
        services.AddHostedService<RecordedProjectionLoop>();
        services.AddSingleton<SaleQueries>();
        services.AddSingleton<PaymentQueries>();
        services.AddSingleton<ReconciliationClock>();
        services.AddSingleton<ReconciliationQuery>();
        services.AddSingleton<IBilledFigures, BilledFigures>();
        services.AddSingleton<PaymentEvidenceSources>();
        services.AddSingleton<IFindingSource, PaymentFindings>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/bills</c> and <c>/api/v1/reconciliation</c>.</summary>
    public static IEndpointRouteBuilder MapReconciliation(this IEndpointRouteBuilder routes)
    {
        BillEndpoints.Map(routes);
        WithdrawalEndpoints.Map(routes);
        ReconciliationEndpoints.Map(routes);
        return routes;
    }
}
