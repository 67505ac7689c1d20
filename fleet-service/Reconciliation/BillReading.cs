using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Reconciliation;

/// <summary>What a line of a bill is. The words are stored.</summary>
internal enum BillKind
{
    /// <summary>Money from a customer.</summary>
    Payment,

    /// <summary>Money given back to one.</summary>
    Refund,
}

/// <summary>The numbers by which a line is known. Texts that do not apply are empty.</summary>
/// <param name="Transaction">
/// The provider's number of the payment, of a refund too; a line without one has
/// <see cref="BillNumbers.WithoutNumber"/>.
/// </param>
/// <param name="Refund">The provider's number of the refund.</param>
/// <param name="MerchantOrder">The merchant's number of the order.</param>
/// <param name="MerchantRefund">The merchant's number of the refund.</param>
internal sealed record BillNumbers(string Transaction, string Refund, string MerchantOrder, string MerchantRefund)
{
    private const string OrderOnly = "order:";

    /// <summary>
    /// What stands for the provider's number where a bill has none. No number can look so, and an order number is
    /// unique for its merchant only.
    /// </summary>
    public static string WithoutNumber(string operatorId, string merchantOrder) =>
        $"{OrderOnly}{operatorId}/{merchantOrder}";

    /// <summary>True when this is a provider's own number.</summary>
    public static bool IsNumber(string transaction) =>
        transaction.Length > 0 && !transaction.StartsWith(OrderOnly, StringComparison.Ordinal);
}

/// <summary>A payment or refund as a bill states it.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Numbers">Its numbers.</param>
/// <param name="AmountFen">Positive, in fen.</param>
/// <param name="AtUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="Day">The bill's day it belongs to.</param>
/// <param name="Payer">The provider's name for the payer; never stored, shown or logged.</param>
/// <param name="Terminal">The merchant's name of the device or shop, or empty.</param>
internal sealed record BillRow(
    int Line, BillKind Kind, BillNumbers Numbers, long AmountFen, long AtUtcMs, DateOnly Day, string Payer,
    string Terminal)
{
    /// <summary>The provider's number of the merchant, or empty where the bill does not name it.</summary>
    public string Merchant { get; init; } = "";
}

/// <summary>Why a row of a bill is refused. Each has a text in both languages in the resource files.</summary>
internal enum BillRefusal
{
    /// <summary>A number is missing that must be there.</summary>
    MissingNumber,

    /// <summary>A number has characters that no number has, or was damaged by a spreadsheet.</summary>
    BadNumber,

    /// <summary>No amount of yuan with at most two decimals, or of the wrong sign, or impossibly large.</summary>
    BadAmount,

    /// <summary>No time, or of an unknown form.</summary>
    BadTime,

    /// <summary>Not in CNY.</summary>
    ForeignCurrency,

    /// <summary>Neither payment nor refund.</summary>
    UnknownKind,

    /// <summary>Dated outside the bill's day.</summary>
    OutsideBillDay,

    /// <summary>An earlier row of the same file says something else under the same numbers.</summary>
    ContradictsEarlierRow,

    /// <summary>A bill imported before says something else under the same numbers.</summary>
    ContradictsEarlierBill,
}

/// <summary>Where something else was said under the same numbers.</summary>
/// <param name="BillId">The bill, or null for the same file.</param>
/// <param name="Day">Its day, or null for the same file.</param>
/// <param name="Line">Its line.</param>
internal sealed record EarlierLine(long? BillId, DateOnly? Day, int Line);

/// <summary>A row that was not taken.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Reason">Why, as a word.</param>
/// <param name="Got">What stood there, shortened.</param>
/// <param name="Text">Why, for people.</param>
/// <param name="Earlier">What it contradicts, where that is the reason.</param>
internal sealed record RefusedBillRow(int Line, string Reason, string Got, Bilingual Text, EarlierLine? Earlier = null)
{
    /// <summary>A row refused by its content.</summary>
    public static RefusedBillRow Of(int line, BillRefusal reason, string got, EarlierLine? earlier = null) => new(
        line, ReconciliationTexts.Word(reason.ToString()), TableFile.Shortened(got),
        ReconciliationTexts.All[reason.ToString()], earlier);

    /// <summary>A row that is no row of a table.</summary>
    public static RefusedBillRow Of(TableFault fault) => new(
        fault.Line, ReconciliationTexts.Word(fault.Kind.ToString()), fault.Got, TableTexts.Of(fault.Kind));
}

/// <summary>What a bill says of itself, or what was counted. Amounts in fen; refunds positive.</summary>
/// <param name="Rows">All rows, or null where it does not say.</param>
/// <param name="Payments">Payments, likewise.</param>
/// <param name="PaymentsFen">Their sum.</param>
/// <param name="Refunds">Refunds.</param>
/// <param name="RefundsFen">Their sum.</param>
internal sealed record BillSums(long? Rows, long? Payments, long? PaymentsFen, long? Refunds, long? RefundsFen);

/// <summary>How a bill's own summary compares. The words are stored.</summary>
internal enum SummaryState
{
    /// <summary>Bills of this layout have none: nobody can tell whether the file was cut off.</summary>
    None,

    /// <summary>
    /// Bills of this layout have none; who brought it stated rows and sum, and they are what was counted.
    /// </summary>
    Stated,

    /// <summary>What it says is what was counted.</summary>
    Agrees,

    /// <summary>It says something else.</summary>
    Differs,

    /// <summary>There should be one: the file was cut off.</summary>
    Absent,
}

/// <summary>A bill's own summary beside what was counted.</summary>
/// <param name="State">How they compare.</param>
/// <param name="Stated">What it says, or null.</param>
/// <param name="Counted">What was counted.</param>
internal sealed record BillSummary(SummaryState State, BillSums? Stated, BillSums Counted);

/// <summary>Why a whole file is refused. Each has a text in both languages in the resource files.</summary>
internal enum BillProblem
{
    /// <summary>More bytes than the limit.</summary>
    TooLarge,

    /// <summary>Neither UTF-8 nor GB18030.</summary>
    UnknownEncoding,

    /// <summary>A zip archive or a workbook.</summary>
    Archive,

    /// <summary>No header of this provider's bills.</summary>
    NotThisLayout,

    /// <summary>The header lacks a column.</summary>
    MissingColumn,

    /// <summary>The header has a column twice.</summary>
    ColumnTwice,

    /// <summary>More rows than the limit.</summary>
    TooManyRows,

    /// <summary>It has other rows or another sum than who brought it stated.</summary>
    StatedDiffers,

    /// <summary>It names a merchant number that who brought it did not state, or more than the limit.</summary>
    MerchantDiffers,
}

/// <summary>What came of reading a bill. A closed set.</summary>
internal abstract record BillReading
{
    private BillReading()
    {
    }

    /// <summary>The file is a bill; rows that were not taken are listed.</summary>
    /// <param name="Rows">Payments and refunds in file order, each number once.</param>
    /// <param name="Refused">Rows that were not taken.</param>
    /// <param name="Repeated">Rows that say again what an earlier row says.</param>
    /// <param name="Skipped">Rows without money: free orders, refunds that failed.</param>
    /// <param name="Summary">The bill's own summary.</param>
    /// <param name="Covers">Whether bills of this type list payments, and refunds.</param>
    /// <param name="Encoding">How it was decoded.</param>
    internal sealed record Bill(
        IReadOnlyList<BillRow> Rows, IReadOnlyList<RefusedBillRow> Refused, int Repeated, int Skipped,
        BillSummary Summary, (bool Payments, bool Refunds) Covers, string Encoding) : BillReading
    {
        /// <summary>All data rows of the file.</summary>
        public int RowsRead => Rows.Count + Refused.Count + Repeated + Skipped;

        /// <summary>The merchant numbers that it names, sorted; none where it has no row or no such column.</summary>
        public IReadOnlyList<string> Merchants { get; init; } = [];
    }

    /// <summary>The file as a whole is refused; nothing was taken.</summary>
    /// <param name="Problem">Why.</param>
    /// <param name="Got">What was found, shortened.</param>
    internal sealed record Unreadable(BillProblem Problem, string Got) : BillReading;
}
