using CsCheck;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Alerts;
using KioskFleet.Service.Places;
using KioskFleet.Service.Telemetry;
using Xunit;

namespace KioskFleet.Service.Tests.Alerts;

[RunsOnce]
public sealed class AlertRulesTests
{
    private const long Minute = 60_000;
    private const long Now = 1_600_156_800_000;

    private static readonly AlertOptions Options = new()
    {
        Zones = new() { ["chilled"] = new TemperatureRange { LeastMilliCelsius = 0, MostMilliCelsius = 8_000 } },
    };

    private static StoredReading Reading(TelemetryReading reading, long measured = Now - Minute) =>
        StoredReading.Of(reading, measured, measured);

    private static CabinetFacts Facts(params IReadOnlyList<StoredReading> readings) => new(
        "A1", Now, 0, Now - Minute, new HeardCabinet("A1", Now - Minute, 0), readings, null, null, []);

    private static AlertSign? Sign(CabinetFacts facts, AlertKind kind) => AlertRules.Judge(facts, Options).Signs
        .Where(sign => sign.Key.Kind == kind).Select(sign => (AlertSign?)sign).SingleOrDefault();

    private static TelemetryReading.Temperature Chilled(int milliCelsius) =>
        new TelemetryReading.Temperature("chilled", milliCelsius);

    [Fact]
    public void A_cabinet_in_order_gives_no_sign()
    {
        var verdict = AlertRules.Judge(Facts(Reading(Chilled(8_000)), Reading(new TelemetryReading.Door("m", false, 0)),
            Reading(new TelemetryReading.Stock("A1", 1, 10, "")), Reading(new TelemetryReading.Disk(5, 100)),
            Reading(new TelemetryReading.Backlog(0, 0))), Options);
        Assert.Empty(verdict.Signs);
        Assert.Empty(verdict.Unknown);
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void Offline_is_who_was_not_heard_for_that_long(int minutes, bool isOffline)
    {
        var facts = Facts() with { HeardUtcMs = Now - minutes * Minute, Told = null };
        Assert.Equal(isOffline, Sign(facts, AlertKind.Offline) is { IsDue: true });
        if (isOffline)
        {
            Assert.Equal((30L, Now - 30 * Minute),
                (Sign(facts, AlertKind.Offline)!.Value.Value, Sign(facts, AlertKind.Offline)!.Value.SinceUtcMs));
        }
    }

    [Fact]
    public void Who_did_not_listen_itself_says_nothing_of_silence()
    {
        var facts = Facts() with { HeardUtcMs = Now - 90 * Minute, ListeningSinceUtcMs = Now - 29 * Minute };
        var verdict = AlertRules.Judge(facts, Options);
        Assert.DoesNotContain(verdict.Signs, sign => sign.Key.Kind == AlertKind.Offline);
        Assert.Contains(AlertKind.Offline, verdict.Unknown);
        Assert.NotNull(Sign(facts with { ListeningSinceUtcMs = Now - 30 * Minute }, AlertKind.Offline));
    }

    [Fact]
    public void Of_a_silent_cabinet_nothing_is_known_but_that_what_was_unsent_grows_older()
    {
        var facts = Facts(Reading(new TelemetryReading.Door("m", true, 0), Now - 50 * Minute)) with
        {
            HeardUtcMs = Now - 50 * Minute,
            Told = new HeardCabinet("A1", Now - 50 * Minute, 3_600_000),
            Unsent = (80 * Minute, Now - 50 * Minute),
        };
        var verdict = AlertRules.Judge(facts, Options);
        Assert.Equal([AlertKind.Offline, AlertKind.UnsentTooOld], verdict.Signs.Select(sign => sign.Key.Kind).Order());
        Assert.Equal(130, Sign(facts, AlertKind.UnsentTooOld)!.Value.Value);
        Assert.Contains(AlertKind.DoorLeftOpen, verdict.Unknown);
        Assert.Null(Sign(facts with { Unsent = (69 * Minute, Now - 50 * Minute) }, AlertKind.UnsentTooOld));
    }

    [Fact]
    public void A_temperature_must_be_out_of_its_zones_range_for_minutes()
    {
        Assert.Null(Sign(Facts(Reading(Chilled(8_000))), AlertKind.TemperatureOutOfRange));
        var first = Sign(Facts(Reading(Chilled(8_001))), AlertKind.TemperatureOutOfRange)!.Value;
        Assert.Equal((false, Now - Minute, 8_001L), (first.IsDue, first.SinceUtcMs, first.Value));

        LiveAlert Began(long ago) =>
            new(1, first.Key, AlertState.Pending, Now - Minute - ago * Minute);
        Assert.False(Sign(Facts(Reading(Chilled(-1))) with { Live = [Began(13)] },
            AlertKind.TemperatureOutOfRange)!.Value.IsDue);
        Assert.True(Sign(Facts(Reading(Chilled(-1))) with { Live = [Began(14)] },
            AlertKind.TemperatureOutOfRange)!.Value.IsDue);

        // Other zones have the range of all: it is no refrigerator.
        Assert.Null(Sign(Facts(Reading(new TelemetryReading.Temperature("hall", 30_000))),
            AlertKind.TemperatureOutOfRange));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void A_door_is_left_open_after_minutes(int minutes, bool isDue)
    {
        var sign = Sign(Facts(Reading(new TelemetryReading.Door("left", true, (minutes - 1) * Minute))),
            AlertKind.DoorLeftOpen)!.Value;
        Assert.Equal((isDue, "left", Now - minutes * Minute), (sign.IsDue, sign.Key.Name, sign.SinceUtcMs));
    }

    [Fact]
    public void The_last_reading_holds_for_a_while_and_then_says_nothing()
    {
        // A controller that tells changes alone says that it is hot once.
        TelemetryReading[] told = [Chilled(45_000), new TelemetryReading.Door("m", true, 0)];
        CabinetFacts Told(int minutes) => Facts([.. told.Select(one => Reading(one, Now - minutes * Minute))]);
        Assert.Equal((false, true), (Sign(Told(14), AlertKind.TemperatureOutOfRange)!.Value.IsDue,
            Sign(Told(15), AlertKind.TemperatureOutOfRange)!.Value.IsDue));
        Assert.True(Sign(Told(30), AlertKind.DoorLeftOpen)!.Value.IsDue);

        // The agent is heard, the controller is not: nobody knows how long the door stands open.
        var verdict = AlertRules.Judge(Told(31), Options);
        Assert.Empty(verdict.Signs);
        Assert.Equal([AlertKind.TemperatureOutOfRange, AlertKind.DoorLeftOpen],
            verdict.Stale.Select(key => key.Kind).Order());
        Assert.Equal(["chilled", "m"], verdict.Stale.Select(key => key.Name).Order());

        // Stock changes with sales alone.
        Assert.NotNull(Sign(Facts(Reading(new TelemetryReading.Stock("A1", 0, 9, ""), Now - 600 * Minute)),
            AlertKind.SlotEmpty));
    }

    [Fact]
    public void A_hello_whose_clock_is_far_off_gives_an_age_within_the_calendar()
    {
        Assert.Equal(Now - 5, HeardHello.Of(Now, 995, 1_000 - Now).OldestUnsentUtcMs);
        foreach (var (wall, offset) in ((long, long)[])
            [(1, 100_000_000_000_000), (long.MaxValue, long.MinValue), (1, long.MaxValue)])
        {
            Assert.InRange(HeardHello.Of(Now, wall, offset).OldestUnsentUtcMs!.Value, 1_577_836_800_000, Now);
        }

        Assert.Null(HeardHello.Of(Now, null, 1).OldestUnsentUtcMs);
    }

    [Fact]
    public void Slot_clock_and_disk_are_what_they_say()
    {
        Assert.Equal("A2", Sign(Facts(Reading(new TelemetryReading.Stock("A1", 1, null, "")),
            Reading(new TelemetryReading.Stock("A2", 0, null, ""))), AlertKind.SlotEmpty)!.Value.Key.Name);
        Assert.Equal(4, Sign(Facts(Reading(new TelemetryReading.Disk(499, 10_000))), AlertKind.DiskNearlyFull)!.Value
            .Value);
        Assert.Null(Sign(Facts(Reading(new TelemetryReading.Disk(500, 10_000))), AlertKind.DiskNearlyFull));
        Assert.NotNull(Sign(Facts(Reading(new TelemetryReading.Disk(0, 1L << 60))), AlertKind.DiskNearlyFull));
        foreach (var (offset, isOff) in ((long, bool)[])
            [(10 * Minute, true), (-10 * Minute, true), (10 * Minute - 1, false)])
        {
            var facts = Facts() with { Told = new HeardCabinet("A1", Now - Minute, offset) };
            Assert.Equal(isOff, Sign(facts, AlertKind.ClockOff) is not null);
        }
    }

    [Fact]
    public void The_sales_of_a_batch_count_as_if_they_were_evenly_spread()
    {
        var before = SaleRhythm.Of(0).With(7 * Minute);
        var oneByOne = Enumerable.Range(0, 300).Aggregate(before, (rhythm, i) => rhythm.With((10 + 5 * i) * Minute));
        var atOnce = before.With(new SoldBatch("A1", 10 * Minute, (10 + 5 * 299) * Minute, 300));
        Assert.Equal(oneByOne, atOnce);

        // What is said once more, or late, says nothing of gaps.
        Assert.Equal(oneByOne, oneByOne.With(new SoldBatch("A1", 10 * Minute, 100 * Minute, 40)));
        var single = new SoldBatch("A1", 3_000 * Minute, 3_000 * Minute, 1);
        Assert.Equal(oneByOne.With(3_000 * Minute), oneByOne.With(single));
    }

    [Fact]
    public void Nothing_sold_is_measured_by_what_is_usual_and_never_by_a_night()
    {
        SaleRhythm Every(long minutes, int sales) => Enumerable.Range(1, sales - 1)
            .Aggregate(SaleRhythm.Of(0), (rhythm, i) => rhythm.With(i * minutes * Minute));
        var often = Every(5, 200);
        Assert.Equal(5 * Minute, often.UsualMs, 1.0);
        Assert.Equal(24 * 60 * Minute, often.TooLongMs(10, 24));
        Assert.Equal(50 * Minute, often.TooLongMs(10, 0));
        Assert.Equal(60 * 60 * Minute, Every(360, 100).TooLongMs(10, 24));
        Assert.Null(Every(5, SaleRhythm.LeastGaps).TooLongMs(10, 24));

        CabinetFacts Silent(long hours) =>
            Facts() with { Rhythm = often with { LastUtcMs = Now - hours * 60 * Minute } };
        Assert.Null(Sign(Silent(23), AlertKind.NoSale));
        Assert.Equal(24, Sign(Silent(24), AlertKind.NoSale)!.Value.Value);

        // What it sold and did not send, or sold while nobody listened, is not known.
        CabinetFacts[] unknown =
        [
            Silent(200) with { HeardUtcMs = Now - 30 * Minute },
            Silent(200) with { ListeningSinceUtcMs = Now - 29 * Minute },
            Silent(200) with { Unsent = (5 * Minute, Now - Minute) },
        ];
        Assert.All(unknown, facts =>
        {
            Assert.Null(Sign(facts, AlertKind.NoSale));
            Assert.Contains(AlertKind.NoSale, AlertRules.Judge(facts, Options).Unknown);
        });
    }

    [Fact]
    public void Late_sales_change_nothing_of_a_rhythm_and_the_mean_lies_between_the_gaps() =>
        Gen.Long[1, 1_000_000].Array[1, 300].Sample(moments =>
        {
            var rhythm = moments.Skip(1).Aggregate(SaleRhythm.Of(moments[0]), (r, at) => r.With(at));
            Assert.Equal(moments.Max(), rhythm.LastUtcMs);
            Assert.InRange(rhythm.UsualMs, 0, 1_000_000);
            Assert.Equal(rhythm, rhythm.With(moments.Min()));
        });

    [Theory]
    [InlineData("22:00", "07:00", "21:59", null)]
    [InlineData("22:00", "07:00", "22:00", "07:00")]
    [InlineData("22:00", "07:00", "06:59", "07:00")]
    [InlineData("22:00", "07:00", "07:00", null)]
    [InlineData("12:00", "14:00", "13:00", "14:00")]
    [InlineData("12:00", "14:00", "11:00", null)]
    [InlineData("", "07:00", "23:00", null)]
    [InlineData("08:00", "08:00", "08:00", null)]
    public void Quiet_hours_end_when_they_end_in_the_citys_zone(string from, string to, string now, string? until)
    {
        var quiet = new QuietHours(new QuietOptions { From = from, To = to }, BusinessZone.Shanghai);
        long At(string time, int day = 0) => BusinessZone.Shanghai.StartOfUtcMs(new DateOnly(2020, 9, 15).AddDays(day))
            + QuietHours.Minute(time)!.Value * Minute;
        var nowUtcMs = At(now);
        var expected = until is null ? nowUtcMs
            : At(until) > nowUtcMs ? At(until)
            : At(until, 1);
        Assert.Equal(expected, quiet.NotBefore(AlertKind.SlotEmpty, nowUtcMs));
        Assert.Equal(nowUtcMs, quiet.NotBefore(AlertKind.TemperatureOutOfRange, nowUtcMs));
    }

    [Fact]
    public void A_message_is_tried_ever_later_and_then_is_dead()
    {
        var retry = new RetryOptions { FirstSeconds = 30, MostSeconds = 300, Attempts = 6 };
        Assert.Equal([30_000, 60_000, 120_000, 240_000, 300_000, null],
            Enumerable.Range(1, 6).Select(failures => RetryRule.WaitMs(failures, retry)));
        Assert.Equal(3_600_000, RetryRule.WaitMs(99, new RetryOptions { Attempts = 100 }));
    }
}
