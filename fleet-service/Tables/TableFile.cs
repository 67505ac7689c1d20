using CsvHelper;

namespace KioskFleet.Service.Tables;

/// <summary>
/// Reads an uploaded table: CSV in UTF-8 or GB18030, or the first sheet of an xlsx workbook. Pure: bytes in, rows out;
/// every row that is none is listed with its line and reason.
/// </summary>
internal static class TableFile
{
    private const int MaxShownLength = 80;

    /// <summary>Reads a file.</summary>
    public static TableReading Read(byte[] bytes, TableLimits limits)
    {
        if (bytes.Length > limits.MaxBytes)
        {
            return new TableReading.Unreadable(TableProblem.TooLarge, $"{bytes.Length}");
        }

        if (SheetFile.IsSheet(bytes))
        {
            return SheetFile.Read(bytes, limits);
        }

        return TableEncoding.Decode(bytes) is var (text, encoding)
            ? ReadCsv(text, 0, encoding, limits)
            : new TableReading.Unreadable(TableProblem.UnknownEncoding, "");
    }

    /// <summary>Reads CSV text whose first line is the header.</summary>
    /// <param name="text">The text.</param>
    /// <param name="linesBefore">Lines of the file in front of the text, for line numbers.</param>
    /// <param name="format">How it was decoded.</param>
    /// <param name="limits">The limits.</param>
    public static TableReading ReadCsv(string text, int linesBefore, string format, TableLimits limits)
    {
        var faults = new List<TableFault>();
        using var table = CsvReader.FromText(text, new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Skip,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            OnMalformedRecord = malformed => faults.Add(new TableFault(
                linesBefore + (int)malformed.LineNumber,
                malformed.Reason == CsvMalformedReason.FieldCountMismatch
                    ? TableFaultKind.WrongFieldCount
                    : TableFaultKind.BadQuoting,
                Shortened(malformed.RawRecord))),
        });
        table.ReadHeader();
        string[] columns = [.. table.Headers.Select(c => c.Trim().ToLowerInvariant())];
        if (CheckHeader(columns, limits) is { } problem)
        {
            return problem;
        }

        var rows = new List<TableRow>();
        while (table.Read())
        {
            if (rows.Count + faults.Count >= limits.MaxRows)
            {
                return new TableReading.Unreadable(TableProblem.TooManyRows, $"> {limits.MaxRows}");
            }

            var fields = new string[columns.Length];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = FormulaGuard.TakeOff(table.GetString(i)).Trim();
            }

            Take(new TableRow(linesBefore + (int)table.LineNumber, fields), limits, rows, faults);
        }

        return new TableReading.Table(columns, rows, [.. faults.OrderBy(f => f.Line)], format);
    }

    /// <summary>What stood in a file, short enough for a report.</summary>
    public static string Shortened(string got) =>
        got.Length > MaxShownLength ? string.Concat(got.AsSpan(0, MaxShownLength), "…") : got;

    /// <summary>Keeps a row, or notes that one of its fields is too long or cannot be read.</summary>
    internal static void Take(TableRow row, TableLimits limits, List<TableRow> rows, List<TableFault> faults)
    {
        if (row.Fields.FirstOrDefault(f => f.Length > limits.MaxFieldLength) is { } field)
        {
            faults.Add(new TableFault(row.Line, TableFaultKind.FieldTooLong, Shortened(field)));
        }
        else if (row.Fields.FirstOrDefault(f => f.Contains(TableEncoding.Unreadable)) is { } unreadable)
        {
            faults.Add(new TableFault(row.Line, TableFaultKind.BadEncoding, Shortened(unreadable)));
        }
        else
        {
            rows.Add(row);
        }
    }

    /// <summary>What is wrong with a header, or null.</summary>
    internal static TableReading.Unreadable? CheckHeader(string[] columns, TableLimits limits)
    {
        if (columns.All(c => c.Length == 0))
        {
            return new TableReading.Unreadable(TableProblem.NoHeader, "");
        }

        if (columns.FirstOrDefault(c => c.Contains(TableEncoding.Unreadable)) is { } unreadable)
        {
            return new TableReading.Unreadable(TableProblem.UnknownEncoding, Shortened(unreadable));
        }

        var missing = limits.Required.Except(columns).ToList();
        if (missing.Count > 0)
        {
            return new TableReading.Unreadable(TableProblem.MissingColumn, string.Join(", ", missing));
        }

        var twice = columns.Where(c => c.Length > 0).GroupBy(c => c).Where(g => g.Count() > 1).Select(g => g.Key)
            .ToList();
        return twice.Count > 0
            ? new TableReading.Unreadable(TableProblem.ColumnTwice, string.Join(", ", twice))
            : null;
    }
}
