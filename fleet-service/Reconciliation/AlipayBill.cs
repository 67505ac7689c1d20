using System.Globalization;
using System.Text.RegularExpressions;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Reads Alipay's business detail; see <see cref="AlipayLayout"/>. The amount is 商家实收: with what Alipay and others
/// fund and without the merchant's own discounts. Pure.
/// </summary>
internal static partial class AlipayBill
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd HH:mm:ss"];

    private static readonly string[][] Required =
    [
        [AlipayLayout.Transaction], [AlipayLayout.MerchantOrder], [AlipayLayout.Kind], [AlipayLayout.FinishedAt],
        [AlipayLayout.Payer], [AlipayLayout.Received], [AlipayLayout.RefundRequest],
    ];

    /// <summary>Reads the lines of a file.</summary>
    public static BillReading Read(string[] lines, string encoding, BillDay day)
    {
        var header = BillFile.FindHeader(
            lines, line => line.TrimStart('"').StartsWith(AlipayLayout.Transaction, StringComparison.Ordinal));
        if (header < 0)
        {
            return BillFile.NotThisLayout(lines);
        }

        var end = Array.FindIndex(lines, header + 1, line => line.StartsWith(AlipayLayout.Remark));
        end = end < 0 ? lines.Length : end;
        var columns = lines[header].Split(',').Length;
        var text = string.Join('\n', lines[(header + 1)..end].Select(line => Csv(line, columns)).Prepend(
            lines[header].Replace('(', '（').Replace(')', '）')));
        return BillBody.Read(
            new BillSection(text, header, encoding), Required, day, ReadRow,
            _ => new BillEnd((true, true), SummaryState.Absent, Stated(lines[end..]), Account(lines[..header])));
    }

    /// <summary>Nothing in the file is quoted: a quotation mark inside a field stands for itself.</summary>
    private static string Csv(string line, int columns) =>
        line.Contains('"', StringComparison.Ordinal) && line.Split(',') is var fields && fields.Length == columns
        && !fields.Any(f => f.TrimStart().StartsWith('"'))
            ? BillFile.Quoted(fields)
            : line;

    private static RowReading ReadRow(BillFields fields)
    {
        var word = fields.Text(AlipayLayout.Kind);
        if (word is not AlipayLayout.Payment and not AlipayLayout.Refund)
        {
            return new RowReading.Refused(BillRefusal.UnknownKind, word);
        }

        var kind = word == AlipayLayout.Refund ? BillKind.Refund : BillKind.Payment;
        var signed = fields.Amount(false, AlipayLayout.Received);
        if ((kind == BillKind.Refund ? -signed : signed) is not (>= 0 and var amount))
        {
            return new RowReading.Refused(BillRefusal.BadAmount, fields.Text(AlipayLayout.Received));
        }

        if (amount == 0)
        {
            return new RowReading.Nothing(kind, 0);
        }

        if (fields.Number(AlipayLayout.Transaction) is not { } transaction)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(AlipayLayout.Transaction));
        }

        if (fields.Number(AlipayLayout.MerchantOrder) is not { } order)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(AlipayLayout.MerchantOrder));
        }

        if (fields.Number(AlipayLayout.RefundRequest) is not { } request)
        {
            return new RowReading.Refused(BillRefusal.BadNumber, fields.Text(AlipayLayout.RefundRequest));
        }

        if (fields.Time(TimeFormats, AlipayLayout.FinishedAt) is not { } time)
        {
            return new RowReading.Refused(BillRefusal.BadTime, fields.Text(AlipayLayout.FinishedAt));
        }

        if (transaction.Length == 0)
        {
            return new RowReading.Refused(BillRefusal.MissingNumber, AlipayLayout.Transaction);
        }

        // A refund without a number of its own is told from others of its payment by its time.
        var refund = kind == BillKind.Payment ? "" : request.Length > 0 ? request : $"at:{time}";
        return new RowReading.Money(new BillRow(
            fields.Line, kind,
            new BillNumbers(transaction, refund, order, kind == BillKind.Payment ? "" : request),
            amount, time, fields.DayOf(time), fields.Text(AlipayLayout.Payer),
            fields.Terminal(AlipayLayout.Terminal, AlipayLayout.Shop)));
    }

    /// <summary>What the remarks behind the data say; null when one of the two sums is missing.</summary>
    private static BillSums? Stated(string[] remarks)
    {
        var payments = remarks.Select(line => PaymentsSum().Match(line)).FirstOrDefault(m => m.Success);
        var refunds = remarks.Select(line => RefundsSum().Match(line)).FirstOrDefault(m => m.Success);
        return payments is null || refunds is null
            ? null
            : new BillSums(null, Count(payments), Fen(payments), Count(refunds), -Fen(refunds));
    }

    private static long Count(Match match) =>
        long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : -1;

    // What cannot be read differs from every sum, in either sign.
    private static long Fen(Match match) => BillFields.Fen(match.Groups[2].Value) ?? long.MaxValue;

    /// <summary>The merchant's account that the remarks in front of the data name; empty when they name none.</summary>
    private static string Account(string[] remarks) =>
        remarks.Select(line => AccountOf().Match(line)).FirstOrDefault(m => m.Success)?.Groups[1].Value ?? "";

    [GeneratedRegex(@"^#账号：\[([0-9]{1,32})\]")]
    private static partial Regex AccountOf();

    [GeneratedRegex("^#交易合计：([0-9]+)笔，商家实收共(-?[0-9.,]+)元")]
    private static partial Regex PaymentsSum();

    [GeneratedRegex("^#退款合计：([0-9]+)笔，商家实收退款共(-?[0-9.,]+)元")]
    private static partial Regex RefundsSum();
}
