using System.Text;
using CsCheck;
using KioskFleet.Service.Tables;
using Xunit;

namespace KioskFleet.Service.Tests.Tables;

[RunsOnce]
public sealed class TableFileTests
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    private static readonly TableLimits Limits = new();

    [Fact]
    public void Every_encoding_gives_the_same_rows()
    {
        const string File = " SKU ,品名\r\nR1, 定远大米 \r\n\r\n\"R\"\"2\",\"明光,\n绿豆\"\r\n";
        foreach (var (bytes, format) in new[]
        {
            (Encoding.UTF8.GetBytes(File), "utf-8"),
            ([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(File)], "utf-8"),
            (Gb18030.GetBytes(File), "gb18030"),
        })
        {
            var table = Read(bytes);
            Assert.Equal((format, 0), (table.Format.ToLowerInvariant(), table.Faults.Count));
            Assert.Equal(["sku", "品名"], table.Columns);
            Assert.Equal(
                [(2, "R1|定远大米"), (4, "R\"2|明光,\n绿豆")],
                table.Rows.Select(r => (r.Line, string.Join('|', r.Fields))));
            Assert.Equal("定远大米", table.Field(table.Rows[0], "品名"));
            Assert.Equal("", table.Field(table.Rows[0], "nothing"));
        }
    }

    [Fact]
    public void A_line_of_another_encoding_spoils_itself_alone()
    {
        byte[] mixed =
        [
            .. Encoding.UTF8.GetBytes("sku,品名\nR1,定远大米\n"),
            .. Gb18030.GetBytes("R2,凤阳大米\n"),
            .. Encoding.UTF8.GetBytes("R3,明光绿豆\nR4,"), 0xFF, (byte)'\n',
            .. Encoding.UTF8.GetBytes("R5,来安香瓜\n"),
        ];
        var table = Read(mixed);
        Assert.Equal("utf-8", table.Format);
        Assert.Equal(["R1", "R3", "R5"], table.Rows.Select(r => r.Fields[0]));
        Assert.Equal(["定远大米", "明光绿豆", "来安香瓜"], table.Rows.Select(r => r.Fields[1]));
        Assert.Equal(
            [(3, TableFaultKind.BadEncoding), (5, TableFaultKind.BadEncoding)],
            table.Faults.Select(f => (f.Line, f.Kind)));
    }

    [Fact]
    public void A_gb18030_file_with_a_line_of_utf_8_stays_a_gb18030_file()
    {
        // 一 in GB18030 happens to be valid UTF-8, too.
        byte[] mixed =
        [
            .. Gb18030.GetBytes("sku,品名\nR1,一\nR2,凤阳大米\nR3,定远大米\nR4,"), 0xFF, (byte)'\n',
        ];
        var table = Read(mixed);
        Assert.Equal("gb18030", table.Format.ToLowerInvariant());
        Assert.Equal(["一", "凤阳大米", "定远大米"], table.Rows.Select(r => r.Fields[1]));
        Assert.Equal([(5, TableFaultKind.BadEncoding)], table.Faults.Select(f => (f.Line, f.Kind)));
    }

    [Theory]
    [InlineData("big5", "sku,品名\nR1,定遠大米\nR2,鳳陽花生\nR3,明光綠豆\n")]
    [InlineData("shift_jis", "sku,品名\nR1,定遠大米\nR2,明光緑豆\n")]
    [InlineData("shift_jis", "sku,品名\nR1,お茶\nR2,りんごジュース\n")]
    [InlineData("euc-jp", "sku,品名\nR1,お茶\nR2,りんごジュース\n")]
    [InlineData("windows-1252", "sku,name\nR1,Gr\u00FCner Tee\nR2,Caf\u00E9 cr\u00E8me\nR3,P\u00E2t\u00E9\n")]
    public void Words_of_another_encoding_are_not_taken_for_chinese(string encoding, string text) => Assert.Equal(
        TableProblem.UnknownEncoding,
        Assert.IsType<TableReading.Unreadable>(TableFile.Read(
            CodePagesEncodingProvider.Instance.GetEncoding(encoding)!.GetBytes(text), Limits)).Problem);

    [Theory]
    [InlineData("定远大米镕", true)]
    [InlineData("定远大米油镕", true)]
    [InlineData("定远大镕", false)]
    [InlineData("定远大米镕镕", false)]
    [InlineData("定远大米\uE000", false)]
    [InlineData("ＡＢ１２，、。《》％㎡℃①", true)]
    public void A_few_rare_characters_are_no_other_encoding(string name, bool isTaken) => Assert.Equal(
        isTaken,
        TableFile.Read(Gb18030.GetBytes($"sku,name\nR1,{name}\n"), Limits) is TableReading.Table);

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-cmd", "'-cmd")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠x", "'＠x")]
    [InlineData("'=x", "''=x")]
    [InlineData("'", "'")]
    [InlineData("it's", "it's")]
    [InlineData("-12.50", "-12.50")]
    [InlineData("+5", "+5")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    public void A_text_that_a_spreadsheet_would_calculate_is_written_with_an_apostrophe(string field, string written)
    {
        var file = TableWriter.Csv(["a"], [[field]]);
        Assert.Equal($"\uFEFFa\r\n{written}\r\n", Encoding.UTF8.GetString(file));
        Assert.Equal(field.Trim(), Assert.Single(Read(file).Rows).Fields[0]);
    }

    [Fact]
    public void Rows_that_are_none_are_listed_with_line_and_reason()
    {
        var table = Read("a,b\n1\n1,2\n1,2,3\n\"x\"y,2\n4,5\n\"open,6\n"u8.ToArray());
        Assert.Equal([3, 6], table.Rows.Select(r => r.Line));
        Assert.Equal(
            [
                (2, TableFaultKind.WrongFieldCount), (4, TableFaultKind.WrongFieldCount),
                (5, TableFaultKind.BadQuoting), (7, TableFaultKind.BadQuoting),
            ],
            table.Faults.Select(f => (f.Line, f.Kind)));
        Assert.All(table.Faults, f => Assert.NotEqual(TableTexts.Of(f.Kind).En, TableTexts.Of(f.Kind).Zh));
    }

    [Theory]
    [InlineData("", TableProblem.NoHeader)]
    [InlineData(",,\n1,2,3\n", TableProblem.NoHeader)]
    [InlineData("a,A\n", TableProblem.ColumnTwice)]
    [InlineData("b,c\n1,2\n", TableProblem.MissingColumn)]
    [InlineData("a\0,b\n", TableProblem.UnknownEncoding)]
    public void A_file_that_is_no_table_is_refused_as_a_whole(string text, object problem)
    {
        var reading = TableFile.Read(Encoding.UTF8.GetBytes(text), new TableLimits { Required = ["a"] });
        var unreadable = Assert.IsType<TableReading.Unreadable>(reading);
        Assert.Equal((TableProblem)problem, unreadable.Problem);
        Assert.NotEqual(TableTexts.Of(unreadable.Problem).En, TableTexts.Of(unreadable.Problem).Zh);
    }

    [Fact]
    public void A_header_that_is_no_text_refuses_the_file() => Assert.Equal(
        TableProblem.UnknownEncoding,
        Assert.IsType<TableReading.Unreadable>(TableFile.Read([0x61, 0xFF, 0xFF, 0x0A, 0x31, 0x0A], Limits)).Problem);

    [Fact]
    public void Limits_are_kept()
    {
        Assert.Equal(TableProblem.TooLarge, Assert.IsType<TableReading.Unreadable>(
            TableFile.Read("a\n1\n"u8.ToArray(), new TableLimits { MaxBytes = 3 })).Problem);
        Assert.Equal(TableProblem.TooManyRows, Assert.IsType<TableReading.Unreadable>(
            TableFile.Read("a\n1\n2\n3\n"u8.ToArray(), new TableLimits { MaxRows = 2 })).Problem);
        Assert.IsType<TableReading.Table>(TableFile.Read("a\n1\n2\n"u8.ToArray(), new TableLimits { MaxRows = 2 }));
        var table = Assert.IsType<TableReading.Table>(
            TableFile.Read("a\n12\n123\n"u8.ToArray(), new TableLimits { MaxFieldLength = 2 }));
        Assert.Equal(
            [(3, TableFaultKind.FieldTooLong)], table.Faults.Select(f => (f.Line, f.Kind)));
    }

    [Fact]
    public void What_is_written_is_read_again_in_both_formats()
    {
        var field = Gen.OneOf(
            Gen.String[Gen.Char["ab ,\"\n;=|定米'+-@＝"], 0, 8], Gen.OneOf("🍎", "\"", "=1+1", "a\nb", "001", "1E5"));
        Gen.Select(field, field, field).Array[0, 6].Sample(rows =>
        {
            var fields = rows.Select(r => (IReadOnlyList<string>)[r.Item1, r.Item2, r.Item3]).ToList();
            var expected = fields.Select(f => string.Join('¦', f.Select(x => x.Trim())))
                .Where(f => f != "¦¦").ToList();
            string[] columns = ["a", "b", "c"];
            return new[] { TableWriter.Csv(columns, fields), TableWriter.Xlsx("s", columns, fields) }.All(bytes =>
            {
                var table = Read(bytes);
                return table.Faults.Count == 0 && table.Rows.Select(r => string.Join('¦', r.Fields))
                    .Where(f => f != "¦¦").SequenceEqual(expected);
            });
        }, iter: 500);
    }

    [Fact]
    public void A_text_that_xml_cannot_hold_does_not_stop_the_writer() => Assert.Equal(
        TableFaultKind.BadEncoding,
        Assert.Single(Read(TableWriter.Xlsx("s", ["a"], [["x\u000By\uD800"]])).Faults).Kind);

    [Fact]
    public async Task A_body_is_read_up_to_its_limit()
    {
        var stop = TestContext.Current.CancellationToken;
        Assert.Equal(10, (await UploadBody.ReadAsync(new MemoryStream(new byte[10]), 10, stop))!.Length);
        Assert.Null(await UploadBody.ReadAsync(new MemoryStream(new byte[11]), 10, stop));
    }

    private static TableReading.Table Read(byte[] bytes) =>
        Assert.IsType<TableReading.Table>(TableFile.Read(bytes, Limits));
}
