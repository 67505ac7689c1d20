using System.Text;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Bills;

/// <summary>
/// Writes the daily trade bill 交易账单 of WeChat Pay, type ALL, as its published layout says: UTF-8 with a byte order
/// mark; a backtick in front of every data field, nothing quoted; the summary in the last two lines. Pure.
/// </summary>
internal static class WeChatBill
{
    private const string LineEnd = "\r\n";

    /// <summary>The columns of a line, in their order.</summary>
    public const string Columns =
        "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
        + "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
        + "手续费,费率,订单金额,申请退款金额,费率备注";

    /// <summary>The columns of the summary, in their order.</summary>
    public const string SummaryColumns =
        "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";

    /// <summary>The file.</summary>
    public static byte[] Write(BillKey key, IReadOnlyList<BillLine> lines)
    {
        var text = new StringBuilder("\uFEFF").Append(Columns).Append(LineEnd);
        foreach (var line in lines)
        {
            text.Append(Marked(Fields(key, line))).Append(LineEnd);
        }

        var paid = lines.Where(static line => line.Entry.Kind == BillEntryKind.Payment)
            .Sum(static line => line.Entry.AmountFen);
        var refunded = lines.Sum(static line => line.Entry.AmountFen) - paid;
        var fees = lines.Sum(static line => SignedFee(line.Entry));
        string[] summary =
        [
            $"{lines.Count}", Merchant.Yuan(paid), Merchant.Yuan(refunded), "0.00", Fee(fees), Merchant.Yuan(paid),
            Merchant.Yuan(refunded),
        ];
        text.Append(SummaryColumns).Append(LineEnd).Append(Marked(summary)).Append(LineEnd);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string[] Fields(BillKey key, BillLine line)
    {
        var entry = line.Entry;
        var isRefund = entry.Kind == BillEntryKind.Refund;
        var (paid, refunded) = isRefund ? (0L, entry.AmountFen) : (entry.AmountFen, 0L);
        return
        [
            Merchant.Time(entry.AtUtc), $"wx{Merchant.Number(key.OperatorId, "8", 16)}",
            Merchant.Number(key.OperatorId, "16", 10), "0", line.Cabinet.Value, entry.TransactionNumber,
            entry.MerchantOrderNumber, entry.Buyer, "NATIVE", isRefund ? "REFUND" : "SUCCESS", "OTHERS", "CNY",
            Merchant.Yuan(paid), "0.00", isRefund ? entry.RefundNumber : "0",
            isRefund ? entry.MerchantRefundNumber : "0", Merchant.Yuan(refunded), "0.00",
            isRefund ? "ORIGINAL" : "", isRefund ? "SUCCESS" : "", entry.Goods, "", Fee(SignedFee(entry)),
            Merchant.FeeRate, Merchant.Yuan(paid), Merchant.Yuan(refunded), "",
        ];
    }

    private static long SignedFee(BillEntry entry) =>
        entry.Kind == BillEntryKind.Refund ? -Merchant.FeeFen(entry.AmountFen) : Merchant.FeeFen(entry.AmountFen);

    /// <summary>Fees are written with five decimals.</summary>
    private static string Fee(long fen) => $"{new Money(fen)}000";

    private static string Marked(IEnumerable<string> fields) => string.Join(',', fields.Select(field => $"`{field}"));
}
