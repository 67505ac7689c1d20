using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Replicas;

/// <summary>
/// Shares work that is done once among the services of one database: each work has a lease there, which its holder
/// renews; who stops lets go of it, and a dead holder's lease ends by itself. On SQLite there is one service, which has
/// all work. Thread-safe.
/// </summary>
internal sealed class Leases : BackgroundService
{
    private readonly ConcurrentDictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly string _holder = string.Create(CultureInfo.InvariantCulture,
        $"{Environment.MachineName}:{Environment.ProcessId}:{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    private readonly FleetDatabase _database;
    private readonly ReplicaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Leases> _log;
    private readonly bool _isShared;

    /// <summary>Makes the desk of leases; nothing is asked before it runs.</summary>
    public Leases(
        FleetDatabase database, IOptions<ReplicaOptions> options, TimeProvider time, ILogger<Leases> log)
        : this(database, options.Value, time, log, database.IsShared)
    {
    }

    private Leases(
        FleetDatabase database, ReplicaOptions options, TimeProvider time, ILogger<Leases> log, bool isShared) =>
        (_database, _options, _time, _log, _isShared) = (database, options, time, log, isShared);

    /// <summary>All works that are done once, and whether this service does them now.</summary>
    public IReadOnlyList<(string Work, bool IsHeld)> Works =>
        [.. _leases.Values.Select(lease => (lease.Name, lease.IsHeld || !_isShared))];

    /// <summary>The time that works which are done once wait by.</summary>
    public TimeProvider Time => _time;

    /// <summary>The queue of this service's writers.</summary>
    public WriterGate Writers => _database.Writers;

    /// <summary>True for an error that says no more than that the database does not answer: that is told.</summary>
    public bool IsAway(Exception error) => _database.IsAway(error);

    /// <summary>The leases of a service that is alone on its database, whatever keeps that: it has all work.</summary>
    internal static Leases OfOneService(FleetDatabase database, TimeProvider time) =>
        new(database, new ReplicaOptions(), time, NullLogger<Leases>.Instance, isShared: false);

    /// <summary>
    /// Does a work while it is this service's; begins it anew whenever it comes back. What it writes meanwhile is
    /// fenced: after the work went elsewhere, nothing.
    /// </summary>
    /// <param name="name">The work; the same in all services.</param>
    /// <param name="work">The work, until its token is cancelled; when it returns before, it is over.</param>
    /// <param name="stop">Ends it for good, without an exception.</param>
    public async Task RunAsync(string name, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        var keeping = KeepAsync(name, work, stop);
        await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!(keeping.IsCanceled && stop.IsCancellationRequested))
        {
            // Ended as asked is no mishap, also where a service could not be started.
            await keeping;
        }
    }

    private async Task KeepAsync(string name, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        var lease = _leases.GetOrAdd(name, n => new Lease(n, _holder, _time));
        if (!_isShared)
        {
            await work(stop);
            return;
        }

        while (!stop.IsCancellationRequested)
        {
            var held = await lease.WaitAsync(stop);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, stop);
            try
            {
                await _database.FencedAsync(held, () => work(both.Token));
                if (!both.IsCancellationRequested)
                {
                    return;
                }
            }
            catch (Exception error) when (
                !stop.IsCancellationRequested && (error is LeaseLostException
                || (error is OperationCanceledException && held.Lost.IsCancellationRequested)))
            {
                ReplicaLog.WorkGone(_log, name);
            }
        }
    }

    /// <summary>Asks for all leases once; those that another service has are lost.</summary>
    internal void Ask()
    {
        using var connection = _database.OpenWriter();
        foreach (var lease in _leases.Values)
        {
            try
            {
                Ask(connection, lease);
            }
            catch (DbException error) when (PostgreSqlEngine.IsHeldByOthers(error))
            {
                // A work that writes for long holds its row; the others need not run out with it.
                ReplicaLog.NotAsked(_log, error);
            }
        }
    }

    private void Ask(FleetConnection connection, Lease lease)
    {
        // Counted from before the question: the database's own count begins later.
        var asked = _time.GetTimestamp();
        if (LeaseTable.Take(connection, lease.Name, _holder, _options.Lease) is not { } term)
        {
            lease.Lose();
        }
        else if (lease.Keep(_options.Lease - _time.GetElapsedTime(asked), term))
        {
            ReplicaLog.WorkTaken(_log, lease.Name);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!_isShared)
        {
            return;
        }

        try
        {
            using var connection = _database.OpenWriter();
            LeaseTable.Release(connection, _holder);
        }
        catch (Exception error)
        {
            // They end by themselves.
            ReplicaLog.NotAsked(_log, error);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var lease in _leases.Values)
        {
            lease.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (_isShared && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                Ask();
            }
            catch (Exception error)
            {
                // What is held ends by its own time when the database stays away.
                if (!_database.IsAway(error))
                {
                    ReplicaLog.NotAsked(_log, error);
                }
            }

            // A work that began after this look is found by the next ones, which come sooner at first.
            await Task.Delay(_leases.Values.Any(lease => lease.IsHeld) ? _options.Ask : _options.Ask / 5, _time,
                stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
