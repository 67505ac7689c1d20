using KioskFleet.Agent.Clock;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// A simulated cabinet's clocks: one boot whose monotonic clock is put to each event's instant before the event is
/// reported, and a wall clock that may be wrong by any amount. Thread-safe.
/// </summary>
internal sealed class CabinetTime : BootClock
{
    private readonly SimulatedInstant _instant;
    private long _wallErrorMs;
    private long _zeroUtcMs;

    /// <summary>A boot that began at an instant; its clock stands there.</summary>
    /// <param name="boot">The boot's id.</param>
    /// <param name="startUtc">When it began.</param>
    /// <param name="wallError">How far the wall clock is ahead of the truth; negative behind it.</param>
    /// <param name="real">What the clock follows once it runs.</param>
    public CabinetTime(BootId boot, DateTimeOffset startUtc, TimeSpan wallError, TimeProvider real)
    {
        Boot = boot;
        _instant = new SimulatedInstant(startUtc, real);
        WallError = wallError;
        _zeroUtcMs = startUtc.ToUnixTimeMilliseconds();
    }

    /// <summary>How far the wall clock is ahead of the truth; negative behind it. Somebody may set the clock.</summary>
    public TimeSpan WallError
    {
        get => TimeSpan.FromMilliseconds(Volatile.Read(ref _wallErrorMs));
        set => Volatile.Write(ref _wallErrorMs, (long)value.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public override BootId Boot { get; }

    /// <inheritdoc/>
    public override long MonotonicMs => NowUtcMs - Volatile.Read(ref _zeroUtcMs);

    /// <inheritdoc/>
    public override long WallUtcMs => NowUtcMs + Volatile.Read(ref _wallErrorMs);

    private long NowUtcMs => _instant.NowUtc.ToUnixTimeMilliseconds();

    /// <summary>Puts the clocks to an instant of the load.</summary>
    public void MoveTo(DateTimeOffset instantUtc) => _instant.MoveTo(instantUtc);

    /// <summary>Lets the clocks run on.</summary>
    public void Run() => _instant.Run();

    /// <summary>
    /// Makes instants exact: from now on an event at an instant is dated by the service to that very millisecond,
    /// however far the service's clock was away when this boot observed it. To be called once, before the first event.
    /// </summary>
    public void Align(in ClockObservation observation) =>
        Volatile.Write(ref _zeroUtcMs, observation.ServerUtcMs - observation.MonotonicMs);
}
