using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Clock;

/// <summary>
/// The cabinet computer's clocks: which boot this is, the time since it began, and the wall clock as it stands, right
/// or wrong. Implementations are thread-safe; simulators derive their own.
/// </summary>
internal abstract class BootClock
{
    /// <summary>The boot that runs now. An agent that is restarted without a reboot stays in the same boot.</summary>
    public abstract BootId Boot { get; }

    /// <summary>Milliseconds of this boot's monotonic clock; never goes back within one boot.</summary>
    public abstract long MonotonicMs { get; }

    /// <summary>The wall clock in Unix milliseconds UTC; may be wrong by years.</summary>
    public abstract long WallUtcMs { get; }

    /// <summary>This moment as an entry records it.</summary>
    public EntryTime Now => new(Boot, MonotonicMs, WallUtcMs);
}
