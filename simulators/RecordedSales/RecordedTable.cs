namespace KioskFleet.Simulators.RecordedSales;

/// <summary>A CSV file with a header, its fields found by column name. For one enumeration; not thread-safe.</summary>
internal sealed class RecordedTable
{
    private readonly IEnumerator<CsvRecord> _records;
    private readonly Dictionary<string, int> _positions;
    private readonly int _fieldCount;

    private RecordedTable(IEnumerator<CsvRecord> records, Dictionary<string, int> positions, int fieldCount)
    {
        _records = records;
        _positions = positions;
        _fieldCount = fieldCount;
    }

    /// <summary>Reads the header and looks for the columns; gives the table, or what is wrong.</summary>
    public static (RecordedTable? Table, string? Problem) Open(
        Stream stream, RecordedEncoding encoding, IEnumerable<string> columns)
    {
        var records = new CsvRecords(RecordedText.Open(stream, encoding)).All().GetEnumerator();
        if (!records.MoveNext())
        {
            return (null, "The file is empty; its first line names the columns.");
        }

        var header = records.Current.Fields.Select(static name => name.Trim()).ToList();
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var column in columns.Distinct(StringComparer.Ordinal))
        {
            positions[column] = header.IndexOf(column);
            if (positions[column] < 0)
            {
                problems.Add($"no column '{column}'");
            }
            else if (header.LastIndexOf(column) != positions[column])
            {
                problems.Add($"column '{column}' twice");
            }
        }

        return problems.Count == 0
            ? (new RecordedTable(records, positions, header.Count), null)
            : (null, $"The header has {string.Join(", ", problems)}; it is: {records.Current.Text}");
    }

    /// <summary>The rows after the header.</summary>
    public IEnumerable<TableRow> Rows()
    {
        while (_records.MoveNext())
        {
            yield return new TableRow(_records.Current, _positions, FaultOf(_records.Current));
        }
    }

    private (RefusalReason, string)? FaultOf(CsvRecord record)
    {
        if (record.Text.Contains(RecordedText.Unreadable, StringComparison.Ordinal))
        {
            return (RefusalReason.UnreadableText, "It holds bytes that are no text in the file's encoding.");
        }

        return record.Fault switch
        {
            RefusalReason.UnclosedQuote => (RefusalReason.UnclosedQuote, "A quoted field is never closed."),
            RefusalReason.StrayQuote => (RefusalReason.StrayQuote, "A quote stands where none can."),
            RefusalReason.TextTooLong =>
                (RefusalReason.TextTooLong, $"It is longer than {CsvRecords.MaxLineChars} characters."),
            _ when record.Fields.Count != _fieldCount => (
                RefusalReason.WrongFieldCount,
                $"It has {record.Fields.Count} fields, the header has {_fieldCount}."),
            _ => null,
        };
    }
}

/// <summary>A row of a table.</summary>
/// <param name="record">The record.</param>
/// <param name="positions">Where each column is.</param>
/// <param name="fault">What is wrong with its form; null when its fields can be read.</param>
internal readonly struct TableRow(
    CsvRecord record, Dictionary<string, int> positions, (RefusalReason Reason, string Detail)? fault)
{
    /// <summary>The line it begins on, from 1.</summary>
    public long Line => record.Line;

    /// <summary>What is wrong with its form; null when its fields can be read.</summary>
    public (RefusalReason Reason, string Detail)? Fault => fault;

    /// <summary>The field of a column, trimmed; only when there is no fault.</summary>
    public string this[string column] => record.Fields[positions[column]].Trim();

    /// <summary>The row as a refused one.</summary>
    public RefusedRow Refuse((RefusalReason Reason, string Detail) why, long? paidFen) => new(
        record.Line, why.Reason, why.Detail, paidFen,
            record.Text[..Math.Min(record.Text.Length, RefusedRow.MaxTextChars)]);
}
