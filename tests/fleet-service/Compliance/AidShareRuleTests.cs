using System.Numerics;
using CsCheck;
using KioskFleet.Service.Compliance;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

[RunsOnce]
public sealed class AidShareRuleTests
{
    /// <summary>Small amounts near the edge, everyday ones, and the ends of 64 bits.</summary>
    private static readonly Gen<long> Fen = Gen.OneOf(
        Gen.Long[-20, 40], Gen.Long[-1_000, 1_000_000], Gen.Long, Gen.OneOf(long.MinValue, long.MaxValue, 0L));

    private static readonly Gen<int> BasisPoints = Gen.OneOf(
        Gen.Int[0, 10_000], Gen.OneOf(0, 1, 3_000, 5_000, 9_999, 10_000));

    [Fact]
    public void The_standing_agrees_with_the_share_as_an_exact_fraction() => Gen.Select(
        Fen, Fen, BasisPoints, BasisPoints, Gen.OneOf(Gen.Const(0L), Gen.Long[0, 1_000]))
        .Sample((aid, total, threshold, margin, minimum) =>
        {
            var expected = total <= 0 || total < minimum ? Standing.NoData
                : Holds(aid, total, threshold + margin > 10_000 ? 10_000 : threshold + margin) ? Standing.Compliant
                : Holds(aid, total, threshold) ? Standing.AtRisk
                : Standing.Breach;
            return AidShareRule.Judge(aid, total, threshold, margin, minimum) == expected;
        }, iter: 200_000);

    [Fact]
    public void Headroom_is_the_largest_ordinary_amount_that_keeps_the_test_true() =>
        Gen.Select(Fen, Fen, BasisPoints).Sample((aid, total, threshold) =>
        {
            var headroom = AidShareRule.HeadroomFen(aid, total, threshold);
            if (!Holds(aid, total, threshold))
            {
                return headroom == 0;
            }

            return headroom >= 0 && Holds(aid, total + (BigInteger)headroom, threshold)
                && (headroom == long.MaxValue || !Holds(aid, total + (BigInteger)headroom + 1, threshold));
        }, iter: 200_000);

    [Fact]
    public void Shortfall_is_the_smallest_aid_amount_that_makes_the_test_true() =>
        Gen.Select(Fen, Fen, BasisPoints).Sample((aid, total, threshold) =>
        {
            BigInteger most = long.MaxValue;
            return AidShareRule.ShortfallFen(aid, total, threshold) is { } amount
                ? amount >= 0 && Holds(aid + (BigInteger)amount, total + (BigInteger)amount, threshold)
                    && (amount == 0 || !Holds(aid + (BigInteger)amount - 1, total + (BigInteger)amount - 1, threshold))
                : !Holds(aid + most, total + most, threshold);
        }, iter: 200_000);

    [Fact]
    public void A_share_is_shown_rounded_down() => Gen.Select(Gen.Long[-1_000, 1_000], Gen.Long[-5, 1_000])
        .Sample((aid, total) =>
        {
            var shown = AidShareRule.ShareBasisPoints(aid, total);
            return total <= 0
                ? shown is null
                : shown * total <= aid * 10_000 && (shown + 1) * total > aid * 10_000;
        });

    [Theory]
    [InlineData(50, 100, Standing.AtRisk)]
    [InlineData(49, 100, Standing.Breach)]
    [InlineData(55, 100, Standing.Compliant)]
    [InlineData(54, 100, Standing.AtRisk)]
    [InlineData(0, 0, Standing.NoData)]
    [InlineData(5, -5, Standing.NoData)]
    [InlineData(0, 1, Standing.Breach)]
    public void The_citys_rule_at_its_edges(long aid, long total, object expected) =>
        Assert.Equal((Standing)expected, AidShareRule.Judge(aid, total, 5_000, 500, 0));

    [Theory]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void A_threshold_outside_its_range_is_a_bug(int threshold) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AidShareRule.Judge(1, 2, threshold, 0, 0));

    private static bool Holds(BigInteger aid, BigInteger total, int threshold) => aid * 10_000 >= total * threshold;
}
