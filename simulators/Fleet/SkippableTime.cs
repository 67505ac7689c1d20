namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// The computer's time for waiting, to which spans can be added that passed in the load alone: what was due within
/// them, such as an agent's next hello, is due at once. Thread-safe.
/// </summary>
/// <param name="real">The computer's time.</param>
internal sealed class SkippableTime(TimeProvider real) : TimeProvider
{
    private long _skipped;

    /// <inheritdoc/>
    public override long TimestampFrequency => real.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => real.LocalTimeZone;

    /// <summary>Lets a span pass.</summary>
    public void Skip(TimeSpan span) => Interlocked.Add(
        ref _skipped, (long)((Int128)span.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <inheritdoc/>
    public override long GetTimestamp() => real.GetTimestamp() + Interlocked.Read(ref _skipped);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => real.GetUtcNow();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        real.CreateTimer(callback, state, dueTime, period);
}
