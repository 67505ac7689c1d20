using CsCheck;
using KioskFleet.Agent.Telemetry;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using Xunit;

namespace KioskFleet.Agent.Tests.Telemetry;

public sealed class TelemetryStateTests
{
    private readonly TelemetryState _state = new();

    private static EntryTime At(long monotonicMs, int boot = 1) => new(new BootId((UInt128)boot), monotonicMs, 0);

    private static TelemetryReading.Temperature Degrees(int milliCelsius) => new("main", milliCelsius);

    private static TelemetryReading.Door Door(bool open, long openMs = 0) => new("main", open, openMs);

    private static TelemetryReading.Stock Slot(string slot, int pieces) => new(slot, pieces, null, "");

    private IEnumerable<(long, TelemetryReading)> CutAll(bool full = false) => _state.Cut(full)
        .SelectMany(sample => sample.Readings.Select(reading => (sample.Time.MonotonicMs, reading)));

    [Fact]
    public void The_newest_of_a_thing_wins_and_each_keeps_its_moment()
    {
        _state.Take([Degrees(1), Slot("A1", 5)], At(10));
        _state.Take([Degrees(2)], At(20));
        Assert.Equal([(10, Slot("A1", 5)), (20, Degrees(2))], CutAll());
        Assert.Empty(CutAll());
    }

    [Fact]
    public void A_reading_that_comes_late_never_takes_the_place_of_a_newer_one()
    {
        _state.Take([Degrees(2)], At(20));
        _state.Take([Degrees(1)], At(10));
        Assert.Equal([(20, Degrees(2))], CutAll());
        _state.Take([Degrees(3)], At(5, boot: 2));
        Assert.Equal([(5, Degrees(3))], CutAll());
    }

    [Fact]
    public void Stock_that_did_not_change_is_told_in_full_only()
    {
        _state.Take([Slot("A1", 5), Slot("A2", 1), Degrees(1)], At(10));
        Assert.Equal(3, CutAll().Count());
        _state.Take([Slot("A1", 5), Slot("A2", 0), Degrees(1)], At(20));
        Assert.Equal([(20, Degrees(1)), (20, Slot("A2", 0))], CutAll().OrderBy(told => told.Item2.Key.Kind));
        Assert.Equal(3, CutAll(full: true).Count());
    }

    [Fact]
    public void A_change_of_stock_that_was_not_told_stays_due_when_it_is_told_again()
    {
        _state.Take([Slot("A1", 5)], At(10));
        _state.Take([Slot("A1", 5)], At(20));
        Assert.Equal([(20, Slot("A1", 5))], CutAll());
    }

    [Fact]
    public void A_door_says_how_long_it_is_open_and_how_long_it_was()
    {
        Assert.True(_state.Take([Door(true)], At(1_000)));
        Assert.False(_state.Take([Door(true)], At(3_000)));
        Assert.Equal([(3_000, Door(true, 2_000))], CutAll());
        Assert.True(_state.Take([Door(false)], At(8_000)));

        // Shut still: what was said of the opening must reach the service first, with its own moment.
        Assert.False(_state.Take([Door(false)], At(9_000)));
        Assert.Equal([(8_000, Door(false, 7_000))], CutAll());
        _state.Take([Door(false)], At(10_000));
        Assert.Equal([(10_000, Door(false))], CutAll());
    }

    [Fact]
    public void A_source_that_measures_the_opening_itself_is_believed()
    {
        _state.Take([Door(true, 500)], At(1_000));
        _state.Take([Door(false, 900)], At(8_000));
        Assert.Equal([(8_000, Door(false, 900))], CutAll());
        _state.Take([Door(false, 900)], At(9_000));
        Assert.Equal([(9_000, Door(false, 0))], CutAll());
    }

    [Fact]
    public void Other_faults_do_not_wait_and_the_same_ones_do()
    {
        TelemetryReading Faults(params string[] codes) =>
            new TelemetryReading.Faults([.. codes.Select(code => new TelemetryFaultCode(code, ""))]);
        _state.Take([Faults()], At(1));
        Assert.True(_state.Take([Faults("E1")], At(2)));
        Assert.False(_state.Take([Faults("E1")], At(3)));
        Assert.True(_state.Take([Faults()], At(4)));
    }

    [Fact]
    public void Ever_new_names_do_not_fill_the_memory()
    {
        _state.Take(Enumerable.Range(0, 1_000).Select(i => Slot($"S{i}", 1)), At(1));
        _state.Take(Enumerable.Range(0, 1_000).Select(i => (TelemetryReading)new TelemetryReading.Door($"D{i}", true,
            0)), At(1));
        Assert.Equal(Limits.MaxTelemetrySlots + Limits.MaxTelemetryDoors, _state.Known.Count);
        _state.Take([Slot("S0", 7)], At(2));
        Assert.Contains((At(2), Slot("S0", 7)), _state.Known);
    }

    [Fact]
    public void A_name_that_was_not_told_for_hours_gives_way_to_a_new_one_oldest_first()
    {
        TelemetryReading Zone(int number) => new TelemetryReading.Temperature($"z{number}", 0);
        const long Hours = 6 * 3_600_000;
        for (var i = 0; i < Limits.MaxTelemetryZones; i++)
        {
            _state.Take([Zone(i)], At(i));
        }

        _state.Take([Zone(0)], At(100));
        _state.Take([Zone(900)], At(Hours));
        Assert.DoesNotContain(Zone(900), _state.Known.Select(known => known.Reading));
        _state.Take([Zone(901), Zone(902)], At(Hours + 2));
        Assert.Equal(Limits.MaxTelemetryZones, _state.Known.Count);
        Assert.DoesNotContain(Zone(1), _state.Known.Select(known => known.Reading));
        Assert.DoesNotContain(Zone(2), _state.Known.Select(known => known.Reading));
        Assert.Contains(Zone(0), _state.Known.Select(known => known.Reading));
        Assert.Contains(Zone(902), _state.Known.Select(known => known.Reading));
    }

    [Fact]
    public void Whatever_the_order_the_state_is_what_a_naive_reader_would_keep() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[-5, 5], Gen.Long[0, 50]).Array[1, 40].Sample(told =>
        {
            var state = new TelemetryState();
            var naive = new Dictionary<string, (long At, int Value)>();
            foreach (var (zone, value, at) in told)
            {
                state.Take([new TelemetryReading.Temperature($"z{zone}", value)], At(at));
                if (!naive.TryGetValue($"z{zone}", out var before) || before.At <= at)
                {
                    naive[$"z{zone}"] = (at, value);
                }
            }

            Assert.Equal(
                naive.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Value.At,
                    (TelemetryReading)new TelemetryReading.Temperature(pair.Key, pair.Value.Value))),
                state.Known.Select(known => (known.Time.MonotonicMs, known.Reading)));
        });
}
