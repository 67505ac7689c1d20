using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Replicas;

/// <summary>
/// Keeps what this service holds in memory as the database has it, whichever service changed it: looks every second,
/// and before each commit of the ledger. Does nothing on SQLite, where nobody else writes. Thread-safe.
/// </summary>
internal sealed class ChangeWatch(
    FleetDatabase database, IServiceProvider services, IOptions<ReplicaOptions> options, TimeProvider time,
    ILogger<ChangeWatch> log) : BackgroundService
{
    /// <summary>More changes than this at once: everything is read again, which is less work.</summary>
    internal const int MostChanges = 5_000;

    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);
    private static readonly TimeSpan TrimEvery = TimeSpan.FromMinutes(10);

    private readonly Lock _one = new();

    // Late, because what follows changes is made of the database that this watches.
    private readonly Lazy<IReadOnlyList<IChangeFollower>> _followers =
        new(() => [.. services.GetServices<IChangeFollower>()]);

    private long _seen = -1;

    /// <summary>
    /// Reads what changed since the last look. Inside a writing transaction nothing can change any more until its end.
    /// </summary>
    public void CatchUp(FleetConnection connection)
    {
        if (!database.IsShared)
        {
            return;
        }

        lock (_one)
        {
            // The number first: what is changed while all is read is read once more.
            if (_seen < 0)
            {
                var newest = ChangeTable.Newest(connection);
                ReloadAll();
                _seen = newest;
                return;
            }

            var changes = ChangeTable.Since(connection, _seen, MostChanges);
            if (changes.Count == 0)
            {
                return;
            }

            if (changes.Count == MostChanges || ChangeTable.Oldest(connection) > Math.Max(_seen, 1))
            {
                // Too many, or the last one seen was forgotten, and others behind it perhaps.
                var newest = ChangeTable.Newest(connection);
                ReloadAll();
                _seen = newest;
                return;
            }

            foreach (var follower in _followers.Value)
            {
                var keys = changes.Where(change => change.Topic == follower.Topic)
                    .Select(change => change.Key).Distinct().ToList();
                if (keys.Count > 0)
                {
                    follower.Reload(keys);
                    ReplicaLog.Read(log, follower.Topic, keys.Count);
                }
            }

            _seen = changes[^1].ChangeId;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var trimmed = time.GetTimestamp();
        while (database.IsShared && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                using (var connection = database.OpenReader())
                {
                    CatchUp(connection);
                }

                if (time.GetElapsedTime(trimmed) > TrimEvery)
                {
                    trimmed = time.GetTimestamp();
                    using var connection = database.OpenWriter();
                    ChangeTable.Trim(connection, Keep);
                }
            }
            catch (Exception error)
            {
                if (!database.IsAway(error))
                {
                    ReplicaLog.NotRead(log, error);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(options.Value.LookMilliseconds), time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void ReloadAll()
    {
        foreach (var follower in _followers.Value)
        {
            follower.ReloadAll();
        }
    }
}
