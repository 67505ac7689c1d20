using KioskFleet.Service.Catalogue;
using Xunit;

namespace KioskFleet.Service.Tests.Catalogue;

[RunsOnce]
public sealed class WanYuanTests
{
    [Theory]
    [InlineData("12.5", 12_500_000L)]
    [InlineData("0", 0L)]
    [InlineData("0.000001", 1L)]
    [InlineData("10000000", 10_000_000_000_000L)]
    [InlineData("-1", null)]
    [InlineData("0.0000001", null)]
    [InlineData("1,000", null)]
    [InlineData("1e3", null)]
    [InlineData("10000000.000001", null)]
    [InlineData("99999999999999999999999999999", null)]
    public void An_amount_in_wan_yuan_is_read_to_the_fen(string text, long? fen)
    {
        Assert.Equal(fen is not null, WanYuan.TryParse(text, out var read));
        if (fen is { } expected)
        {
            Assert.Equal((expected, text), (read, WanYuan.Format(read)));
        }
    }
}
