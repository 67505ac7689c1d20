using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Clock;

/// <summary>
/// What a boot once learned from a receipt: at this value of its monotonic clock the service's clock said this. One per
/// boot, fsynced before anything is sent.
/// </summary>
/// <param name="Boot">The boot.</param>
/// <param name="MonotonicMs">Its monotonic clock when the receipt came, in milliseconds.</param>
/// <param name="ServerUtcMs">The service's time in that receipt, in Unix milliseconds UTC.</param>
public readonly record struct ClockObservation(BootId Boot, long MonotonicMs, long ServerUtcMs)
{
    /// <summary>The corrected time of a moment of the same boot, in Unix milliseconds UTC.</summary>
    public long CorrectedUtcMs(long monotonicMs) => ServerUtcMs + (monotonicMs - MonotonicMs);
}
