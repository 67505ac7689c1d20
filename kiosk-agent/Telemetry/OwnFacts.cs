using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Uplink;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// What the agent knows by itself: its version and how long it runs, the disk, the journal's backlog, the clock, and
/// what is left in the slots by count. Reads only; thread-safe.
/// </summary>
internal sealed class OwnFacts(
    JournalStore store, VendFlow flow, UplinkMonitor uplink, BootClock clock, AgentSettings settings)
{
    private static readonly string Version = typeof(OwnFacts).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly long _startedMs = clock.MonotonicMs;

    /// <summary>The facts of this moment.</summary>
    /// <exception cref="IOException">The disk cannot be asked.</exception>
    public IReadOnlyList<TelemetryReading> Gather()
    {
        var file = store.Current;
        var oldest = file.OldestUnsentWallUtcMs;
        var disk = new DriveInfo(Path.GetFullPath(settings.DataDirectory));
        return
        [
            new TelemetryReading.Agent(Version, clock.MonotonicMs - _startedMs),
            new TelemetryReading.Disk(disk.AvailableFreeSpace, Math.Max(1, disk.TotalSize)),
            new TelemetryReading.Backlog(file.Backlog, oldest == 0 ? 0 : AgeMs(clock.WallUtcMs - oldest)),
            new TelemetryReading.Clock(file.HasObservation(clock.Boot), OffsetMs()),
            .. flow.Sellable().Select(slot => new TelemetryReading.Stock(
                slot.Slot, Math.Max(0, slot.Stock), Math.Max(0, slot.Capacity), slot.Sku)),
        ];
    }

    /// <summary>The wall clock may have been set meanwhile; an age is at least 0 and at most ten years.</summary>
    private static long AgeMs(long ageMs) => Math.Clamp(ageMs, 0, 315_360_000_000);

    private long? OffsetMs() => uplink.Status.ClockOffsetMs is { } offset
        ? Math.Clamp(offset, -3_155_760_000_000, 3_155_760_000_000)
        : null;
}
