using System.Diagnostics;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Servers;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Outage;

/// <summary>
/// A city comes back after an outage: every cabinet was heard before, is away for days, and returns with all it sold,
/// while healthy cabinets go on. What the service shows, how it drains, and what it needs, is watched from outside.
/// </summary>
internal sealed class OutageRun(OutageOptions options, string root, TimeProvider time)
{
    private readonly OutageProgress _progress = new();

    /// <summary>How far it is.</summary>
    public ProgressSnapshot Snapshot() => _progress.Snapshot();

    /// <summary>Runs it.</summary>
    /// <exception cref="CampaignException">The service does not start, or a cabinet was driven astray.</exception>
    public async Task<OutageResult> RunAsync(CancellationToken cancel)
    {
        await using var world = await OutageWorld.StartAsync(options, root, time, _progress.Phase, cancel);
        _progress.Of(world);
        await BeHeardAsync(world, cancel);
        await SellAwayAsync(world, cancel);
        world.Keep(world.RunAsync(world.Healthy, static _ => 0, CancellationToken.None));
        var selling = new CancellationTokenSource();
        world.Keep(SellHealthyAsync(world, selling.Token));
        _progress.Phase("watching the healthy cabinets while nobody returns");
        await Task.Delay(OutageLimits.QuietWatch, time, cancel);
        var quiet = LongestPause(world);
        var figures = await ReturnAsync(world, cancel);
        await selling.CancelAsync();
        await DrainedAsync(world.Healthy, OutageLimits.DrainWithin, world, cancel);
        var (peak, peakBefore) = (ProcessMemory.PeakMiB(world.Service.ProcessId), figures.MemoryBeforeMiB);
        await world.EndLinksAsync();
        selling.Dispose();
        await world.Service.StopAsync();
        _progress.Phase("proving journals against ledger");
        return OutageResult.Of(options, figures with
        {
            PeakMiB = peak, MemoryBeforeMiB = peakBefore, QuietPauseSeconds = quiet.Pause,
        }, world.Tally, await Task.Run(world.Prove, cancel));
    }

    private async Task BeHeardAsync(OutageWorld world, CancellationToken cancel)
    {
        _progress.Phase("every cabinet is heard once before the outage");
        var all = world.Away.Concat(world.Healthy).ToList();
        for (var i = 0; i < all.Count; i++)
        {
            world.SalesOf(i).Sell(all[i].Journal, world.BeganUtcMs - 60_000);
        }

        using var outage = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var links = world.RunAsync(all, i => i * 1_000L / OutageLimits.FirstDayPerSecond, outage.Token);
        try
        {
            if (!await DrainedAsync(all, OutageLimits.FirstDayWithin, world, cancel))
            {
                throw new CampaignException("The cabinets were not heard before the outage.");
            }
        }
        finally
        {
            await outage.CancelAsync();
            await links;
        }
    }

    private async Task SellAwayAsync(OutageWorld world, CancellationToken cancel)
    {
        _progress.Phase($"selling for {options.Outage.TotalDays:0.#} days without a link");
        await Task.Run(() => Parallel.For(0, world.Away.Count, new ParallelOptions { CancellationToken = cancel },
            i => world.SalesOf(i).Record(world.Away[i].Journal, world.BeganUtcMs,
                time.GetUtcNow().ToUnixTimeMilliseconds(), options.SalesPerDay)), cancel);
    }

    private async Task SellHealthyAsync(OutageWorld world, CancellationToken stop)
    {
        var sales = world.Healthy.Select((_, i) => world.SalesOf(-1 - i)).ToList();
        var between = OutageLimits.HealthySaleEvery / Math.Max(1, world.Healthy.Count);
        using var timer = new PeriodicTimer(
            between < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : between, time);
        for (var i = 0; !stop.IsCancellationRequested; i = (i + 1) % world.Healthy.Count)
        {
            world.Healthy[i].Sell(sales[i]);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task<OutageFigures> ReturnAsync(OutageWorld world, CancellationToken cancel)
    {
        var memoryBefore = ProcessMemory.PeakMiB(world.Service.ProcessId);
        foreach (var healthy in world.Healthy)
        {
            healthy.Watch.Restart(world.Uplink.NowMs);
        }

        var wanted = world.Away.ToDictionary(static one => one.Identity.Id.Value, static one => new OwnState(
            one.Journal.Id, one.Journal.Facts.Tail.Seq, one.Journal.Sums, () => one.Journal.Backlog > 0),
            StringComparer.Ordinal);
        var entries = world.Away.Sum(static one => one.Journal.Backlog);
        using var api = new FleetApi(world.Service.Address, null);
        var random = new Random(unchecked((int)options.Seed));
        var plan = world.Away.Select(_ => options.IsAtOnce
            ? ReturnPlan.AtOnceMs(world.Uplink.Settings, random)
            : ReturnPlan.WithinBackOffMs(world.Uplink.Settings, random)).ToList();
        _progress.Phase("all come back");
        var watch = new ShownWatch(api, wanted, time.GetUtcNow());
        world.Tally.Restart();
        var started = Stopwatch.GetTimestamp();
        world.Keep(world.RunAsync(world.Away, i => plan[i], CancellationToken.None));
        double? connected = null, shown = null, drained = null;
        while (Stopwatch.GetElapsedTime(started) < OutageLimits.DrainWithin && (shown is null || drained is null))
        {
            Check(world, cancel);
            if (shown is null)
            {
                await watch.LookAsync(cancel);
                shown = watch.IsComplete ? Stopwatch.GetElapsedTime(started).TotalSeconds : null;
            }

            var (seconds, left) = (Stopwatch.GetElapsedTime(started).TotalSeconds, Backlog(world.Away));
            connected ??= world.Tally.Connects >= world.Away.Count ? seconds : null;
            drained ??= left == 0 ? seconds : null;
            _progress.Phase($"{seconds:0} s: {watch}");
            await Task.Delay(OutageLimits.LookEvery, time, cancel);
        }

        var (pause, wait) = LongestPause(world);
        return new OutageFigures
        {
            ReturnedEntries = entries, ConnectedSeconds = connected, ShownSeconds = shown, DrainedSeconds = drained,
            ShownBeforeCommitted = watch.ShownBeforeCommitted, HealthyPauseSeconds = pause, HealthyWaitSeconds = wait,
            HealthyReceipts = world.Healthy.Sum(static one => one.Watch.Receipts), MemoryBeforeMiB = memoryBefore,
            LastTrySeconds = plan.Max() / 1_000.0,
        };
    }

    private async Task<bool> DrainedAsync(
        IReadOnlyList<VirtualCabinet> cabinets, TimeSpan within, OutageWorld world, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        while (Backlog(cabinets) > 0)
        {
            Check(world, cancel);
            if (Stopwatch.GetElapsedTime(started) > within)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancel);
        }

        return true;
    }

    private static void Check(OutageWorld world, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (world.Failure is { } failure)
        {
            throw new CampaignException(failure.Message);
        }

        if (!world.Service.IsRunning)
        {
            throw new CampaignException("The service has ended.");
        }
    }

    private static long Backlog(IReadOnlyList<VirtualCabinet> cabinets) =>
        cabinets.Sum(static one => one.Journal.Backlog);

    private static (double Pause, double Wait) LongestPause(OutageWorld world) => (
        world.Healthy.Max(one => one.Watch.LongestMs(world.Uplink.NowMs)) / 1_000.0,
        world.Healthy.Max(static one => one.Watch.LongestWaitMs) / 1_000.0);
}
