using CsCheck;
using KioskFleet.Service.Enforcement;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

[RunsOnce]
public sealed class GroupSplitTests
{
    private static readonly Gen<GroupMember[]> Members = Gen.Select(Gen.Long[0, 5_000], Gen.Long[1, 900])
        .Array[1, 8].Select(all => all.Select((m, i) => new GroupMember($"c{i}", m.Item1, m.Item2)).ToArray());

    [Fact]
    public void Whatever_each_may_hold_together_it_is_never_more_than_before_or_than_the_pot() =>
        Gen.Select(Gen.Long[-5_000, 20_000], Members).Sample((pot, members) =>
        {
            var rooms = GroupSplit.Rooms(pot, members);

            // Until it has said that it applied less, a member may go by either.
            var most = members.Sum(m => Math.Max(m.HeldFen, rooms[m.CabinetId]));
            Assert.True(most <= Math.Max(pot, members.Sum(m => m.HeldFen)));
            Assert.All(rooms.Values, room => Assert.True(room >= 0));
            Assert.True(rooms.Values.Sum() <= Math.Max(0, pot) || rooms.Values.Sum() <= members.Sum(m => m.HeldFen));
        });

    [Fact]
    public void In_two_steps_everybody_comes_to_its_part() => Gen.Select(Gen.Long[0, 20_000], Members).Sample(
        (pot, members) =>
        {
            for (var step = 0; step < 2; step++)
            {
                var rooms = GroupSplit.Rooms(pot, members);
                members = [.. members.Select(m => m with { HeldFen = rooms[m.CabinetId] })];
            }

            var weights = members.Sum(m => m.Weight);
            Assert.All(members, m => Assert.InRange(
                m.HeldFen, pot * m.Weight / weights - members.Length, pot * m.Weight / weights));
        });

    [Fact]
    public void Who_is_below_gets_nothing_and_keeps_nothing() => Assert.All(
        GroupSplit.Rooms(-1, [new GroupMember("a", 500, 1), new GroupMember("b", 0, 9)]).Values,
        room => Assert.Equal(0, room));

    /// <summary>
    /// Members sell up to what they hold, some without the ledger hearing of it, while the pot is split again and
    /// again: together they never sell more than the group had.
    /// </summary>
    [Fact]
    public void A_group_whose_cabinets_are_offline_now_and_then_never_sells_more_than_it_has() => Gen.Select(
        Gen.Long[0, 10_000], Gen.Int[1, 5],
        Gen.Select(Gen.Int[0, 4], Gen.Long[0, 4_000], Gen.Bool, Gen.Bool).Array[1, 40]).Sample(
        (pot, count, acts) =>
        {
            // Wanted and applied allowances; sold in truth, and as far as the ledger knows.
            var (wanted, applied, sold, heard) = (new long[count], new long[count], new long[count], new long[count]);
            foreach (var (pick, amount, isOnline, splits) in acts)
            {
                var at = pick % count;
                sold[at] += Math.Min(amount, Math.Max(0, applied[at] - sold[at]));
                if (isOnline)
                {
                    (heard[at], applied[at]) = (sold[at], wanted[at]);
                }

                if (splits)
                {
                    var rooms = GroupSplit.Rooms(pot - heard.Sum(), [.. Enumerable.Range(0, count).Select(i =>
                        new GroupMember($"{i}", Math.Max(0, Math.Max(wanted[i], applied[i]) - heard[i]), i + 1))]);
                    for (var i = 0; i < count; i++)
                    {
                        wanted[i] = rooms[$"{i}"] + heard[i];
                    }
                }

                Assert.True(sold.Sum() <= pot);
            }
        }, iter: 3_000);
}
