using System.Text;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Reconciliation;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>A line of a bill as a test means it.</summary>
internal sealed record PaperLine(
    BillKind Kind, string Transaction, string Refund, string Order, long Fen, DateTime At, string Payer = "payer",
    string Terminal = "", string Merchant = "");

/// <summary>Writes bills by the layouts, as the providers would.</summary>
internal static class BillsOnPaper
{
    public static readonly DateOnly Day = new(2020, 9, 1);

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    public static DateTime At(string time, DateOnly? day = null) =>
        (day ?? Day).ToDateTime(TimeOnly.Parse(time));

    public static PaperLine Paid(
        string transaction, long fen, string time = "12:00:00", string order = "", string terminal = "",
        DateOnly? day = null) =>
        new(BillKind.Payment, transaction, "", order, fen, At(time, day), "payer", terminal);

    public static PaperLine GivenBack(
        string transaction, string refund, long fen, string time = "13:00:00", string order = "",
        DateOnly? day = null) =>
        new(BillKind.Refund, transaction, refund, order, fen, At(time, day));

    public static byte[] Write(PaymentMethod provider, params IReadOnlyList<PaperLine> lines) => provider switch
    {
        PaymentMethod.WeChat => Encoding.UTF8.GetBytes(WeChat(lines)),
        PaymentMethod.Alipay => Gb18030.GetBytes(Alipay(lines)),
        _ => Encoding.UTF8.GetBytes(UnionPay(lines)),
    };

    public static string WeChat(IReadOnlyList<PaperLine> lines)
    {
        var (paid, given) = Sums(lines);
        var text = new StringBuilder().AppendJoin(',', WeChatLayout.Columns).Append("\r\n");
        foreach (var line in lines)
        {
            var isPaid = line.Kind == BillKind.Payment;
            text.AppendJoin(',', WeChatLayout.Columns.Select(column => "`" + column switch
            {
                WeChatLayout.Time => $"{line.At:yyyy-MM-dd HH:mm:ss}",
                WeChatLayout.Merchant => line.Merchant,
                WeChatLayout.Device => line.Terminal,
                WeChatLayout.Transaction => line.Transaction,
                WeChatLayout.MerchantOrder => line.Order,
                WeChatLayout.Payer => line.Payer,
                WeChatLayout.State => isPaid ? WeChatLayout.Paid : WeChatLayout.Refunded,
                WeChatLayout.Currency => "CNY",
                WeChatLayout.Settled => Yuan(isPaid ? line.Fen : 0),
                WeChatLayout.Refund => isPaid ? "0" : line.Refund,
                WeChatLayout.MerchantRefund => isPaid ? "0" : $"m{line.Refund}",
                WeChatLayout.RefundAmount => Yuan(isPaid ? 0 : line.Fen),
                WeChatLayout.RefundState => isPaid ? "" : "SUCCESS",
                _ => "",
            })).Append("\r\n");
        }

        return text.AppendJoin(',', WeChatLayout.SummaryColumns).Append("\r\n").AppendJoin(
            ',', new[] { $"{lines.Count}", Yuan(paid), Yuan(given), "0.00", "0.00000", "0.00", "0.00" }
                .Select(v => "`" + v)).Append("\r\n").ToString();
    }

    public static string Alipay(IReadOnlyList<PaperLine> lines)
    {
        var (paid, given) = Sums(lines);
        var text = new StringBuilder("#支付宝业务明细查询\r\n").Append(AlipayLayout.Begin).Append("\r\n")
            .AppendJoin(',', AlipayLayout.Columns).Append("\r\n");
        foreach (var line in lines)
        {
            var isPaid = line.Kind == BillKind.Payment;
            text.AppendJoin(',', AlipayLayout.Columns.Select(column => column switch
            {
                AlipayLayout.Transaction => line.Transaction + "\t",
                AlipayLayout.MerchantOrder => line.Order + "\t",
                AlipayLayout.Kind => (isPaid ? AlipayLayout.Payment : AlipayLayout.Refund) + "\t",
                AlipayLayout.FinishedAt => $"{line.At:yyyy-MM-dd HH:mm:ss}",
                AlipayLayout.Terminal => line.Terminal + "\t",
                AlipayLayout.Payer => line.Payer + "\t",
                AlipayLayout.Received => Yuan(isPaid ? line.Fen : -line.Fen),
                AlipayLayout.RefundRequest => line.Refund + "\t",
                _ => "",
            })).Append("\r\n");
        }

        return text.Append(AlipayLayout.End).Append("\r\n")
            .Append(AlipayLayout.PaymentsSum(lines.Count(l => l.Kind == BillKind.Payment), Yuan(paid))).Append("\r\n")
            .Append(AlipayLayout.RefundsSum(lines.Count(l => l.Kind == BillKind.Refund), Yuan(-given)))
            .Append("\r\n").ToString();
    }

    public static string UnionPay(IReadOnlyList<PaperLine> lines, UnionPayLayout? layout = null)
    {
        layout ??= new UnionPayLayout();
        var columns = layout.Columns();
        var text = new StringBuilder().AppendJoin(',', columns).Append('\n');
        foreach (var line in lines)
        {
            var isPaid = line.Kind == BillKind.Payment;
            text.AppendJoin(',', columns.Select(column =>
                column == columns[0] ? $"{line.At:yyyyMMdd}"
                : column == columns[1] ? $"{line.At:yyyy-MM-dd HH:mm:ss}"
                : column == columns[2] ? line.Merchant
                : column == columns[3] ? line.Terminal
                : column == columns[4] ? line.Order
                : column == columns[5] ? isPaid ? line.Transaction : line.Refund
                : column == columns[6] ? isPaid ? "消费" : "退货"
                : column == columns[7] ? Yuan(line.Fen)
                : column == columns[8] ? "CNY"
                : column == columns[11] ? isPaid ? "" : line.Transaction
                : column == columns[12] ? line.Payer
                : "")).Append('\n');
        }

        return text.ToString();
    }

    private static (long Paid, long Given) Sums(IReadOnlyList<PaperLine> lines) => (
        lines.Where(l => l.Kind == BillKind.Payment).Sum(l => l.Fen),
        lines.Where(l => l.Kind == BillKind.Refund).Sum(l => l.Fen));

    private static string Yuan(long fen) => new Money(fen).ToString();
}
