using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Telemetry;
using Xunit;
using static KioskFleet.Service.Tests.Telemetry.TelemetryOnPaper;

namespace KioskFleet.Service.Tests.Telemetry;

public sealed class TelemetryFoldTests
{
    private const long Minute = 60_000;

    private static FoldedMessage Fold(TelemetryMessage message, long heard = 0) =>
        TelemetryFold.Fold(message, message.Header.Sent.WallUtcMs, heard, 180_000);

    private static int Seconds(FoldedMessage folded, long hour) => folded.Points
        .Where(point => point.Key.Measure == HourMeasure.Door && point.Key.Hour == hour && point.Minute is null)
        .Sum(point => point.SpanTo - point.SpanFrom);

    [Fact]
    public void The_newest_of_a_message_is_the_state_and_every_reading_is_in_its_hour()
    {
        var folded = Fold(Message("A1", Hour + 5 * Minute,
            Sample(Hour + 4 * Minute, Degrees(2)), Sample(Hour - Minute, Degrees(1))));
        var state = Assert.Single(folded.States);
        Assert.Equal((2, Hour + 4 * Minute), (state.Number, state.MeasuredUtcMs));
        Assert.Equal(
            [(Hour / 3_600_000 - 1, 59, 1L), (Hour / 3_600_000, 4, 2L)],
            folded.Points.Where(point => point.Key.Measure == HourMeasure.Temperature)
                .Select(point => (point.Key.Hour, point.Minute!.Value, point.Value)).Order());
    }

    [Fact]
    public void An_opening_that_crosses_the_hour_is_in_both()
    {
        var folded = Fold(Message("A1", Hour + 5_000, Sample(Hour + 5_000, Door(true, 12_000))));
        Assert.Equal((7, 5), (Seconds(folded, Hour / 3_600_000 - 1), Seconds(folded, Hour / 3_600_000)));
        Assert.Equal(Hour - 7_000, folded.States[0].Extra);
        Assert.Equal(0, Seconds(Fold(Message("A1", Hour, Sample(Hour, Door(false, 0)))), Hour / 3_600_000 - 1));
    }

    [Fact]
    public void An_absurd_opening_fills_no_endless_hours()
    {
        var folded = Fold(Message("A1", Hour, Sample(Hour, Door(true, 9_000_000_000_000))));
        Assert.Equal(48, folded.Points.Count(point => point.Minute is null));
    }

    [Theory]
    [InlineData(0, 1)] // Never heard before.
    [InlineData(3 * 60_000, 4)] // Heard three minutes ago: online throughout.
    [InlineData(3 * 60_000 + 1, 1)] // A gap.
    [InlineData(-60_000, 1)] // The service's clock went back.
    public void A_cabinet_is_online_between_messages_that_follow_closely(long ago, int minutes)
    {
        var now = Hour + 30 * Minute;
        var folded = Fold(Message("A1", now, Sample(now)), ago == 0 ? 0 : now - ago);
        Assert.Equal(minutes, folded.Points.Count(point => point.Key.Measure == HourMeasure.Online));
    }

    [Fact]
    public void A_sample_that_nothing_dates_is_counted_and_passed_over()
    {
        var strange = new TelemetrySample(new EntryTime(new BootId(1), 5, Hour + 1_000_000), [Degrees(1)]);
        var folded = Fold(Message("A1", Hour, strange, Sample(Hour, Degrees(2))));
        Assert.Equal(1, folded.Undated);
        Assert.Equal(2, Assert.Single(folded.States).Number);
    }

    [Fact]
    public void The_columns_of_every_group_say_what_they_are_said_to()
    {
        TelemetryReading[] readings =
        [
            new TelemetryReading.Stock("A1", 5, 10, "tea"), new TelemetryReading.Signal(-71, 60, "4g"),
            new TelemetryReading.Disk(5, 8), new TelemetryReading.Agent("1.2.3", 9),
            new TelemetryReading.Backlog(3, 40), new TelemetryReading.Backlog(0, 40),
            new TelemetryReading.Clock(true, null),
            new TelemetryReading.Faults([new TelemetryFaultCode("E1", "热")]),
        ];
        (long, long?, string)[] columns =
        [
            (5, 10, "tea"), (-71, 60, "4g"), (5, 8, ""), (9, null, "1.2.3"), (3, 40, ""), (0, null, ""), (1, null, ""),
        ];
        var stored = readings.Select(reading => StoredReading.Of(reading, 1, 2)).ToList();
        Assert.Equal(columns, stored.Take(7).Select(one => (one.Number, one.Extra, one.Words)));
        Assert.Equal([new FaultShown("E1", "热")], stored[7].Faults());
    }
}
