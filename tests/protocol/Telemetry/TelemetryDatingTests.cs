using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using Xunit;

namespace KioskFleet.Protocol.Tests.Telemetry;

public sealed class TelemetryDatingTests
{
    private const long Received = TelemetrySamples.NowUtcMs + 5_000;

    private static long? Date(BootId boot, long monotonicMs, long wallUtcMs = 0) => TelemetryDating.Date(
        TelemetrySamples.Header(), new EntryTime(boot, monotonicMs, wallUtcMs), Received);

    [Fact]
    public void A_sample_of_the_sending_boot_lies_before_its_arrival_by_the_monotonic_clock()
    {
        Assert.Equal(Received - 1_000, Date(TelemetrySamples.Boot, 999_000, wallUtcMs: 1));
        Assert.Equal(Received, Date(TelemetrySamples.Boot, 2_000_000));
    }

    [Fact]
    public void A_sample_of_an_earlier_boot_is_dated_by_what_that_boot_heard() =>
        Assert.Equal(TelemetrySamples.NowUtcMs - 100_000 + 2_000, Date(new BootId(6), 7_000));

    [Fact]
    public void A_boot_that_heard_nothing_keeps_a_wall_clock_that_does_not_run_ahead()
    {
        Assert.Equal(Received - 7, Date(new BootId(1), 0, Received - 7));
        Assert.Null(Date(new BootId(1), 0, Received + 1));
        Assert.Null(Date(new BootId(1), 0, 5));
    }

    [Fact]
    public void No_sample_is_dated_behind_its_arrival() =>
        Assert.Equal(Received, Date(new BootId(6), 10_000_000));

    [Theory]
    [InlineData(long.MaxValue, 0)]
    [InlineData(0, long.MaxValue)]
    public void Absurd_clocks_overflow_nothing(long sent, long measured)
    {
        var header = new TelemetryHeader(CabinetId.Parse("A"), new EntryTime(new BootId(1), sent, long.MinValue),
            [new ClockObservation(new BootId(2), 0, EntryDating.LatestPlausibleUtcMs)]);
        foreach (var boot in (BootId[])[new BootId(1), new BootId(2)])
        {
            var dated = TelemetryDating.Date(header, new EntryTime(boot, measured, 0), Received);
            Assert.True(dated is null or (>= EntryDating.EarliestPlausibleUtcMs and <= Received), $"{dated}");
        }

        Assert.Equal(Received, TelemetryDating.ClockOffsetMs(header, Received));
    }

    [Fact]
    public void The_clock_is_off_by_what_lies_between_sending_and_arriving() =>
        Assert.Equal(5_000, TelemetryDating.ClockOffsetMs(TelemetrySamples.Header(), Received));
}
