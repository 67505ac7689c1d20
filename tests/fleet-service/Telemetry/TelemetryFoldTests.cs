using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Telemetry;
using Xunit;
using static KioskFleet.Service.Tests.Telemetry.TelemetryOnPaper;

namespace KioskFleet.Service.Tests.Telemetry;

[RunsOnce]
public sealed class TelemetryFoldTests
{
    private const long Minute = 60_000;

    private static FoldedMessage Fold(TelemetryMessage message) =>
        TelemetryFold.Fold(message, message.Header.Sent.WallUtcMs, new TelemetryOptions());

    private static IReadOnlyList<HourPoint> Points(FoldedMessage folded, long heard = 0, long door = 0) =>
        HourFold.Points(folded, new CabinetBefore(heard, new Dictionary<string, long> { ["main"] = door })).Points;

    private static int Seconds(FoldedMessage folded, long hour) => Points(folded)
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
        var folded = Fold(Message("A1", Hour + 1, Sample(Hour + 1, Door(true, 9_000_000_000_000))));
        Assert.Equal(48, Points(folded, door: 1).Count(point => point.Minute is null));

        // Nobody spoke of this door before: two days of its word are not believed.
        Assert.Equal(1, Points(folded).Count(point => point.Minute is null));
    }

    [Fact]
    public void What_was_told_of_an_opening_is_not_told_again()
    {
        var now = Hour + 10 * Minute;
        var folded = Fold(Message("A1", now, Sample(now, Door(true, 7_200_000)),
            Sample(now - 3 * Minute, Door(true, 7_020_000))));
        Assert.Equal([(300, 420), (420, 600)], Points(folded, door: now - 5 * Minute)
            .Where(point => point.Minute is null).Select(point => (point.SpanFrom, point.SpanTo)));
    }

    [Fact]
    public void What_is_too_much_for_one_message_or_too_old_for_its_hour_is_refused_and_counted()
    {
        const long day = 24 * 3_600_000L;
        var old = Fold(Message("A1", Hour + 40 * day, Sample(Hour + 40 * day, Degrees(2)), Sample(Hour, Degrees(1))));
        Assert.Equal((1, 1), (old.Points.Count, old.Refused));
        var much = Fold(Message("A1", Hour, [.. Enumerable.Range(0, 40).Select(i =>
            Sample(Hour, [.. Enumerable.Range(0, 16).Select(n => new TelemetryReading.Temperature($"{i}-{n}", 1))]))]));
        Assert.Equal(
            (TelemetryFold.MaxStates, 640 - TelemetryFold.MaxStates), (much.States.Count, much.Refused));
        var (points, refused) = HourFold.Points(much, CabinetBefore.Nothing);
        Assert.Equal((HourFold.MaxHours, 513 - HourFold.MaxHours), (points.Count, refused));
    }

    [Theory]
    [InlineData(0, 1)] // Never heard before.
    [InlineData(3 * 60_000, 4)] // Heard three minutes ago: online throughout.
    [InlineData(3 * 60_000 + 1, 1)] // A gap.
    [InlineData(-60_000, 1)] // The service's clock went back.
    public void A_cabinet_is_online_between_messages_that_follow_closely(long ago, int minutes)
    {
        var now = Hour + 30 * Minute;
        var points = Points(Fold(Message("A1", now, Sample(now))), ago == 0 ? 0 : now - ago);
        Assert.Equal(minutes, points.Count(point => point.Key.Measure == HourMeasure.Online));
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
