using System.Globalization;
using System.IO.Compression;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace KioskFleet.Service.Tables;

/// <summary>
/// Reads the first sheet of an xlsx workbook row by row, without holding more than one row of it. A cell with a formula
/// or an error refuses its row: what it would show depends on the program that opens it; so does a number that is more
/// than a spreadsheet's numbers can hold. Dates become yyyy-MM-dd, with
/// a time of day yyyy-MM-ddTHH:mm:ss.
/// </summary>
internal static class SheetFile
{
    private const int MaxColumns = 256;

    /// <summary>Largest part that is read as a whole: the workbook's list of sheets and its styles, in characters.
    /// </summary>
    private const long MaxPartCharacters = 8 * 1024 * 1024;

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

            using var document = SpreadsheetDocument.Open(
                new MemoryStream(bytes, writable: false),
                false,
                new OpenSettings { MaxCharactersInPart = MaxPartCharacters });
            if (document.WorkbookPart is not { } workbook || FirstSheet(workbook) is not { } sheet)
            {
                return new TableReading.Unreadable(TableProblem.BrokenSheet, "");
            }

            var cells = new SheetCells(workbook, limits.MaxSharedStrings);
            using var xml = SheetXml.Open(sheet);
            return ReadRows(xml, cells, limits);
        }
        catch (Exception error) when (error is InvalidDataException or FileFormatException or OpenXmlPackageException
            or XmlException or KeyNotFoundException or ArgumentException or InvalidOperationException
            or FormatException or OverflowException or IOException)
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

    private static TableReading ReadRows(XmlReader xml, SheetCells cells, TableLimits limits)
    {
        string[]? columns = null;
        var (rows, faults) = (new List<TableRow>(), new List<TableFault>());
        var line = 0;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "row")
            {
                continue;
            }

            line = NumberOf(xml, line);
            var (fields, fault) = Fields(xml, line, cells);
            if (columns is null)
            {
                columns = [.. fields.Select(f => f.ToLowerInvariant())];
                if ((fault is null ? TableFile.CheckHeader(columns, limits) : NoHeader(fault.Got)) is { } problem)
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

        return columns is null ? NoHeader("") : new TableReading.Table(columns, rows, faults, "xlsx");
    }

    /// <summary>The row's number. Two rows of one number would be one line of the report.</summary>
    private static int NumberOf(XmlReader row, int lastLine)
    {
        var line = row.GetAttribute("r") is { } stated
            ? int.Parse(stated, NumberStyles.None, CultureInfo.InvariantCulture)
            : lastLine + 1;
        return line > lastLine
            ? line
            : throw new InvalidDataException($"Row {line} follows row {lastLine}.");
    }

    private static TableReading.Unreadable NoHeader(string got) => new(TableProblem.NoHeader, got);

    /// <summary>A sheet leaves empty cells out at a row's end; more cells than the header are a fault.</summary>
    private static void AddRow(
        TableRow row, int columns, TableLimits limits, (List<TableRow> Rows, List<TableFault> Faults) to)
    {
        if (row.Fields.Skip(columns).Any(f => f.Length > 0))
        {
            to.Faults.Add(WrongFieldCount(row.Line, row.Fields));
            return;
        }

        string[] fields =
            [.. row.Fields.Take(columns), .. Enumerable.Repeat("", Math.Max(0, columns - row.Fields.Count))];
        TableFile.Take(row with { Fields = fields }, limits, to.Rows, to.Faults);
    }

    private static TableFault WrongFieldCount(int line, IEnumerable<string> fields) =>
        new(line, TableFaultKind.WrongFieldCount, TableFile.Shortened(string.Join(',', fields)));

    private static (List<string> Fields, TableFault? Fault) Fields(XmlReader xml, int line, SheetCells cells)
    {
        var fields = new List<string>();
        TableFault? fault = null;
        foreach (var cell in SheetXml.Cells(xml))
        {
            var kept = cells.TextOf(cell);
            var text = (kept ?? cell.Value).Trim();
            var place = ColumnOf(cell.Reference) ?? fields.Count;
            if (place < fields.Count)
            {
                throw new InvalidDataException($"Row {line} names a column twice or in the wrong order.");
            }

            if (cell.Formula is { } formula)
            {
                fault ??= new TableFault(line, TableFaultKind.Formula, TableFile.Shortened("=" + formula));
            }
            else if (cell.Type == "e")
            {
                fault ??= new TableFault(line, TableFaultKind.CellError, TableFile.Shortened(text));
            }
            else if (kept is null)
            {
                fault ??= new TableFault(line, TableFaultKind.NumberNotExact, TableFile.Shortened(text));
            }

            if (place >= MaxColumns)
            {
                fault ??= text.Length > 0 ? WrongFieldCount(line, fields.Append(text)) : null;
                continue;
            }

            fields.AddRange(Enumerable.Repeat("", place - fields.Count));
            fields.Add(text);
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
}
