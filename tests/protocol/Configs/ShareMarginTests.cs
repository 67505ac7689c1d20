using CsCheck;
using KioskFleet.Protocol.Configs;
using Xunit;

namespace KioskFleet.Protocol.Tests.Configs;

public sealed class ShareMarginTests
{
    private static readonly Gen<(long Aid, long Total, int Threshold)> Amounts = Gen.Select(
        Gen.OneOf(Gen.Long[-2_000, 2_000], Gen.Long), Gen.OneOf(Gen.Long[-2_000, 2_000], Gen.Long), Gen.Int[0, 10_000]);

    [Fact]
    public void The_margin_is_not_negative_exactly_while_the_share_holds() => Amounts.Sample((aid, total, threshold) =>
        (System.Numerics.BigInteger)aid * 10_000 >= (System.Numerics.BigInteger)total * threshold
            == ShareMargin.Of(aid, total, threshold) >= 0);

    [Fact]
    public void The_room_is_the_largest_ordinary_amount_that_keeps_the_share() =>
        Amounts.Where(a => a.Threshold > 0).Sample((aid, total, threshold) =>
        {
            var room = ShareMargin.RoomFen(ShareMargin.Of(aid, total, threshold), threshold)!.Value;
            if (room is > long.MinValue and < long.MaxValue)
            {
                Assert.True(ShareMargin.Of(aid, (Int128)total + room, threshold) >= 0);
                Assert.True(ShareMargin.Of(aid, (Int128)total + room + 1, threshold) < 0);
            }
        });

    [Fact]
    public void Without_a_threshold_nothing_bounds_the_room() => Assert.Null(ShareMargin.RoomFen(0, 0));
}
