namespace KioskFleet.Service.Ledger;

/// <summary>Registers the ledger.</summary>
internal static class LedgerModule
{
    /// <summary>Adds writer, proof and queries; storage, places and catalogue are registered elsewhere.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddSingleton<LedgerWriter>();
        return services;
    }
}
