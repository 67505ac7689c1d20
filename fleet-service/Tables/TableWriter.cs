using System.Text;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace KioskFleet.Service.Tables;

/// <summary>
/// Writes a table for people: CSV in UTF-8 with a byte order mark, or xlsx with text cells only. Pure.
/// </summary>
internal static class TableWriter
{
    /// <summary>The content type of CSV.</summary>
    public const string CsvType = "text/csv; charset=utf-8";

    /// <summary>The content type of xlsx.</summary>
    public const string XlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>
    /// Writes CSV by RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front, which
    /// <see cref="TableFile"/> takes off again.
    /// </summary>
    public static byte[] Csv(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder("\uFEFF");
        foreach (var row in rows.Prepend(columns))
        {
            text.AppendJoin(',', row.Select(field => Quoted(FormulaGuard.Put(field)))).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Writes one sheet; every cell is a text, so nothing in it is ever calculated.</summary>
    public static byte[] Xlsx(string sheetName, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        using var stream = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(stream, SpreadsheetDocumentType.Workbook))
        {
            var workbook = document.AddWorkbookPart();
            var sheet = workbook.AddNewPart<WorksheetPart>();
            using (var writer = OpenXmlWriter.Create(sheet))
            {
                writer.WriteStartElement(new Worksheet());
                writer.WriteStartElement(new SheetData());
                foreach (var row in rows.Prepend(columns))
                {
                    writer.WriteStartElement(new Row());
                    foreach (var field in row)
                    {
                        writer.WriteElement(new Cell
                        {
                            DataType = CellValues.InlineString,
                            InlineString = new InlineString(
                                new Text(Writable(field)) { Space = SpaceProcessingModeValues.Preserve }),
                        });
                    }

                    writer.WriteEndElement();
                }

                writer.WriteEndElement();
                writer.WriteEndElement();
            }

            workbook.Workbook = new Workbook(new Sheets(new Sheet
            {
                Id = workbook.GetIdOfPart(sheet),
                SheetId = 1,
                Name = sheetName,
            }));
        }

        return stream.ToArray();
    }

    /// <summary>XML has no way to write some characters at all, such as half of a pair.</summary>
    private static string Writable(string field)
    {
        var text = new StringBuilder(field);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(text[i]))
            {
                text[i] = TableEncoding.Unreadable;
            }
        }

        return text.ToString();
    }

    private static string Quoted(string field) => field.AsSpan().IndexOfAny("\",\r\n") < 0 && field == field.Trim()
        ? field
        : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
