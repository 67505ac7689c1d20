namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// A wall clock that stands where it was put, until it is let run on at the pace of the computer's. Thread-safe.
/// </summary>
internal sealed class SimulatedInstant
{
    private readonly TimeProvider _real;
    private Reading _reading;

    /// <summary>A clock that stands.</summary>
    /// <param name="startUtc">Where it stands.</param>
    /// <param name="real">What it follows once it runs.</param>
    public SimulatedInstant(DateTimeOffset startUtc, TimeProvider real)
    {
        _real = real;
        _reading = new Reading(startUtc.UtcTicks, null);
    }

    /// <summary>The instant, UTC.</summary>
    public DateTimeOffset NowUtc
    {
        get
        {
            var reading = Volatile.Read(ref _reading);
            var passed = reading.RunningSince is { } since ? _real.GetElapsedTime(since).Ticks : 0;
            return new DateTimeOffset(reading.Ticks + passed, TimeSpan.Zero);
        }
    }

    /// <summary>Puts the clock to an instant, where it stands.</summary>
    public void MoveTo(DateTimeOffset instantUtc) =>
        Volatile.Write(ref _reading, new Reading(instantUtc.UtcTicks, null));

    /// <summary>Lets the clock run on from where it is.</summary>
    public void Run() => Volatile.Write(ref _reading, new Reading(NowUtc.UtcTicks, _real.GetTimestamp()));

    private sealed record Reading(long Ticks, long? RunningSince);
}
