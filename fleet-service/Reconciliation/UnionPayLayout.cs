namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// The merchant's daily transaction detail of UnionPay as CSV. Fields and their words are those of the platform's file
/// interface (全渠道平台接入接口规范 第3部分 文件接口: 商户一般交易明细流水文件 ZM); that file itself has fixed widths and
/// no year, and merchants get it as CSV from portal or acquirer, whose column names vary: therefore every name is a
/// setting, and several names are parted by a bar. The bill's day is the settlement day, which ends at 23:00. The
/// amount is the order's: discounts funded by UnionPay are in it, the merchant's own never reach UnionPay. Section
/// <c>Reconciliation:UnionPay</c>; immutable.
/// </summary>
internal sealed record UnionPayLayout
{
    /// <summary>When it was paid or given back, Beijing time.</summary>
    public string Time { get; init; } = "交易时间";

    /// <summary>The day it is settled on; when the bill has no such column, the day of <see cref="Time"/>.</summary>
    public string SettlementDay { get; init; } = "清算日期";

    /// <summary>
    /// UnionPay's number of the line's own transaction (queryId), or the acquirer's reference number.
    /// </summary>
    public string Transaction { get; init; } = "查询流水号|检索参考号|系统参考号";

    /// <summary>Of a refund: the number of the payment it gives back (origQryId).</summary>
    public string OriginalTransaction { get; init; } = "原交易查询流水号|原交易流水号";

    /// <summary>The merchant's number of the order (orderId).</summary>
    public string MerchantOrder { get; init; } = "商户订单号|订单号";

    /// <summary>What the line is (txnType).</summary>
    public string Kind { get; init; } = "交易类型";

    /// <summary>The amount (txnAmt).</summary>
    public string Amount { get; init; } = "交易金额";

    /// <summary>The currency, where the bill names one: CNY or 156.</summary>
    public string Currency { get; init; } = "交易币种|币种";

    /// <summary>The card, masked.</summary>
    public string Account { get; init; } = "账号|卡号";

    /// <summary>The merchant's number (merId), where the bill has it.</summary>
    public string Merchant { get; init; } = "商户代码|商户号|商户编号";

    /// <summary>The terminal (termId).</summary>
    public string Terminal { get; init; } = "终端号";

    /// <summary>Words and codes of payments in <see cref="Kind"/>.</summary>
    public string Payments { get; init; } = "消费|01";

    /// <summary>Words and codes of refunds and cancellations. Their amounts may have a minus sign or none.</summary>
    public string Refunds { get; init; } = "退货|退款|消费撤销|04|31";

    /// <summary>Forms of a time.</summary>
    public string TimeFormats { get; init; } = "yyyy-MM-dd HH:mm:ss|yyyyMMddHHmmss";

    /// <summary>Forms of a day.</summary>
    public string DayFormats { get; init; } = "yyyy-MM-dd|yyyyMMdd";

    /// <summary>Whether amounts are whole fen, as in the platform's own file, and not yuan. Default false.</summary>
    public bool AmountInFen { get; init; }

    /// <summary>The first name of each column in the order in which a bill of ours is written.</summary>
    public IReadOnlyList<string> Columns() =>
    [
        First(SettlementDay), First(Time), First(Merchant), First(Terminal), First(MerchantOrder), First(Transaction),
        First(Kind), First(Amount), First(Currency), "商户手续费", "结算金额", First(OriginalTransaction), First(Account),
    ];

    /// <summary>The names of a column.</summary>
    public static string[] Names(string setting) =>
        setting.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string First(string setting) => Names(setting)[0];
}
