using System.Globalization;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Reads WeChat Pay's trade bill; see <see cref="WeChatLayout"/>. The paid amount is 应结订单金额, the refunded one
/// 退款金额: both with coupons funded by others and without those that the merchant funds. Pure.
/// </summary>
internal static class WeChatBill
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd HH:mm:ss"];

    private static readonly string[][] Required =
    [
        [WeChatLayout.Time], [WeChatLayout.Transaction], [WeChatLayout.MerchantOrder], [WeChatLayout.Payer],
        [WeChatLayout.State], [WeChatLayout.Currency], [WeChatLayout.Settled, WeChatLayout.SettledBefore],
    ];

    /// <summary>Reads the lines of a file.</summary>
    public static BillReading Read(string[] lines, string encoding, BillDay day)
    {
        var header = BillFile.FindHeader(lines, line =>
            line.StartsWith(WeChatLayout.Time, StringComparison.Ordinal)
            && line.Contains(WeChatLayout.Transaction, StringComparison.Ordinal));
        if (header < 0)
        {
            return BillFile.NotThisLayout(lines);
        }

        var end = Array.FindIndex(lines, header + 1, line =>
            line.TrimStart(WeChatLayout.Mark, '"').StartsWith(WeChatLayout.SumRows, StringComparison.Ordinal));
        var columns = lines[header].Split(',').Length;
        var text = string.Join('\n', lines[header..(end < 0 ? lines.Length : end)].Select(l => Csv(l, columns)));
        return BillBody.Read(
            new BillSection(text, header, encoding), Required, day, ReadRow,
            table => new BillEnd(Covers(table), SummaryState.Absent, end < 0 ? null : Stated(lines[end..])));
    }

    /// <summary>
    /// Nothing in the file is quoted, and a product's name may hold commas and quotation marks: what parts two fields
    /// is a comma with the mark of the next field. A line that does not come apart so was saved by a spreadsheet.
    /// </summary>
    private static string Csv(string line, int columns) =>
        line.StartsWith(WeChatLayout.Mark) && line[1..].Split($",{WeChatLayout.Mark}") is var fields
        && fields.Length == columns
            ? BillFile.Quoted(fields)
            : line;

    private static (bool Payments, bool Refunds) Covers(TableReading.Table table) => (
        table.IndexOf(WeChatLayout.RefundAppliedAt) < 0, table.IndexOf(WeChatLayout.RefundAmount) >= 0);

    private static RowReading ReadRow(BillFields fields)
    {
        var state = fields.Text(WeChatLayout.State);
        var isRefund = state is WeChatLayout.Refunded or WeChatLayout.Revoked;
        if (!isRefund && state != WeChatLayout.Paid)
        {
            return new RowReading.Refused(BillRefusal.UnknownKind, state);
        }

        if (fields.Text(WeChatLayout.Currency) is not "CNY" and var currency)
        {
            return new RowReading.Refused(BillRefusal.ForeignCurrency, currency);
        }

        string[] amountColumn = isRefund
            ? [WeChatLayout.RefundAmount]
            : [WeChatLayout.Settled, WeChatLayout.SettledBefore];
        if (fields.Amount(false, amountColumn) is not (>= 0 and var amount))
        {
            return new RowReading.Refused(BillRefusal.BadAmount, fields.Text(amountColumn));
        }

        var kind = isRefund ? BillKind.Refund : BillKind.Payment;
        if (amount == 0 || (isRefund && fields.Text(WeChatLayout.RefundState) == WeChatLayout.RefundFailed))
        {
            return new RowReading.Nothing(kind, amount);
        }

        return ReadMoney(fields, kind, amount);
    }

    private static string MerchantOf(BillFields fields) =>
        fields.Number(WeChatLayout.SubMerchant, WeChatLayout.SubMerchantBefore) is { Length: > 0 } sub
        && sub != WeChatLayout.Nothing
            ? sub
            : fields.Number(WeChatLayout.Merchant) ?? "";

    /// <summary>
    /// The number of a refund; a payment is taken back once and as a whole, so that its own number tells which it is.
    /// </summary>
    private static string? RefundNumber(BillFields fields) => fields.Number(WeChatLayout.Refund) switch
    {
        "" or WeChatLayout.Nothing when fields.Text(WeChatLayout.State) == WeChatLayout.Revoked =>
            WeChatLayout.Revoked,
        WeChatLayout.Nothing => "",
        var number => number,
    };

    private static RowReading ReadMoney(BillFields fields, BillKind kind, long amountFen)
    {
        var isRefund = kind == BillKind.Refund;
        if (fields.Number(WeChatLayout.Transaction) is not { } transaction)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(WeChatLayout.Transaction));
        }

        if ((isRefund ? RefundNumber(fields) : "") is not { } refund)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(WeChatLayout.Refund));
        }

        if (fields.Number(WeChatLayout.MerchantOrder) is not { } order)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(WeChatLayout.MerchantOrder));
        }

        if (transaction.Length == 0 || (isRefund && refund.Length == 0))
        {
            return new RowReading.Refused(
                BillRefusal.MissingNumber, transaction.Length == 0 ? WeChatLayout.Transaction : WeChatLayout.Refund);
        }

        return fields.Time(TimeFormats, WeChatLayout.Time) is not { } time
            ? new RowReading.Refused(BillRefusal.BadTime, fields.Text(WeChatLayout.Time))
            : new RowReading.Money(new BillRow(
                fields.Line, kind,
                new BillNumbers(
                    transaction, refund, order, isRefund ? fields.Number(WeChatLayout.MerchantRefund) ?? "" : ""),
                amountFen, time, fields.DayOf(time), fields.Text(WeChatLayout.Payer),
                fields.Terminal(WeChatLayout.Device)) { Merchant = MerchantOf(fields) });
    }

    /// <summary>What the summary says; what cannot be read in it differs from everything.</summary>
    private static BillSums? Stated(string[] lines)
    {
        var names = BillFile.Fields(lines[0]).Select(Bare).ToList();
        if (lines.Skip(1).FirstOrDefault(l => l.Trim().Length > 0) is not { } line)
        {
            return null;
        }

        var values = BillFile.Fields(line).Select(Bare).ToList();
        var rows = ValueOf(WeChatLayout.SumRows, WeChatLayout.SumRows);
        return new BillSums(
            long.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : -1,
            null,
            Fen(ValueOf(WeChatLayout.SumSettled, WeChatLayout.SumSettledBefore)),
            null,
            Fen(ValueOf(WeChatLayout.SumRefunds, WeChatLayout.SumRefundsBefore)));

        string? ValueOf(string name, string before)
        {
            var at = names.IndexOf(name) is >= 0 and var found ? found : names.IndexOf(before);
            return at < 0 ? null : at < values.Count ? values[at] : "";
        }

        static long? Fen(string? text) => text is null ? null : BillFields.Fen(text) ?? -1;
    }

    private static string Bare(string field) => field.Trim().Trim('"').TrimStart(WeChatLayout.Mark).Trim();
}
