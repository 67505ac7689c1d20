using KioskFleet.Simulators.Fleet;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Simulators.Tests.Fleet;

public sealed class SkippableTimeTests
{
    [Fact]
    public void A_skipped_span_has_passed_and_the_wall_clock_and_timers_stay_real()
    {
        var real = new FakeTimeProvider();
        var time = new SkippableTime(real);
        var (started, wall, fired) = (time.GetTimestamp(), time.GetUtcNow(), 0);
        using var timer = time.CreateTimer(_ => fired++, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
        time.Skip(TimeSpan.FromHours(2));
        Assert.Equal(TimeSpan.FromHours(2), time.GetElapsedTime(started));
        Assert.Equal(wall, time.GetUtcNow());
        Assert.Equal(0, fired);
        real.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, fired);
        Assert.Equal(TimeSpan.FromMinutes(121), time.GetElapsedTime(started));
    }
}
