using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Telemetry;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static KioskFleet.Service.Tests.Telemetry.TelemetryOnPaper;

namespace KioskFleet.Service.Tests.Telemetry;

/// <summary>The tables in a real database.</summary>
public sealed class TelemetryStoreTests : IDisposable
{
    private const long Minute = 60_000;
    private const long HourNumber = Hour / 3_600_000;

    private readonly TemporaryDatabase _files = new();
    private readonly TelemetryStore _store;

    public TelemetryStoreTests() => _store = new TelemetryStore(_files.Database);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    private Task WriteAsync(params TelemetryMessage[] messages) => _store.WriteAsync([.. messages.Select(message =>
        TelemetryFold.Fold(message, message.Header.Sent.WallUtcMs, new TelemetryOptions()))], Stop);

    private StoredReading Temperature() => _store.StatesOf("A1")
        .Single(state => state.Reading.Key.Kind == TelemetryKind.Temperatures).Reading;

    private TelemetryHour HourOf(HourMeasure measure, long hour = HourNumber) => _store.Hours("A1", hour, hour + 1)
        .Single(kept => kept.Key.Measure == measure).Hour;

    [Fact]
    public async Task Late_data_never_takes_the_place_of_newer_data_and_still_fills_its_hour()
    {
        await WriteAsync(Message("A1", Hour + 20 * Minute, Sample(Hour + 20 * Minute, Degrees(20))));
        await WriteAsync(Message("A1", Hour + 21 * Minute, Sample(Hour + 10 * Minute, Degrees(10))));
        Assert.Equal((20, Hour + 20 * Minute), (Temperature().Number, Temperature().MeasuredUtcMs));
        Assert.Equal((2, 10, 20, 15L), (HourOf(HourMeasure.Temperature).KnownMinutes,
            HourOf(HourMeasure.Temperature).Least, HourOf(HourMeasure.Temperature).Most,
            HourOf(HourMeasure.Temperature).Mean!.Value));
        await WriteAsync(Message("A1", Hour + 22 * Minute, Sample(Hour + 22 * Minute, Degrees(22))));
        Assert.Equal(22, Temperature().Number);
    }

    [Fact]
    public async Task Groups_of_readings_are_newer_or_older_each_by_itself()
    {
        await WriteAsync(Message("A1", Hour + 2 * Minute, Sample(Hour + 2 * Minute, Degrees(2)),
            Sample(Hour + Minute, new TelemetryReading.Signal(-50, null, ""))));
        await WriteAsync(Message("A1", Hour + 3 * Minute,
            Sample(Hour + Minute + 1, Degrees(1), new TelemetryReading.Signal(-60, null, ""))));
        Assert.Equal([2, -60], _store.StatesOf("A1").Select(state => state.Reading.Number));
    }

    [Fact]
    public async Task A_cabinet_that_makes_up_names_keeps_the_newest_of_so_many()
    {
        const int most = TelemetryTable.MaxNames;
        for (var i = 0; i < 6; i++)
        {
            var at = Hour + i * Minute;
            await WriteAsync(Message("A1", at, Sample(at, [.. Enumerable.Range(i * 100, 100).SelectMany(
                n => new TelemetryReading[]
                {
                    new TelemetryReading.Stock($"S{n}", 1, 2, ""), new TelemetryReading.Temperature($"Z{n}", n),
                })])));
        }

        var names = _store.StatesOf("A1").ToLookup(s => s.Reading.Key.Kind, s => s.Reading.Key.Name);
        Assert.Equal((most, most), (names[TelemetryKind.Stock].Count(), names[TelemetryKind.Temperatures].Count()));
        Assert.Contains("S599", names[TelemetryKind.Stock]);
        Assert.Equal(
            most - 500, names[TelemetryKind.Stock].Intersect(Enumerable.Range(0, 100).Select(n => $"S{n}")).Count());
        Assert.Equal(most, _store.Hours("A1", HourNumber, HourNumber + 1)
            .Count(hour => hour.Key.Measure == HourMeasure.Temperature));
    }

    [Fact]
    public async Task What_arrives_twice_counts_once()
    {
        var message = Message("A1", Hour + 30 * Minute, Sample(Hour + 30 * Minute, Degrees(7), Door(true, 90_000)));
        await WriteAsync(message, message);
        await WriteAsync(message);
        Assert.Equal((1, 7L), (HourOf(HourMeasure.Temperature).KnownMinutes, HourOf(HourMeasure.Temperature).Total));
        Assert.Equal(90, HourOf(HourMeasure.Door).Spans.Seconds);
    }

    [Fact]
    public async Task An_opening_that_is_told_while_it_lasts_is_one_opening()
    {
        for (var minute = 1; minute <= 5; minute++)
        {
            var now = Hour + minute * Minute;
            await WriteAsync(Message("A1", now, Sample(now, Door(true, minute * Minute))));
        }

        await WriteAsync(Message("A1", Hour + 6 * Minute, Sample(Hour + 6 * Minute - 30_000, Door(false, 330_000))));
        Assert.Equal(330, HourOf(HourMeasure.Door).Spans.Seconds);
    }

    [Fact]
    public async Task An_opening_that_was_not_told_for_hours_fills_them_all()
    {
        await WriteAsync(Message("A1", Hour - 5 * 3_600_000, Sample(Hour - 5 * 3_600_000, Door(false, 0))));
        await WriteAsync(Message("A1", Hour, Sample(Hour, Door(true, 4 * 3_600_000))));
        Assert.Equal(4 * 3_600, _store.Hours("A1", 0, HourNumber + 1).Sum(kept => kept.Hour.Spans.Seconds));
    }

    [Fact]
    public async Task Another_services_word_of_a_cabinet_counts_for_its_minutes_online()
    {
        var other = new TelemetryStore(_files.Database);
        await WriteAsync(Message("A1", Hour, Sample(Hour)));
        await other.WriteAsync([TelemetryFold.Fold(
            Message("A1", Hour + 2 * Minute, Sample(Hour + 2 * Minute)), Hour + 2 * Minute, new TelemetryOptions())],
            Stop);
        await WriteAsync(Message("A1", Hour + 4 * Minute, Sample(Hour + 4 * Minute)));
        Assert.Equal(5, HourOf(HourMeasure.Online).KnownMinutes);
    }

    [Fact]
    public async Task A_message_full_of_openings_costs_no_more_than_its_bound_and_a_group_of_them_many_turns()
    {
        FoldedMessage Full(int number) => TelemetryFold.Fold(
            Message($"A{number}", Hour, [.. Enumerable.Range(0, 10).Select(s => Sample(Hour - s,
                [.. Enumerable.Range(0, 32).Select(d => new TelemetryReading.Door($"{s}-{d}", true, 172_800_000))]))]),
            Hour, new TelemetryOptions());
        List<FoldedMessage> group = [.. Enumerable.Range(1, 3).Select(Full)];
        var (next, refused) = await _store.WriteSomeAsync(group, 0, Stop);
        Assert.Equal((1, true), (next, refused > 0));
        Assert.Equal(HourFold.MaxHours, _store.Hours("A1", 0, HourNumber + 1).Count);
        Assert.Empty(_store.StatesOf("A2"));
        await _store.WriteAsync(group, Stop);
        Assert.Equal(320, _store.StatesOf("A3").Count);
    }

    [Fact]
    public async Task Old_hours_and_things_that_nobody_tells_of_are_forgotten()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Hour));
        await WriteAsync(
            Message("A1", Hour - 7 * 3_600_000, Sample(Hour - 7 * 3_600_000, Degrees(1))),
            Message("A1", Hour, Sample(Hour, Door(false, 0))));
        var options = new TelemetryOptions { HourDays = 1, StateDays = 1 };
        var retention = new TelemetryRetention(
            _store, new TelemetryClock(time, options),
            KioskFleet.Service.Replicas.Leases.OfOneService(_files.Database, time),
            NullLogger<TelemetryRetention>.Instance);
        await retention.ForgetAsync(Stop);
        Assert.Equal(2, _store.Hours("A1", HourNumber - 24, HourNumber).Count);
        Assert.Equal(2, _store.StatesOf("A1").Count);

        time.Advance(TimeSpan.FromHours(17) + TimeSpan.FromMilliseconds(1));
        await retention.ForgetAsync(Stop);
        Assert.Equal(2, _store.Hours("A1", HourNumber - 24, HourNumber).Count);
        Assert.Equal(TelemetryKind.Doors, Assert.Single(_store.StatesOf("A1")).Reading.Key.Kind);
        time.Advance(TimeSpan.FromHours(1));
        await retention.ForgetAsync(Stop);
        Assert.Empty(_store.Hours("A1", HourNumber - 24, HourNumber));
        Assert.Equal(2, _store.Hours("A1", HourNumber, HourNumber + 1).Count);
    }
}
