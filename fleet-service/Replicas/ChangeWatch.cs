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
    /// The number of the newest change that was read; as if there were none to be read before all was read once.
    /// </summary>
    internal long Seen
    {
        get
        {
            lock (_one)
            {
                return _seen < 0 ? long.MaxValue : _seen;
            }
        }
    }

    /// <summary>The question what changed, of one connection; null where nobody else writes.</summary>
    public ChangeQuestion? Question(FleetConnection connection) =>
        database.IsShared ? new ChangeQuestion(this, connection) : null;

    /// <summary>
    /// Reads what changed since the last look. Inside a writing transaction nothing can change any more until its end.
    /// </summary>
    public void CatchUp(FleetConnection connection)
    {
        using var question = Question(connection);
        question?.Set();
        question?.Answer();
    }

    /// <summary>Follows what was found to have changed.</summary>
    /// <param name="connection">Where it was found.</param>
    /// <param name="asked">Behind which number was asked.</param>
    /// <param name="found">Changes, oldest first; some may have been read meanwhile.</param>
    /// <returns>False when it must be asked anew: all was read meanwhile, only what came since is missing.</returns>
    internal bool Follow(FleetConnection connection, long asked, IReadOnlyList<ReplicaChange> found)
    {
        lock (_one)
        {
            if (asked > _seen && _seen >= 0)
            {
                return false;
            }

            // The number first: what is changed while all is read is read once more.
            if (_seen < 0)
            {
                var newest = ChangeTable.Newest(connection);
                ReloadAll();
                _seen = newest;
                return true;
            }

            var changes = found.Where(change => change.ChangeId > _seen).ToList();
            if (changes.Count == 0)
            {
                return true;
            }

            if (found.Count == MostChanges || ChangeTable.Oldest(connection) > Math.Max(_seen, 1))
            {
                // Too many, or the last one seen was forgotten, and others behind it perhaps.
                var newest = ChangeTable.Newest(connection);
                ReloadAll();
                _seen = newest;
                return true;
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
            return true;
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
