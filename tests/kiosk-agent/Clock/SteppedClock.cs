using KioskFleet.Agent.Clock;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Tests.Clock;

/// <summary>A clock that goes only when told, and may reboot.</summary>
internal sealed class SteppedClock : BootClock
{
    private UInt128 _boot = 1;
    private long _monotonicMs = 1_000;
    private long _wallUtcMs = new DateTimeOffset(2020, 9, 15, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public override BootId Boot => new(_boot);

    public override long MonotonicMs => _monotonicMs;

    public override long WallUtcMs => _wallUtcMs;

    public void Advance(TimeSpan time)
    {
        _monotonicMs += (long)time.TotalMilliseconds;
        _wallUtcMs += (long)time.TotalMilliseconds;
    }

    public void Reboot()
    {
        _boot++;
        _monotonicMs = 500;
        _wallUtcMs += 60_000;
    }

    public void SetWall(long wallUtcMs) => _wallUtcMs = wallUtcMs;
}
