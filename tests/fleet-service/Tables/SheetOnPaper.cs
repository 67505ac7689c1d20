using System.IO.Compression;
using System.Text;

namespace KioskFleet.Service.Tests.Tables;

/// <summary>
/// A workbook written by hand, part by part, as other programs write them: right or wrong as the test wants.
/// </summary>
internal sealed class SheetOnPaper
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006/";
    private const string TypePrefix = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    /// <summary>The rows of the sheet, as XML.</summary>
    public string Rows { get; init; } = "";

    /// <summary>The items of the shared strings, as XML.</summary>
    public string Strings { get; init; } = "";

    /// <summary>The number formats of styles 0, 1, …: an id, or a format code.</summary>
    public string[] Formats { get; init; } = ["0"];

    /// <summary>True for a workbook that counts days from 1904.</summary>
    public bool CountsFrom1904 { get; init; }

    /// <summary>A row of inline strings.</summary>
    public static string TextRow(int line, params string[] texts) => Row(line, [.. texts.Select((t, i) =>
        $"<c r=\"{(char)('A' + i)}{line}\" t=\"inlineStr\"><is><t>{t}</t></is></c>")]);

    /// <summary>A row of cells as XML.</summary>
    public static string Row(int line, params string[] cells) => $"<row r=\"{line}\">{string.Concat(cells)}</row>";

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in Parts())
            {
                using var part = archive.CreateEntry(name).Open();
                part.Write(Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + text));
            }
        }

        return stream.ToArray();
    }

    private IEnumerable<(string Name, string Text)> Parts()
    {
        yield return ("[Content_Types].xml", $"""
            <Types xmlns="{Package}content-types">
              <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
              <Override PartName="/xl/workbook.xml" ContentType="{TypePrefix}.sheet.main+xml"/>
              <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TypePrefix}.worksheet+xml"/>
              <Override PartName="/xl/styles.xml" ContentType="{TypePrefix}.styles+xml"/>
              <Override PartName="/xl/sharedStrings.xml" ContentType="{TypePrefix}.sharedStrings+xml"/>
            </Types>
            """);
        yield return ("_rels/.rels", Relations("officeDocument", "xl/workbook.xml"));
        yield return ("xl/_rels/workbook.xml.rels", Relations(
            "worksheet", "worksheets/sheet1.xml", "styles", "styles.xml", "sharedStrings", "sharedStrings.xml"));
        yield return ("xl/workbook.xml", $"""
            <workbook xmlns="{Main}" xmlns:r="{Office}">
              <workbookPr date1904="{(CountsFrom1904 ? 1 : 0)}"/>
              <sheets><sheet name="表" sheetId="1" r:id="r0"/></sheets>
            </workbook>
            """);
        yield return ("xl/styles.xml", Styles());
        yield return ("xl/sharedStrings.xml", $"<sst xmlns=\"{Main}\">{Strings}</sst>");
        yield return (
            "xl/worksheets/sheet1.xml", $"<worksheet xmlns=\"{Main}\"><sheetData>{Rows}</sheetData></worksheet>");
    }

    private string Styles()
    {
        var custom = new StringBuilder();
        var cells = new StringBuilder();
        foreach (var (i, format) in Formats.Index())
        {
            var id = int.TryParse(format, out var known) ? known : 200 + i;
            custom.Append(known == id ? "" : $"<numFmt numFmtId=\"{id}\" formatCode=\"{Escape(format)}\"/>");
            cells.Append($"<xf numFmtId=\"{id}\"/>");
        }

        return $"<styleSheet xmlns=\"{Main}\"><numFmts>{custom}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>";
    }

    private static string Relations(params string[] pairs) =>
        $"<Relationships xmlns=\"{Package}relationships\">"
        + string.Concat(pairs.Chunk(2).Select((pair, i) =>
            $"<Relationship Id=\"r{i}\" Type=\"{Office}/{pair[0]}\" Target=\"{pair[1]}\"/>"))
        + "</Relationships>";

    private static string Escape(string text) =>
        text.Replace("&", "&amp;").Replace("\"", "&quot;").Replace("<", "&lt;");
}
