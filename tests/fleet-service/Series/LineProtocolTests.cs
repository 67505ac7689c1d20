using System.Text;
using CsCheck;
using KioskFleet.Service.Series;
using Xunit;

namespace KioskFleet.Service.Tests.Series;

[RunsOnce]
public sealed class LineProtocolTests
{
    private static readonly Gen<string> Plain = Gen.String[Gen.Frequency(
        (3, Gen.Char['a', 'z']), (2, Gen.Char[", =\"滁#"]),
        (1, Gen.Char["\\"]))];

    [Theory]
    [InlineData("a b", "a\\ b")]
    [InlineData("a,b", "a\\,b")]
    [InlineData("a=b", "a\\=b")]
    [InlineData("a\"b", "a\"b")]
    [InlineData("a\\b", "a\\b")]
    [InlineData("a\\", "a_")]
    [InlineData("a\\,b", "a_\\,b")]
    [InlineData("a\nb\rc\td", "a_b_c_d")]
    [InlineData("\u0000", "_")]
    [InlineData("a\u007f", "a_")]
    [InlineData("a\u009fb", "a_b")]
    [InlineData("a\u2028b\u2029", "a_b_")]
    [InlineData("\u00a0", "\u00a0")]
    [InlineData("定远县", "定远县")]
    public void A_tag_value_is_escaped_as_the_format_says(string value, string expected) =>
        Assert.Equal($"m,t={expected} f=1i 5\n", Line("m", [("t", value)], [("f", 1)], 5));

    [Fact]
    public void A_measurement_keeps_its_equals_signs_and_empty_tags_are_left_out() =>
        Assert.Equal("m=\\ \\, f=-1i 5\n", Line("m= ,", [("t", "")], [("f", -1)], 5));

    [Fact]
    public void Whatever_the_tags_hold_a_reader_of_the_format_reads_the_same_line() =>
        Gen.Select(Plain, Plain, Gen.Long, Gen.Long).Sample((a, b, field, time) =>
        {
            var line = Line("kf_sales", [("a", a), ("b", b)], [("f", field)], time);
            var read = Read(line);
            var expected = new List<(string, string)>();
            if (a.Length > 0)
            {
                expected.Add(("a", Kept(a)));
            }

            if (b.Length > 0)
            {
                expected.Add(("b", Kept(b)));
            }

            return read.Measurement == "kf_sales" && read.Tags.SequenceEqual(expected)
                && read.Remainder == $"f={field}i {time}";
        });

    /// <summary>
    /// What the encoder keeps of a value: backslashes that the format could not tell from escapes become _.
    /// </summary>
    private static string Kept(string value) => new([.. value.Select((c, i) =>
        c == '\\' && (i == value.Length - 1 || value[i + 1] is ',' or ' ' or '=' or '\\') ? '_' : c)]);

    private static string Line(
        string measurement, (string, string)[] tags, (string, long)[] fields, long time)
    {
        var target = new StringBuilder();
        LineProtocol.Append(target, measurement, tags, fields, time);
        return target.ToString();
    }

    /// <summary>An independent reader: splits at unescaped separators, then takes escapes away.</summary>
    private static (string Measurement, List<(string, string)> Tags, string Remainder) Read(string line)
    {
        Assert.EndsWith("\n", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(c => c == '\n'));
        var space = Unescaped(line, ' ', 0);
        var series = line[..space];
        var parts = new List<string>();
        for (var at = 0; ;)
        {
            var comma = Unescaped(series, ',', at);
            if (comma < 0)
            {
                parts.Add(series[at..]);
                break;
            }

            parts.Add(series[at..comma]);
            at = comma + 1;
        }

        var tags = parts.Skip(1).Select(p =>
        {
            var equals = Unescaped(p, '=', 0);
            return (Plainly(p[..equals]), Plainly(p[(equals + 1)..]));
        }).ToList();
        return (Plainly(parts[0]), tags, line[(space + 1)..^1]);
    }

    private static int Unescaped(string text, char separator, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == separator)
            {
                return i;
            }
        }

        return -1;
    }

    private static string Plainly(string text) => text.Replace("\\,", ",", StringComparison.Ordinal)
        .Replace("\\ ", " ", StringComparison.Ordinal).Replace("\\=", "=", StringComparison.Ordinal);
}
