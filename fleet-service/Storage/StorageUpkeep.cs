namespace KioskFleet.Service.Storage;

/// <summary>Does what the database's engine needs now and then, long before it is needed.</summary>
internal sealed class StorageUpkeep(FleetDatabase database, TimeProvider time, ILogger<StorageUpkeep> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(6);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                database.KeepUp();
            }
            catch (Exception error)
            {
                StorageLog.NotKeptUp(log, error, database.Name);
            }
        }
    }
}
