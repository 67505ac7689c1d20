using System.Text;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Bills;

/// <summary>
/// Writes the merchant's daily transaction detail of UnionPay as CSV in UTF-8, with the fields of the platform's file
/// interface (商户一般交易明细流水文件). A refund names the number of the payment that it gives back. Pure.
/// </summary>
internal static class UnionPayBill
{
    private const string LineEnd = "\r\n";

    /// <summary>The columns of a line, in their order.</summary>
    public const string Columns =
        "清算日期,交易时间,商户代码,终端号,商户订单号,查询流水号,交易类型,交易金额,交易币种,商户手续费,结算金额,"
        + "原交易查询流水号,账号";

    /// <summary>The file.</summary>
    public static byte[] Write(BillKey key, IReadOnlyList<BillLine> lines) => Encoding.UTF8.GetBytes(string.Concat(
        lines.Select(line => string.Join(',', Fields(key, line))).Prepend(Columns)
            .Select(static line => line + LineEnd)));

    private static string[] Fields(BillKey key, BillLine line)
    {
        var entry = line.Entry;
        var isRefund = entry.Kind == BillEntryKind.Refund;
        var fee = Merchant.FeeFen(entry.AmountFen);
        return
        [
            Merchant.Day(key.Day, "yyyyMMdd"), Merchant.Time(entry.AtUtc),
            Merchant.Number(key.OperatorId, "898", 15), line.Cabinet.Value, entry.MerchantOrderNumber,
            isRefund ? entry.RefundNumber : entry.TransactionNumber, isRefund ? "退货" : "消费",
            Merchant.Yuan(entry.AmountFen), "CNY", Merchant.Yuan(isRefund ? -fee : fee),
            Merchant.Yuan(isRefund ? fee - entry.AmountFen : entry.AmountFen - fee),
            isRefund ? entry.TransactionNumber : "", entry.Buyer,
        ];
    }
}
