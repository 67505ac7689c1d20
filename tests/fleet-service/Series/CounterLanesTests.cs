using CsCheck;
using KioskFleet.Service.Series;
using Xunit;

namespace KioskFleet.Service.Tests.Series;

[RunsOnce]
public sealed class CounterLanesTests
{
    private static readonly Gen<List<(long UtcMs, long Fen)>> Entries =
        Gen.Select(Gen.Long[1_000_000, 1_000_040], Gen.Long[1, 900]).List[1, 60];

    [Fact]
    public void Entries_in_their_order_share_one_lane()
    {
        var counter = new CounterLanes([]);
        Assert.Equal(
            [
                new CounterPoint(0, 4_999, CounterLanes.Beginning, CounterLanes.Beginning),
                new CounterPoint(0, 5_000, CounterLanes.Beginning + 7, CounterLanes.Beginning + 1),
            ],
            Add(counter, 5_000, 7));
        Assert.Equal(
            [new CounterPoint(0, 65_000, CounterLanes.Beginning + 10, CounterLanes.Beginning + 2)],
            Add(counter, 65_000, 3));
        Assert.Equal(
            [
                new CounterPoint(0, 125_000, CounterLanes.Beginning + 10, CounterLanes.Beginning + 2),
                new CounterPoint(0, 125_001, CounterLanes.Beginning + 11, CounterLanes.Beginning + 3),
            ],
            Add(counter, 125_001, 1));
    }

    [Fact]
    public void In_any_order_lanes_only_grow_and_what_they_gain_in_any_time_is_what_was_sold_in_it() =>
        Gen.Select(Entries, Gen.Int[1, 5]).Sample((entries, together) =>
        {
            var counter = new CounterLanes([]);
            var points = new List<CounterPoint>();
            foreach (var some in entries.Chunk(together))
            {
                foreach (var (utcMs, fen) in some)
                {
                    counter.Add(1, utcMs, fen);
                }

                points.AddRange(counter.Take().Select(point => point.Point));
                counter = new CounterLanes(counter.Lanes);
            }

            foreach (var lane in points.GroupBy(p => p.Lane))
            {
                Assert.All(lane.Zip(lane.Skip(1)), pair =>
                {
                    Assert.True(pair.First.UtcMs < pair.Second.UtcMs);
                    Assert.True(pair.First.Fen <= pair.Second.Fen && pair.First.Entries <= pair.Second.Entries);
                });
            }

            for (var from = 999_990L; from < 1_000_050; from += 7)
            {
                var to = from + 13;
                var expected = entries.Where(e => e.UtcMs >= from && e.UtcMs < to).ToList();
                Assert.Equal((expected.Sum(e => e.Fen), expected.Count), (
                    Gain(points, from, to, p => p.Fen), (int)Gain(points, from, to, p => p.Entries)));
            }
        });

    [Fact]
    public void What_is_counted_together_in_one_millisecond_is_one_point()
    {
        var counter = new CounterLanes([]);
        counter.Add(1, 5_000, 7);
        counter.Add(2, 5_000, 1);
        counter.Add(3, 5_001, 1);
        Assert.Equal([0], counter.Changed);
        Assert.Equal(
            [
                new CountedPoint(new(0, 4_999, CounterLanes.Beginning, CounterLanes.Beginning), 1),
                new CountedPoint(new(0, 5_000, CounterLanes.Beginning + 8, CounterLanes.Beginning + 2), 2),
                new CountedPoint(new(0, 5_001, CounterLanes.Beginning + 9, CounterLanes.Beginning + 3), 3),
            ],
            counter.Take());
        Assert.Empty(counter.Changed);
        Assert.Empty(counter.Take());
    }

    [Fact]
    public void A_clock_that_stands_still_or_goes_back_for_ever_makes_no_lanes_for_ever()
    {
        var counter = new CounterLanes([]);
        var points = new List<CounterPoint>();
        for (var i = 1L; i <= 3_000; i++)
        {
            points.AddRange(Add(counter, i % 2 == 0 ? 5_000_000 : 9_000_000 - i * 1_000, 1));
        }

        Assert.Equal(CounterLanes.MaxLanes, counter.Lanes.Count);
        Assert.Equal(3_000, counter.Lanes.Sum(lane => lane.Fen - CounterLanes.Beginning));
        Assert.All(points.GroupBy(point => point.Lane), lane => Assert.All(
            lane.Zip(lane.Skip(1)), pair => Assert.True(pair.First.UtcMs < pair.Second.UtcMs)));
    }

    private static IEnumerable<CounterPoint> Add(CounterLanes counter, long utcMs, long fen)
    {
        counter.Add(1, utcMs, fen);
        return counter.Take().Select(point => point.Point);
    }

    private static long Gain(List<CounterPoint> points, long from, long to, Func<CounterPoint, long> value) =>
        points.GroupBy(p => p.Lane).Sum(lane => At(lane, to, value) - At(lane, from, value));

    private static long At(IEnumerable<CounterPoint> lane, long before, Func<CounterPoint, long> value) =>
        lane.Where(p => p.UtcMs < before).Select(value).LastOrDefault(CounterLanes.Beginning);
}
