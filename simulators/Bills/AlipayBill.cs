using System.Text;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Bills;

/// <summary>
/// Writes the daily business detail 业务明细 of Alipay as its published layout says: GB18030; remarks that begin with #
/// before and behind the data, the sums among them; tabs behind numbers; refunds negative. Pure.
/// </summary>
internal static class AlipayBill
{
    private const string LineEnd = "\r\n";
    private const string Begin =
        "#-----------------------------------------业务明细列表----------------------------------------";

    private const string End =
        "#-----------------------------------------业务明细列表结束------------------------------------";

    /// <summary>The columns of a line, in their order.</summary>
    public const string Columns =
        "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
        + "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
        + "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>The file.</summary>
    public static byte[] Write(BillKey key, IReadOnlyList<BillLine> lines)
    {
        var (from, to) = (Merchant.Day(key.Day, "yyyy年MM月dd日"), Merchant.Day(key.Day.AddDays(1), "yyyy年MM月dd日"));
        List<string> file =
        [
            "#支付宝业务明细查询",
            $"#账号：[{Merchant.Number(key.OperatorId, "2088", 16)}0156]",
            $"#起始日期：[{from} 00:00:00]   终止日期：[{to} 00:00:00]",
            Begin,
            Columns,
            .. lines.Select(static line => string.Join(',', Fields(line))),
            End,
            Sum(lines, BillEntryKind.Payment, "#交易合计", "商家实收共", "商家优惠共"),
            Sum(lines, BillEntryKind.Refund, "#退款合计", "商家实收退款共", "商家优惠退款共"),
            $"#导出时间：[{to} 05:00:00]",
        ];
        return Gb18030.GetBytes(string.Concat(file.Select(static line => line + LineEnd)));
    }

    private static string[] Fields(BillLine line)
    {
        var entry = line.Entry;
        var isRefund = entry.Kind == BillEntryKind.Refund;
        var sign = isRefund ? -1 : 1;
        var time = Merchant.Time(entry.AtUtc);
        return
        [
            $"{entry.TransactionNumber}\t", $"{entry.MerchantOrderNumber}\t", isRefund ? "退款" : "交易", entry.Goods,
            time, time, "", "", "", $"{line.Cabinet}\t", entry.Buyer,
            Merchant.Yuan(sign * entry.AmountFen), Merchant.Yuan(sign * entry.AmountFen), "0.00", "0.00", "0.00",
            "0.00", "0.00", "", "0.00", "0.00", isRefund ? $"{entry.RefundNumber}\t" : "",
            Merchant.Yuan(-sign * Merchant.FeeFen(entry.AmountFen)), "0.00", "",
        ];
    }

    private static string Sum(
        IReadOnlyList<BillLine> lines, BillEntryKind kind, string name, string received, string discounts)
    {
        var own = lines.Where(line => line.Entry.Kind == kind).ToList();
        var fen = own.Sum(static line => line.Entry.AmountFen);
        var yuan = Merchant.Yuan(kind == BillEntryKind.Refund ? -fen : fen);
        return $"{name}：{own.Count}笔，{received}{yuan}元，{discounts}0.00元";
    }
}
