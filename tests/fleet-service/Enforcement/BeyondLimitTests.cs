using CsCheck;
using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Enforcement;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

[RunsOnce]
public sealed class BeyondLimitTests
{
    private static readonly GatePolicy Policy = new("p", 1, "month", 480, [], 0, 0, 0);

    private static readonly RestrictedSales Clean = new(0, 0, 0, 0, 1_000, 5_000);

    [Theory]
    [InlineData(0, 0, 0, 1_000, 0)] // the allowance
    [InlineData(0, 0, 0, 1_001, 1)]
    [InlineData(0, 0, 500, 1_500, 0)] // aid gives headroom back
    [InlineData(0, 0, 500, 1_501, 1)]
    [InlineData(800, 1_000, 0, 1_600, 0)] // what was left when the restriction began
    [InlineData(0, 9_000, 300, 300, 0)] // below before: only what makes it worse counts
    [InlineData(0, 9_000, 300, 400, 100)]
    public void Only_what_goes_beyond_what_the_gate_allows_is_against_the_rule(
        long beforeAid, long beforeTotal, long aid, long ordinary, long excess) => Assert.Equal(
        excess, BeyondLimitRule.ExcessFen(Clean with
        {
            BeforeAidFen = beforeAid, BeforeTotalFen = beforeTotal, AfterAidFen = aid, AfterOrdinaryFen = ordinary,
        }));

    /// <summary>A gate that refuses what does not fit is never found, whatever came before and in whatever order.
    /// </summary>
    [Fact]
    public void What_a_gate_lets_through_is_never_against_the_rule() => Gen.Select(
        Gen.Long[0, 5_000], Gen.Long[0, 9_000], Gen.Long[0, 3_000], Gen.Int[1, 10_000],
        Gen.Select(Gen.Bool, Gen.Long[1, 900]).Array[0, 60]).Sample(
        (aid, total, allowance, threshold, wishes) =>
        {
            total = Math.Max(aid, total);
            var margin = ShareMargin.Of(aid, total, threshold) + (Int128)allowance * threshold;
            var (soldAid, soldOrdinary) = (0L, 0L);
            foreach (var (isAid, fen) in wishes)
            {
                var effect = ShareMargin.Of(isAid ? fen : 0, fen, threshold);
                if (effect >= 0 || margin + effect >= 0)
                {
                    margin += effect;
                    soldAid += isAid ? fen : 0;
                    soldOrdinary += isAid ? 0 : fen;
                }
            }

            Assert.Equal(0, BeyondLimitRule.ExcessFen(
                new RestrictedSales(aid, total, soldAid, soldOrdinary, allowance, threshold)));
        });
}
