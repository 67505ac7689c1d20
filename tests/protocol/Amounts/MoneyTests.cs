using CsCheck;
using KioskFleet.Protocol.Amounts;
using Xunit;

namespace KioskFleet.Protocol.Tests.Amounts;

public sealed class MoneyTests
{
    private static readonly Gen<long[]> Weights =
        Gen.Long[0, 1_000_000_000_000].Array[1, 100].Where(weights => weights.Any(weight => weight > 0));

    [Fact]
    public void A_split_sums_exactly_and_each_part_is_within_one_fen_of_its_share() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Weights).Sample((fen, weights) =>
        {
            var parts = new Money(fen).SplitByLargestRemainder(weights);

            Assert.Equal(fen, parts.Sum(part => part.Fen));
            var sum = weights.Aggregate(Int128.Zero, (total, weight) => total + weight);
            for (var i = 0; i < parts.Length; i++)
            {
                var error = (Int128)parts[i].Fen * sum - (Int128)fen * weights[i];
                Assert.True(Int128.Abs(error) < sum);
            }
        });

    [Fact]
    public void Ties_of_a_split_go_to_the_earlier_weight()
    {
        Assert.Equal([4L, 3, 3], new Money(10).SplitByLargestRemainder([1, 1, 1]).Select(part => part.Fen));
        Assert.Equal([-4L, -3, -3], new Money(-10).SplitByLargestRemainder([1, 1, 1]).Select(part => part.Fen));
    }

    [Fact]
    public void A_split_over_weights_of_zero_gives_them_nothing_and_over_nothing_throws()
    {
        Assert.Equal([0L, 10], new Money(10).SplitByLargestRemainder([0, 5]).Select(part => part.Fen));
        Assert.Throws<ArgumentException>(() => new Money(10).SplitByLargestRemainder([0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Money(10).SplitByLargestRemainder([-1, 2]));
    }

    [Fact]
    public void What_is_written_for_people_is_read_back() => Gen.Long.Sample(fen =>
    {
        Assert.True(Money.TryParseYuan(new Money(fen).ToString(), out var read));
        Assert.Equal(fen, read.Fen);
    });

    [Theory]
    [InlineData("3", 300)]
    [InlineData("3.5", 350)]
    [InlineData("-0.80", -80)]
    [InlineData(" 12.30 ", 1_230)]
    public void Yuan_are_read_exactly(string text, long fen)
    {
        Assert.True(Money.TryParseYuan(text, out var money));
        Assert.Equal(fen, money.Fen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("3.")]
    [InlineData("3.555")]
    [InlineData("1e5")]
    [InlineData("1,000")]
    [InlineData("--1")]
    [InlineData("92233720368547758.08")]
    [InlineData("３")]
    public void What_is_not_an_amount_is_refused(string text) => Assert.False(Money.TryParseYuan(text, out _));

    [Fact]
    public void Overflow_throws_and_never_wraps()
    {
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue) + new Money(1));
        Assert.Throws<OverflowException>(() => new Money(long.MinValue) - new Money(1));
        Assert.Throws<OverflowException>(() => -new Money(long.MinValue));
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue) * 2);
    }
}
