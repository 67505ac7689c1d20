using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Storage;

/// <summary>Registers the database. Whoever gets a <see cref="FleetDatabase"/> gets it checked and migrated.</summary>
internal static class StorageModule
{
    /// <summary>Adds the database, its generation and the step that opens it before other services start.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
            DataDirectoryLock.Take(provider.GetRequiredService<IOptions<StorageOptions>>().Value));
        services.AddSingleton(provider =>
        {
            // Before anything of the file is read, and let go of after it is closed.
            provider.GetRequiredService<DataDirectoryLock>();
            return FleetDatabase.Open(
                provider.GetRequiredService<IOptions<StorageOptions>>().Value,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<FleetDatabase>>());
        });
        services.AddSingleton<LedgerGenerationStore>();
        services.AddHostedService<StorageStart>();
        services.AddHostedService<StorageUpkeep>();
        return services;
    }
}

/// <summary>Opens the database when the host starts, so that a damaged file stops the start.</summary>
internal sealed class StorageStart(
    FleetDatabase database, LedgerGenerationStore generation, ILogger<StorageStart> log) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await generation.EnsureAsync(cancellationToken);
        StorageLog.Opened(log, database.Name, generation.Current());
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
