using CsCheck;
using KioskFleet.Simulators.RecordedSales;
using Xunit;

namespace KioskFleet.Simulators.Tests.RecordedSales;

public sealed class CsvRecordsTests
{
    [Fact]
    public void Whatever_is_written_with_quotes_is_read_back_with_its_lines() =>
        Gen.Char["a饼,\"\n "].Array[0, 12].Select(c => new string(c)).Array[2, 4].Array[1, 8]
            .Sample(rows =>
            {
                var text = string.Concat(rows.Select(
                    row => string.Join(',', row.Select(Quote)) + "\r\n"));
                var read = Read(text);
                Assert.Equal(rows, read.Select(r => r.Fields.ToArray()));
                var line = 1L;
                foreach (var (row, record) in rows.Zip(read))
                {
                    Assert.Equal(line, record.Line);
                    line += 1 + row.Sum(f => f.Count(c => c == '\n'));
                }
            });

    [Theory]
    [InlineData("a,b\nc,d", 2)]
    [InlineData("a,b\r\nc,d\r\n", 2)]
    [InlineData("a,b\rc,d\r", 2)]
    [InlineData("\uFEFFa,b\n\n  \nc,d\n\n", 2)]
    [InlineData("", 0)]
    public void Line_ends_of_every_system_part_records_and_empty_lines_are_none(string text, int records)
    {
        var read = Read(text);
        Assert.Equal(records, read.Count);
        Assert.All(read, r => Assert.Equal(2, r.Fields.Count));
        Assert.True(read.Count == 0 || read[0].Fields[0] == "a");
    }

    [Fact]
    public void Empty_fields_are_fields() => Assert.Equal(["", "", ""], Read(",\"\",")[0].Fields);

    [Theory]
    [InlineData("\"a,b\n1,2\n3,4\n")]
    [InlineData("\"a,b\n1,\"2\"\n3,4\n")]
    public void A_quote_that_is_never_closed_costs_its_own_line_alone(string text)
    {
        var read = Read(text);
        Assert.Equal([1L, 2L, 3L], read.Select(r => r.Line));
        Assert.Equal([RefusalReason.UnclosedQuote, null, null], read.Select(r => r.Fault));
        Assert.Equal(["1", "2"], read[1].Fields);
        Assert.Equal("\"a,b", read[0].Text);
    }

    [Fact]
    public void A_quoted_field_may_stretch_over_twenty_lines_and_no_more()
    {
        Assert.Null(Read("\"" + new string('\n', 19) + "\"\nx\n")[0].Fault);
        var tooFar = Read("\"" + string.Concat(Enumerable.Repeat("\nx", 20)) + "\"\ny\n");
        Assert.Equal(RefusalReason.UnclosedQuote, tooFar[0].Fault);
        Assert.Equal("y", tooFar[^1].Fields[0]);
        Assert.Equal(22, tooFar[^1].Line);
    }

    private static string Quote(string field) =>
        $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static List<CsvRecord> Read(string text)
    {
        using var reader = new StringReader(text);
        return [.. new CsvRecords(reader).All()];
    }
}
