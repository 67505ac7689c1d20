using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>Workbooks as a spreadsheet program writes them.</summary>
internal static class Sheets
{
    /// <summary>One sheet of text cells; a text that begins with an equals sign becomes a formula.</summary>
    public static byte[] WithFormula(params string[][] rows)
    {
        using var stream = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(stream, SpreadsheetDocumentType.Workbook))
        {
            var workbook = document.AddWorkbookPart();
            var sheet = workbook.AddNewPart<WorksheetPart>();
            sheet.Worksheet = new Worksheet(new SheetData(rows.Select(row => new Row(row.Select(Cell)))));
            workbook.Workbook = new Workbook(new DocumentFormat.OpenXml.Spreadsheet.Sheets(
                new Sheet { Id = workbook.GetIdOfPart(sheet), SheetId = 1, Name = "报表" }));
        }

        return stream.ToArray();
    }

    private static OpenXmlElement Cell(string text) => text.StartsWith('=')
        ? new Cell { CellFormula = new CellFormula(text[1..]), CellValue = new CellValue("2") }
        : new Cell { DataType = CellValues.InlineString, InlineString = new InlineString(new Text(text)) };
}
