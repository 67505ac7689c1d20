using CsCheck;
using KioskFleet.Service.Telemetry;
using Xunit;

namespace KioskFleet.Service.Tests.Telemetry;

[RunsOnce]
public sealed class TelemetryHourTests
{
    [Fact]
    public void Each_minute_counts_once_and_extremes_count_always()
    {
        var hour = TelemetryHour.Empty.With(0, 10).With(0, 90).With(59, 20).With(7, -5);
        Assert.Equal((3, -5, 90), (hour.KnownMinutes, hour.Least, hour.Most));
        Assert.Equal(8, hour.Mean);
        Assert.Null(TelemetryHour.Empty.Mean);
        Assert.Equal(60, Enumerable.Range(0, 60).Aggregate(TelemetryHour.Empty, (h, m) => h.With(m, 1)).KnownMinutes);
    }

    [Fact]
    public void A_whole_hour_told_twice_in_another_order_is_the_same_hour() =>
        Gen.Select(Gen.Int[0, 59], Gen.Int[-100, 100]).Array[1, 60].Sample(told =>
        {
            // One value a minute: which of two came first would decide the mean.
            var values = told.DistinctBy(one => one.Item1).ToList();
            var once = values.Aggregate(TelemetryHour.Empty, (hour, one) => hour.With(one.Item1, one.Item2));
            var twice = values.AsEnumerable().Reverse().Concat(values)
                .Aggregate(TelemetryHour.Empty, (hour, one) => hour.With(one.Item1, one.Item2));
            Assert.Equal(once, twice);
        });

    [Fact]
    public void Spans_are_what_a_list_of_seconds_would_hold() =>
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 40]).Array[0, 25].Sample(told =>
        {
            var seconds = new HashSet<int>();
            var spans = OpenSpans.None;
            foreach (var (from, length) in told)
            {
                spans = spans.With(from, from + length);
                seconds.UnionWith(Enumerable.Range(from, length));
            }

            Assert.Equal(seconds.Count, spans.Seconds);
            var read = OpenSpans.Read(spans.ToBytes());
            Assert.Equal(spans.ToBytes(), read.ToBytes());
            Assert.Equal(spans.ToBytes(), read.With(spans).ToBytes());
            var shuffled = told.Reverse().Aggregate(
                OpenSpans.None, (s, one) => s.With(one.Item1, one.Item1 + one.Item2));
            Assert.Equal(spans.ToBytes(), shuffled.ToBytes());
        });

    [Fact]
    public void A_door_that_swings_makes_no_endless_row()
    {
        var spans = Enumerable.Range(0, 1_000).Aggregate(OpenSpans.None, (s, i) => s.With(i * 3, i * 3 + 1));
        Assert.Equal(OpenSpans.MaxSpans * 4, spans.ToBytes().Length);
        Assert.InRange(spans.Seconds, 1_000, 3_000);
        Assert.Throws<ArgumentOutOfRangeException>(() => OpenSpans.None.With(0, 3_601));
    }
}
