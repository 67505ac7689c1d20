namespace KioskFleet.Service.Tables;

/// <summary>A row of an uploaded table.</summary>
/// <param name="Line">Line of the file, or row of the sheet, on which it begins, from 1.</param>
/// <param name="Fields">One text per column of the header, without blanks around it.</param>
internal sealed record TableRow(int Line, IReadOnlyList<string> Fields);

/// <summary>A row that cannot be read as a row.</summary>
/// <param name="Line">Line of the file, or row of the sheet, from 1.</param>
/// <param name="Kind">Why.</param>
/// <param name="Got">What stood there, shortened.</param>
internal sealed record TableFault(int Line, TableFaultKind Kind, string Got);

/// <summary>Why a row cannot be read. Each has a text in both languages in the resource files.</summary>
internal enum TableFaultKind
{
    /// <summary>The row has more or fewer fields than the header.</summary>
    WrongFieldCount,

    /// <summary>A quotation mark stands where none may stand, or is never closed.</summary>
    BadQuoting,

    /// <summary>A cell holds a formula: what it would show depends on the program that opens it.</summary>
    Formula,

    /// <summary>A cell holds an error of the spreadsheet.</summary>
    CellError,

    /// <summary>A cell holds a number of more digits than a spreadsheet's numbers keep.</summary>
    NumberNotExact,

    /// <summary>A field is longer than any field can be.</summary>
    FieldTooLong,

    /// <summary>A line is in another encoding than the file.</summary>
    BadEncoding,
}

/// <summary>Why a whole file is refused. Each has a text in both languages in the resource files.</summary>
internal enum TableProblem
{
    /// <summary>More bytes than the limit.</summary>
    TooLarge,

    /// <summary>More rows than the limit.</summary>
    TooManyRows,

    /// <summary>
    /// No text, or neither UTF-8 nor GB18030 as far as its characters tell; and no spreadsheet.
    /// </summary>
    UnknownEncoding,

    /// <summary>It begins like a spreadsheet and is none, or unpacks to more than the limit.</summary>
    BrokenSheet,

    /// <summary>There is no header line.</summary>
    NoHeader,

    /// <summary>A required column is missing.</summary>
    MissingColumn,

    /// <summary>A column appears twice.</summary>
    ColumnTwice,
}

/// <summary>What came of reading a table. A closed set.</summary>
internal abstract record TableReading
{
    private TableReading()
    {
    }

    /// <summary>The file is a table; rows that are none are listed.</summary>
    /// <param name="Columns">The header's names, trimmed, lower case.</param>
    /// <param name="Rows">Readable rows in file order.</param>
    /// <param name="Faults">The others in file order.</param>
    /// <param name="Format">How it was read: <c>utf-8</c>, <c>gb18030</c> or <c>xlsx</c>.</param>
    internal sealed record Table(
        IReadOnlyList<string> Columns, IReadOnlyList<TableRow> Rows, IReadOnlyList<TableFault> Faults, string Format)
        : TableReading
    {
        /// <summary>The place of a column, or -1.</summary>
        public int IndexOf(string column)
        {
            for (var i = 0; i < Columns.Count; i++)
            {
                if (Columns[i] == column)
                {
                    return i;
                }
            }

            return -1;
        }

        /// <summary>A row's field by column; empty when there is no such column.</summary>
        public string Field(TableRow row, string column) => IndexOf(column) is >= 0 and var i ? row.Fields[i] : "";
    }

    /// <summary>The file as a whole is refused; nothing was taken.</summary>
    /// <param name="Problem">Why.</param>
    /// <param name="Got">What was found, shortened.</param>
    internal sealed record Unreadable(TableProblem Problem, string Got) : TableReading;
}

/// <summary>The limits of a table. Immutable.</summary>
internal sealed record TableLimits
{
    /// <summary>Largest file, in bytes.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most data rows.</summary>
    public int MaxRows { get; init; } = 200_000;

    /// <summary>Largest sum of what a spreadsheet's parts unpack to, in bytes.</summary>
    public long MaxUnpackedBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>
    /// Most shared strings of a spreadsheet: an empty one takes four bytes of the file, and so packs to nothing.
    /// </summary>
    public int MaxSharedStrings { get; init; } = 1_000_000;

    /// <summary>Longest field, in characters.</summary>
    public int MaxFieldLength { get; init; } = 2_000;

    /// <summary>Columns that must be there, lower case.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];
}
