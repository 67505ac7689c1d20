using CsCheck;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using Xunit;

namespace KioskFleet.Protocol.Tests.Clock;

public sealed class EntryDatingTests
{
    private const long Sept = 1_600_000_000_000;
    private const long HourMs = 3_600_000;

    private static readonly BootId[] Boots = [.. Enumerable.Range(1, 5).Select(i => new BootId((UInt128)i))];

    private static ClockObservation Heard(int boot, long startUtcMs) => new(Boots[boot], 1_000, startUtcMs + 1_000);

    private static EntryTime At(int boot, long monotonicMs, long wallUtcMs) => new(Boots[boot], monotonicMs, wallUtcMs);

    private static CorrectedTime Single(IReadOnlyList<ClockObservation> heard, long previous, EntryTime time) =>
        new EntryDating(heard, previous).Date(time, EntryKind.Sale);

    [Theory]
    [InlineData(0)]
    [InlineData(Sept + 366L * 24 * HourMs)]
    public void A_boot_that_heard_the_service_is_dated_by_it_whatever_its_clock_says(long wall) => Assert.Equal(
        new CorrectedTime(Sept + 5_000, false), Single([Heard(0, Sept)], 0, At(0, 5_000, wall)));

    [Theory]
    [InlineData(0, Sept)]
    [InlineData(Sept + 366L * 24 * HourMs, Sept + HourMs)]
    public void A_boot_that_never_heard_it_is_moved_to_its_nearer_neighbour(long wall, long expected) => Assert.Equal(
        new CorrectedTime(expected, true), Single([Heard(2, Sept + HourMs)], Sept, At(1, 5_000, wall)));

    [Fact]
    public void A_plausible_wall_clock_between_the_neighbours_is_kept() => Assert.Equal(
        new CorrectedTime(Sept + 60_000, false),
        Single([Heard(2, Sept + HourMs)], Sept, At(1, 5_000, Sept + 60_000)));

    [Fact]
    public void Unheard_boots_between_heard_ones_stay_between_them()
    {
        var dating = new EntryDating([Heard(0, Sept), Heard(2, Sept + HourMs)], 0);

        var dates = new[] { At(0, 60_000, 0), At(1, 10, 0), At(1, 20, long.MaxValue), At(2, 10, 0) }
            .Select(time => dating.Date(time, EntryKind.Sale)).ToArray();

        Assert.Equal(
            [Sept + 60_000, Sept + 60_000, Sept + HourMs, Sept + HourMs + 10], dates.Select(date => date.UtcMs));
        Assert.Equal([false, true, true, false], dates.Select(date => date.Implausible));
    }

    [Fact]
    public void A_succession_does_not_push_the_entries_that_it_carries_over_into_its_own_time()
    {
        var dating = new EntryDating([Heard(0, Sept), Heard(3, Sept + 48 * HourMs)], 0);

        dating.Date(At(3, 10, 0), EntryKind.Succession);

        Assert.Equal(Sept + 20, dating.Date(At(0, 20, 0), EntryKind.Sale).UtcMs);
    }

    [Fact]
    public void An_absurd_moment_does_not_drag_the_entries_behind_it_along()
    {
        var dating = new EntryDating([], Sept);

        dating.Date(At(0, 10, EntryDating.LatestPlausibleUtcMs), EntryKind.Sale);

        Assert.Equal(Sept + 5, dating.Date(At(0, 20, Sept + 5), EntryKind.Sale).UtcMs);
    }

    [Fact]
    public void Any_split_into_batches_with_the_same_observations_gives_the_same_dates() =>
        Gen.Select(Gen.Select(Gen.Int[0, 4], Gen.Long[0, 100_000], Gen.Long[-1, Sept * 3]).Array[1, 30],
            Gen.Bool.Array[5], Gen.Int[0, 30]).Sample((raw, heardBoots, cut) =>
        {
            var entries = raw.OrderBy(entry => entry.Item1).Select(e => At(e.Item1, e.Item2, e.Item3)).ToArray();
            var heard = Enumerable.Range(0, 5).Where(i => heardBoots[i])
                .Select(i => Heard(i, Sept + i * HourMs)).ToArray();
            var whole = new EntryDating(heard, 0);
            var expected = entries.Select(entry => whole.Date(entry, EntryKind.Sale)).ToArray();

            var first = new EntryDating(heard, 0);
            var dates = entries.Take(cut).Select(entry => first.Date(entry, EntryKind.Sale)).ToList();
            var second = new EntryDating(heard, first.LatestUtcMs);
            dates.AddRange(entries.Skip(cut).Select(entry => second.Date(entry, EntryKind.Sale)));

            Assert.Equal(expected, dates);
        });

    [Fact]
    public void Any_split_into_batches_that_state_the_clocks_of_their_span_gives_the_same_dates() =>
        Gen.Select(Gen.Select(Gen.Int[0, 4], Gen.Long[1, 100_000], Gen.Long[-1, Sept * 3]).Array[1, 30],
            Gen.Bool.Array[5], Gen.Int[0, 30]).Sample((raw, heardBoots, cut) =>
        {
            var entries = raw.OrderBy(entry => entry.Item1).Select(e => At(e.Item1, e.Item2, e.Item3)).ToArray();
            // The sending boot has heard the service, or nothing would be sent; a heard boot has recorded something.
            var heard = Enumerable.Range(0, 5)
                .Where(i => i == 4 || (heardBoots[i] && Array.Exists(entries, entry => entry.Boot == Boots[i])))
                .Select(i => Heard(i, Sept + i * HourMs)).ToArray();
            var whole = new EntryDating(Stated(heard, entries), 0);
            var expected = entries.Select(entry => whole.Date(entry, EntryKind.Sale)).ToArray();

            var latest = 0L;
            var dates = new List<CorrectedTime>();
            var at = Math.Min(cut, entries.Length);
            foreach (var part in new[] { entries[..at], entries[at..] })
            {
                var dating = new EntryDating(Stated(heard, part), latest);
                dates.AddRange(part.Select(entry => dating.Date(entry, EntryKind.Sale)));
                latest = dating.LatestUtcMs;
            }

            Assert.Equal(expected, dates);
        });

    /// <summary>
    /// The rule of the batch header: the entries' own boots, the next heard one behind them, the sending one.
    /// </summary>
    private static ClockObservation[] Stated(ClockObservation[] heard, EntryTime[] entries)
    {
        if (entries.Length == 0)
        {
            return heard;
        }

        var next = Array.Find(heard, clock => clock.Boot.CompareTo(entries[^1].Boot) > 0);
        return [.. heard.Where(clock => clock == heard[^1] || clock == next
            || Array.Exists(entries, entry => entry.Boot == clock.Boot))];
    }
}
