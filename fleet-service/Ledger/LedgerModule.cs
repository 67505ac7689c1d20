using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Ledger;

/// <summary>Registers the ledger.</summary>
internal static class LedgerModule
{
    /// <summary>
    /// Adds writer, proof, quarantine and queries; storage, places, catalogue and register come from elsewhere.
    /// </summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LedgerOptions>().Bind(configuration.GetSection(LedgerOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LedgerOptions>, LedgerOptionsValidator>();
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<LedgerProof>();
        services.AddSingleton<LedgerQueries>();
        services.AddSingleton<HelloQueries>();
        services.AddSingleton<QuarantineRelease>();
        services.AddHostedService<LedgerProofJob>();
        return services;
    }
}
