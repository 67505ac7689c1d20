using System.Globalization;
using System.IO.Compression;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace KioskFleet.Service.Tables;

/// <summary>
/// Reads the first sheet of an xlsx workbook row by row. A cell with a formula or an error refuses its row: what it
/// would show depends on the program that opens it. Dates become yyyy-MM-dd, with a time of day yyyy-MM-ddTHH:mm:ss.
/// </summary>
internal static class SheetFile
{
    private const int MaxColumns = 256;

    /// <summary>True when the bytes begin as every zip archive does.</summary>
    public static bool IsSheet(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PK\x03\x04"u8);

    /// <summary>Reads the sheet.</summary>
    public static TableReading Read(byte[] bytes, TableLimits limits)
    {
        try
        {
            if (UnpackedBytes(bytes, limits.MaxUnpackedBytes) > limits.MaxUnpackedBytes)
            {
                return new TableReading.Unreadable(TableProblem.BrokenSheet, $"> {limits.MaxUnpackedBytes}");
            }

            using var document = SpreadsheetDocument.Open(new MemoryStream(bytes, writable: false), false);
            if (document.WorkbookPart is not { } workbook || FirstSheet(workbook) is not { } sheet)
            {
                return new TableReading.Unreadable(TableProblem.BrokenSheet, "");
            }

            return ReadRows(sheet, new SheetCells(workbook), limits);
        }
        catch (Exception error) when (error is InvalidDataException or FileFormatException or OpenXmlPackageException
            or System.Xml.XmlException or KeyNotFoundException or ArgumentException or InvalidOperationException
            or FormatException or IOException)
        {
            return new TableReading.Unreadable(TableProblem.BrokenSheet, TableFile.Shortened(error.Message));
        }
    }

    private static long UnpackedBytes(byte[] bytes, long enough)
    {
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
        var buffer = new byte[64 * 1024];
        long sum = 0;
        foreach (var part in archive.Entries)
        {
            // Counted and not believed: the stated length may lie.
            using var stream = part.Open();
            int read;
            while (sum <= enough && (read = stream.Read(buffer)) > 0)
            {
                sum += read;
            }
        }

        return sum;
    }

    private static WorksheetPart? FirstSheet(WorkbookPart workbook) =>
        workbook.Workbook?.Sheets?.Elements<Sheet>().FirstOrDefault()?.Id?.Value is { } id
            ? workbook.GetPartById(id) as WorksheetPart
            : null;

    private static TableReading ReadRows(WorksheetPart sheet, SheetCells cells, TableLimits limits)
    {
        string[]? columns = null;
        var (rows, faults) = (new List<TableRow>(), new List<TableFault>());
        using var reader = OpenXmlReader.Create(sheet);
        var line = 0;
        while (reader.Read())
        {
            if (reader.ElementType != typeof(Row) || !reader.IsStartElement)
            {
                continue;
            }

            var row = (Row)reader.LoadCurrentElement()!;
            line = (int?)row.RowIndex?.Value ?? line + 1;
            var (fields, fault) = Fields(row, line, cells);
            if (columns is null)
            {
                columns = [.. fields.Select(f => f.ToLowerInvariant())];
                if (TableFile.CheckHeader(columns, limits) is { } problem)
                {
                    return problem;
                }
            }
            else if (fault is not null)
            {
                faults.Add(fault);
            }
            else if (fields.Any(f => f.Length > 0))
            {
                AddRow(new TableRow(line, fields), columns.Length, limits, (rows, faults));
            }

            if (rows.Count + faults.Count > limits.MaxRows)
            {
                return new TableReading.Unreadable(TableProblem.TooManyRows, $"> {limits.MaxRows}");
            }
        }

        return columns is null
            ? new TableReading.Unreadable(TableProblem.NoHeader, "")
            : new TableReading.Table(columns, rows, faults, "xlsx");
    }

    /// <summary>A sheet leaves empty cells out at a row's end; more cells than the header are a fault.</summary>
    private static void AddRow(
        TableRow row, int columns, TableLimits limits, (List<TableRow> Rows, List<TableFault> Faults) to)
    {
        if (row.Fields.Skip(columns).Any(f => f.Length > 0))
        {
            to.Faults.Add(new TableFault(
                row.Line, TableFaultKind.WrongFieldCount, TableFile.Shortened(string.Join(',', row.Fields))));
            return;
        }

        string[] fields =
            [.. row.Fields.Take(columns), .. Enumerable.Repeat("", Math.Max(0, columns - row.Fields.Count))];
        TableFile.Take(row with { Fields = fields }, limits, to.Rows, to.Faults);
    }

    private static (List<string> Fields, TableFault? Fault) Fields(Row row, int line, SheetCells cells)
    {
        var fields = new List<string>();
        TableFault? fault = null;
        foreach (var cell in row.Elements<Cell>())
        {
            var place = ColumnOf(cell.CellReference?.Value) ?? fields.Count;
            if (place >= MaxColumns)
            {
                break;
            }

            while (fields.Count < place)
            {
                fields.Add("");
            }

            if (cell.CellFormula is not null)
            {
                fault ??= new TableFault(
                    line, TableFaultKind.Formula, TableFile.Shortened("=" + cell.CellFormula.InnerText));
            }
            else if (cell.DataType?.Value == CellValues.Error)
            {
                fault ??= new TableFault(line, TableFaultKind.CellError, TableFile.Shortened(cell.InnerText));
            }

            fields.Add(cells.TextOf(cell).Trim());
        }

        return (fields, fault);
    }

    /// <summary>The column of a reference such as <c>AB12</c>, from 0; null when it has none.</summary>
    private static int? ColumnOf(string? reference)
    {
        var column = 0;
        foreach (var letter in reference ?? "")
        {
            if (!char.IsAsciiLetterUpper(letter) || column > MaxColumns)
            {
                break;
            }

            column = column * 26 + (letter - 'A' + 1);
        }

        return column == 0 ? null : column - 1;
    }

    /// <summary>Turns cells into texts by the workbook's shared strings and number formats.</summary>
    private sealed class SheetCells
    {
        private static readonly System.Buffers.SearchValues<char> DateLetters =
            System.Buffers.SearchValues.Create("yYdD年日");

        private readonly IReadOnlyList<string> _shared;
        private readonly IReadOnlyList<bool> _isDate;

        public SheetCells(WorkbookPart workbook)
        {
            _shared = [.. workbook.SharedStringTablePart?.SharedStringTable?.Elements<SharedStringItem>()
                .Select(item => item.InnerText) ?? []];
            var styles = workbook.WorkbookStylesPart?.Stylesheet;
            var custom = (styles?.NumberingFormats?.Elements<NumberingFormat>() ?? [])
                .Where(f => f.NumberFormatId?.Value is not null)
                .ToDictionary(f => f.NumberFormatId!.Value, f => f.FormatCode?.Value ?? "");
            _isDate = [.. (styles?.CellFormats?.Elements<CellFormat>() ?? [])
                .Select(f => IsDate(f.NumberFormatId?.Value ?? 0, custom))];
        }

        public string TextOf(Cell cell)
        {
            if (cell.DataType?.Value == CellValues.InlineString)
            {
                return cell.InlineString?.InnerText ?? "";
            }

            var text = cell.CellValue?.Text ?? "";
            if (cell.DataType?.Value == CellValues.SharedString)
            {
                return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                    && at < _shared.Count ? _shared[at] : "";
            }

            var style = (int)(cell.StyleIndex?.Value ?? 0);
            return cell.DataType is null && style < _isDate.Count && _isDate[style]
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var serial)
                && serial is >= 1 and < 2_958_466
                    ? DateOf(serial)
                    : text;
        }

        private static string DateOf(double serial)
        {
            var moment = DateTime.FromOADate(serial);
            return moment.ToString(
                moment.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss",
                CultureInfo.InvariantCulture);
        }

        // The built-in formats of dates, the Chinese ones included (ECMA-376 part 1, 18.8.30).
        private static bool IsDate(uint format, Dictionary<uint, string> custom) =>
            format is (>= 14 and <= 22) or (>= 27 and <= 36) or (>= 45 and <= 47) or (>= 50 and <= 58)
            || (custom.TryGetValue(format, out var code) && code.AsSpan().ContainsAny(DateLetters));
    }
}
