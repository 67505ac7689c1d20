using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Protocol.Telemetry;

/// <summary>
/// Dates samples by the service's clock. Pure. Unlike entries, samples carry no money: one that cannot be dated is
/// passed over, and none is dated behind its arrival, so that a clock that runs ahead cannot keep later samples out.
/// </summary>
public static class TelemetryDating
{
    /// <summary>The moment of a sample in Unix milliseconds UTC; null when nothing dates it.</summary>
    /// <param name="header">The message's header.</param>
    /// <param name="measured">When the sample was measured, by the cabinet's clocks.</param>
    /// <param name="receivedUtcMs">When the message arrived, by the service's clock.</param>
    public static long? Date(TelemetryHeader header, in EntryTime measured, long receivedUtcMs)
    {
        ArgumentNullException.ThrowIfNull(header);
        var utcMs = Math.Min(receivedUtcMs, Guess(header, measured, receivedUtcMs));
        return utcMs >= EntryDating.EarliestPlausibleUtcMs ? utcMs : null;
    }

    private static long Guess(TelemetryHeader header, in EntryTime measured, long receivedUtcMs)
    {
        if (measured.Boot == header.Sent.Boot)
        {
            // The same boot measured and sent: what lies between by its monotonic clock lies before the arrival.
            return receivedUtcMs - Math.Max(0, header.Sent.MonotonicMs - measured.MonotonicMs);
        }

        foreach (var clock in header.Clocks)
        {
            if (clock.Boot == measured.Boot)
            {
                return clock.CorrectedUtcMs(measured.MonotonicMs);
            }
        }

        // Nothing but the wall clock of a boot that never heard the service: one that ran ahead says nothing.
        return measured.WallUtcMs <= receivedUtcMs ? measured.WallUtcMs : 0;
    }

    /// <summary>How far the cabinet's wall clock was off when it sent, in milliseconds: positive when it is behind.
    /// </summary>
    public static long ClockOffsetMs(TelemetryHeader header, long receivedUtcMs)
    {
        ArgumentNullException.ThrowIfNull(header);

        // A wall clock may hold any number; the difference must not overflow.
        return receivedUtcMs - Math.Clamp(header.Sent.WallUtcMs, 0, EntryDating.LatestPlausibleUtcMs);
    }
}
