using System.Text;
using System.Text.Json;
using CsCheck;
using KioskFleet.Service.Compliance;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

[RunsOnce]
public sealed class CanonicalWriterTests
{
    [Fact]
    public void There_are_no_blanks_and_only_the_shortest_escapes()
    {
        var writer = new CanonicalWriter();
        writer.Object(o => o
            .Name("a").List([1L, -2L], (w, n) => w.Number(n))
            .Name("b").Object(_ => { })
            .Name("c").Text("定远\"\\\n\u0001/")
            .Name("d").Text(null)
            .Name("e").Flag(true)
            .Name("f").Number(null)
            .Name("g").Number(long.MaxValue)
            .Name("h").Canonical("[{}]"u8));
        Assert.Equal(
            """{"a":[1,-2],"b":{},"c":"定远\"\\\n\u0001/","d":null,"e":true,"f":null,"g":9223372036854775807,"h":[{}]}""",
            Encoding.UTF8.GetString(writer.Written));
    }

    [Fact]
    public void Any_text_comes_back_as_it_was() => Gen.String.Where(IsText).Sample(text =>
    {
        var writer = new CanonicalWriter();
        writer.Text(text);
        return JsonSerializer.Deserialize<string>(writer.Written) == text;
    });

    [Theory]
    [InlineData("b", "a")]
    [InlineData("a", "a")]
    [InlineData("a", "B")]
    public void Names_out_of_order_are_a_bug(string first, string second) => Assert.Throws<InvalidOperationException>(
        () => new CanonicalWriter().Object(o => o.Name(first).Number(1).Name(second).Number(2)));

    private static bool IsText(string text) => text == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
