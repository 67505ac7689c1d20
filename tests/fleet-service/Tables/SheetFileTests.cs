using System.IO.Compression;
using System.Text;
using KioskFleet.Service.Tables;
using Xunit;

namespace KioskFleet.Service.Tests.Tables;

[RunsOnce]
public sealed class SheetFileTests
{
    private static readonly TableLimits Limits = new();

    [Fact]
    public void Rows_are_read_with_their_numbers_and_missing_cells_are_empty()
    {
        var table = Read(new SheetOnPaper
        {
            Rows = SheetOnPaper.TextRow(1, " SKU ", "Name", "备注")
                + SheetOnPaper.Row(3, """<c r="A3" t="inlineStr"><is><t>R1</t></is></c>""",
                    """<c r="C3" t="inlineStr"><is><t> x </t></is></c>""")
                + SheetOnPaper.Row(4)
                + "<row r=\"5\"/>"
                + SheetOnPaper.TextRow(7, "R2"),
        });
        Assert.Equal(["sku", "name", "备注"], table.Columns);
        Assert.Equal([(3, "R1||x"), (7, "R2||")], table.Rows.Select(r => (r.Line, string.Join('|', r.Fields))));
        Assert.Equal(("xlsx", 0), (table.Format, table.Faults.Count));
    }

    [Fact]
    public void Shared_and_rich_strings_are_read_without_how_they_are_pronounced()
    {
        var table = Read(new SheetOnPaper
        {
            Strings = "<si><t>大米</t></si><si><r><rPr><b/></rPr><t xml:space=\"preserve\">定远 </t></r><r><t>大米</t></r>"
                + "<rPh sb=\"0\" eb=\"2\"><t>DA MI</t></rPh></si><si/>",
            Rows = SheetOnPaper.TextRow(1, "a", "b", "c") + SheetOnPaper.Row(2,
                """<c r="A2" t="s"><v>0</v></c>""", """<c r="B2" t="s"><v>1</v></c>""",
                """<c r="C2" t="s"><v>2</v></c>"""),
        });
        Assert.Equal(["大米", "定远 大米", ""], table.Rows[0].Fields);
    }

    [Theory]
    [InlineData("14", "44105", "2020-10-01")]
    [InlineData("31", "44105", "2020-10-01")]
    [InlineData("22", "44105.3333333333", "2020-10-01T08:00:00")]
    [InlineData("yyyy\"年\"m\"月\"d\"日\"", "44105.999988", "2020-10-01T23:59:59")]
    [InlineData("[$-804]yyyy/m/d", "44105", "2020-10-01")]
    [InlineData("[Red]0.00", "44105", "44105")]
    [InlineData("0.0\"/day\"", "44105.5", "44105.5")]
    [InlineData("0\\d", "44105", "44105")]
    [InlineData("0", "44105", "44105")]
    [InlineData("14", "0.5", "0.5")]
    [InlineData("0", "12.300000000000001", "12.3")]
    [InlineData("0", "6901234567890", "6901234567890")]
    [InlineData("0", "6.90123456789E+12", "6901234567890")]
    [InlineData("0", "1E-3", "0.001")]
    public void A_number_is_read_as_the_spreadsheet_shows_it(string format, string value, string expected)
    {
        var table = Read(new SheetOnPaper
        {
            Formats = ["0", format],
            Rows = SheetOnPaper.TextRow(1, "a") + SheetOnPaper.Row(2, $"""<c r="A2" s="1"><v>{value}</v></c>"""),
        });
        Assert.Equal(expected, Assert.Single(table.Rows).Fields[0]);
    }

    [Theory]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("1234567890123456", "1234567890123456")]
    [InlineData("-9007199254740992", "-9007199254740992")]
    [InlineData("9007199254740993", null)]
    [InlineData("9007199254740994", null)]
    [InlineData("123456789012345678", null)]
    [InlineData("1.2345678901234568E+17", null)]
    [InlineData("1E999", null)]
    [InlineData("NaN", null)]
    [InlineData("12.345678901234567", null)]
    [InlineData("0.30000000000000004", "0.3")]
    [InlineData("1.00", "1")]
    public void A_number_that_cannot_be_kept_exactly_refuses_its_row(string value, string? expected)
    {
        var table = Read(new SheetOnPaper
        {
            Rows = SheetOnPaper.TextRow(1, "a") + SheetOnPaper.Row(2, $"""<c r="A2"><v>{value}</v></c>""")
                + SheetOnPaper.TextRow(3, "good"),
        });
        Assert.Equal(expected is null ? ["good"] : [expected, "good"], table.Rows.Select(r => r.Fields[0]));
        Assert.Equal(
            expected is null ? [(2, TableFaultKind.NumberNotExact, value)] : [],
            table.Faults.Select(f => (f.Line, f.Kind, f.Got)));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(3, 2)]
    [InlineData(1, 2)]
    [InlineData(0, 1)]
    public void A_workbook_whose_row_numbers_do_not_increase_is_refused(int second, int third) => Assert.Equal(
        TableProblem.BrokenSheet,
        Problem(new SheetOnPaper
        {
            Rows = SheetOnPaper.TextRow(1, "a") + SheetOnPaper.TextRow(second, "x") + SheetOnPaper.TextRow(third, "y"),
        }.ToBytes(), Limits));

    [Fact]
    public void A_workbook_holds_no_more_shared_strings_than_it_may()
    {
        var sheet = new SheetOnPaper { Strings = "<si/><si/><si/>", Rows = SheetOnPaper.TextRow(1, "a") };
        Assert.Equal(TableProblem.BrokenSheet, Problem(sheet.ToBytes(), Limits with { MaxSharedStrings = 2 }));
        Assert.IsType<TableReading.Table>(TableFile.Read(sheet.ToBytes(), Limits with { MaxSharedStrings = 3 }));
    }

    [Fact]
    public void Millions_of_empty_shared_strings_in_a_small_file_are_refused_before_they_fill_the_memory()
    {
        var bytes = new SheetOnPaper
        {
            Strings = string.Concat(Enumerable.Repeat("<si/>", 5_000_000)), Rows = SheetOnPaper.TextRow(1, "a"),
        }.ToBytes();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(TableProblem.BrokenSheet, Problem(bytes, Limits));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L * 1024 * 1024);
    }

    [Fact]
    public void A_workbook_that_counts_from_1904_gives_the_same_day() => Assert.Equal("2020-10-01", Read(
        new SheetOnPaper
        {
            CountsFrom1904 = true,
            Formats = ["0", "14"],
            Rows = SheetOnPaper.TextRow(1, "a") + SheetOnPaper.Row(2, """<c r="A2" s="1"><v>42643</v></c>"""),
        }).Rows[0].Fields[0]);

    [Fact]
    public void A_formula_or_an_error_refuses_its_row_and_the_others_go_in()
    {
        var table = Read(new SheetOnPaper
        {
            Rows = SheetOnPaper.TextRow(1, "a", "b")
                + SheetOnPaper.Row(2, """<c r="A2"><f>SUM(B1:B9)</f><v>5</v></c>""")
                + SheetOnPaper.Row(3, """<c r="A3"><f/><v>5</v></c>""")
                + SheetOnPaper.Row(4, """<c r="A4" t="e"><v>#N/A</v></c>""")
                + SheetOnPaper.TextRow(5, "good", "row")
                + SheetOnPaper.TextRow(6, "one", "two", "three"),
        });
        Assert.Equal([5], table.Rows.Select(r => r.Line));
        Assert.Equal(
            [
                (2, TableFaultKind.Formula, "=SUM(B1:B9)"), (3, TableFaultKind.Formula, "="),
                (4, TableFaultKind.CellError, "#N/A"), (6, TableFaultKind.WrongFieldCount, "one,two,three"),
            ],
            table.Faults.Select(f => (f.Line, f.Kind, f.Got)));
    }

    [Fact]
    public void A_cell_far_to_the_right_is_a_fault_and_is_not_passed_over()
    {
        var table = Read(new SheetOnPaper
        {
            Rows = SheetOnPaper.TextRow(1, "a")
                + SheetOnPaper.Row(2, """<c r="A2"><v>1</v></c>""", """<c r="XFD2"><v>2</v></c>""")
                + SheetOnPaper.Row(3, """<c r="A3"><v>1</v></c>""", """<c r="XFD3"/>"""),
        });
        Assert.Equal([3], table.Rows.Select(r => r.Line));
        Assert.Equal(TableFaultKind.WrongFieldCount, Assert.Single(table.Faults).Kind);
    }

    [Fact]
    public void Limits_are_kept()
    {
        var rows = string.Concat(Enumerable.Range(2, 6).Select(i => SheetOnPaper.TextRow(i, "x")));
        var many = new SheetOnPaper { Rows = SheetOnPaper.TextRow(1, "a") + rows }.ToBytes();
        Assert.Equal(TableProblem.TooManyRows, Problem(many, new TableLimits { MaxRows = 5 }));
        Assert.IsType<TableReading.Table>(TableFile.Read(many, new TableLimits { MaxRows = 6 }));
        Assert.Equal(TableProblem.TooLarge, Problem(many, new TableLimits { MaxBytes = many.Length - 1 }));
        Assert.Equal(TableProblem.MissingColumn, Problem(many, new TableLimits { Required = ["b"] }));
        var longText = new SheetOnPaper { Rows = SheetOnPaper.TextRow(1, "a") + SheetOnPaper.TextRow(2, "xxxx") };
        var table = Assert.IsType<TableReading.Table>(
            TableFile.Read(longText.ToBytes(), new TableLimits { MaxFieldLength = 3 }));
        Assert.Equal(TableFaultKind.FieldTooLong, Assert.Single(table.Faults).Kind);
    }

    [Fact]
    public void A_small_file_that_unpacks_to_much_is_refused_before_it_is_read()
    {
        var bomb = new SheetOnPaper
        {
            Rows = SheetOnPaper.TextRow(1, "a") + SheetOnPaper.TextRow(2, new string('x', 40_000_000)),
        }.ToBytes();
        Assert.InRange(bomb.Length, 0, 1_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var unreadable = Assert.IsType<TableReading.Unreadable>(
            TableFile.Read(bomb, new TableLimits { MaxUnpackedBytes = 30_000_000 }));
        Assert.Equal(TableProblem.BrokenSheet, unreadable.Problem);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void What_is_no_workbook_is_refused_as_a_whole()
    {
        var good = new SheetOnPaper { Rows = SheetOnPaper.TextRow(1, "a") }.ToBytes();
        Assert.Equal(TableProblem.BrokenSheet, Problem(good[..(good.Length / 2)], Limits));
        Assert.Equal(TableProblem.BrokenSheet, Problem([.. "PK\x03\x04"u8, .. new byte[40]], Limits));
        Assert.Equal(TableProblem.BrokenSheet, Problem(ZipOf("readme.txt", "hello"), Limits));
        Assert.Equal(TableProblem.BrokenSheet, Problem(
            new SheetOnPaper { Rows = "<row r=\"one\"><c><v>1</v></c></row>" }.ToBytes(), Limits));
        Assert.Equal(TableProblem.BrokenSheet, Problem(new SheetOnPaper
        {
            Rows = SheetOnPaper.TextRow(1, "a") + SheetOnPaper.Row(2, """<c r="A2" t="s"><v>7</v></c>"""),
        }.ToBytes(), Limits));
        Assert.Equal(TableProblem.BrokenSheet, Problem(new SheetOnPaper
        {
            Rows = SheetOnPaper.TextRow(1, "a", "b")
                + SheetOnPaper.Row(2, """<c r="B2"><v>1</v></c>""", """<c r="A2"><v>2</v></c>"""),
        }.ToBytes(), Limits));
        Assert.Equal(TableProblem.NoHeader, Problem(new SheetOnPaper().ToBytes(), Limits));
        Assert.Equal(TableProblem.NoHeader, Problem(new SheetOnPaper
        {
            Rows = SheetOnPaper.Row(1, """<c r="A1"><f>A2</f><v>sku</v></c>""") + SheetOnPaper.TextRow(2, "x"),
        }.ToBytes(), Limits));
    }

    [Fact]
    public void An_entity_in_the_xml_is_never_expanded()
    {
        var sheet = new SheetOnPaper { Rows = SheetOnPaper.TextRow(1, "a") + SheetOnPaper.TextRow(2, "&lol;") };
        var bytes = Replace(sheet.ToBytes(), "xl/worksheets/sheet1.xml", text => text.Replace(
            "<worksheet", "<!DOCTYPE worksheet [<!ENTITY lol \"lol\">]><worksheet"));
        Assert.Equal(TableProblem.BrokenSheet, Problem(bytes, Limits));
    }

    private static TableReading.Table Read(SheetOnPaper sheet) =>
        Assert.IsType<TableReading.Table>(TableFile.Read(sheet.ToBytes(), Limits));

    private static TableProblem Problem(byte[] bytes, TableLimits limits) =>
        Assert.IsType<TableReading.Unreadable>(TableFile.Read(bytes, limits)).Problem;

    private static byte[] ZipOf(string name, string text)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var part = archive.CreateEntry(name).Open();
            part.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }

    private static byte[] Replace(byte[] bytes, string name, Func<string, string> replace)
    {
        using var stream = new MemoryStream();
        stream.Write(bytes);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = archive.GetEntry(name)!;
            string text;
            using (var reader = new StreamReader(entry.Open()))
            {
                text = replace(reader.ReadToEnd());
            }

            entry.Delete();
            using var part = archive.CreateEntry(name).Open();
            part.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
