using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.Fleet;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Simulators.Tests.Fleet;

public sealed class SimulatedClockTests
{
    private static readonly DateTimeOffset Start = new(2020, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_aligned_event_is_dated_to_the_millisecond_however_far_the_clocks_are_apart()
    {
        var boot = new BootId(1);
        var clock = new CabinetTime(boot, Start.AddDays(-1), TimeSpan.FromDays(-7_000), new FakeTimeProvider());
        clock.MoveTo(Start.AddDays(3));
        var observation = new ClockObservation(
            boot, clock.MonotonicMs, Start.AddDays(3).AddMilliseconds(12_345).ToUnixTimeMilliseconds());
        clock.Align(observation);
        var sold = Start.AddHours(5).AddMilliseconds(7);
        clock.MoveTo(sold);
        Assert.Equal(sold.ToUnixTimeMilliseconds(), observation.CorrectedUtcMs(clock.MonotonicMs));
        Assert.True(clock.MonotonicMs > 0);
        Assert.Equal(sold.AddDays(-7_000).ToUnixTimeMilliseconds(), clock.WallUtcMs);
    }

    [Fact]
    public void The_services_clock_stands_until_it_is_let_run()
    {
        var real = new FakeTimeProvider();
        var instant = new SimulatedInstant(Start, real);
        var time = new FleetTime(instant);
        real.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Start, time.GetUtcNow());
        instant.MoveTo(Start.AddDays(1));
        instant.Run();
        real.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Start.AddDays(1).AddMinutes(2), time.GetUtcNow());
    }
}
