using KioskFleet.Service.Broker;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Ingest;

/// <summary>Registers the write path.</summary>
internal static class IngestModule
{
    /// <summary>
    /// Adds the pipeline; the ledger, the register, the catalogue and a broker link are registered elsewhere.
    /// </summary>
    public static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IngestOptions>().Bind(configuration.GetSection(IngestOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IngestOptions>, IngestOptionsValidator>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<IngestOptions>>().Value);
        services.AddSingleton(static provider =>
        {
            var most = provider.GetRequiredService<IngestOptions>().MaxUndecidedBytes;
            return new ByteBudget(most, most / IngestOptions.PartKeptForLight);
        });
        services.AddSingleton<DrainSchedule>();
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton<MessageVerification>();
        services.AddSingleton<ReceiptSender>();
        services.AddSingleton<IngestAnswers>();
        services.AddSingleton<GreetingWriter>();
        services.AddSingleton<GroupCommitter>();
        services.AddSingleton<IngestPipeline>();
        services.AddSingleton<IUpMessageHandler, LaneSwitch>();
        services.AddHostedService(provider => provider.GetRequiredService<IngestPipeline>());
        return services;
    }
}
