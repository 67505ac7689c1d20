namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// The daily trade bill 交易账单 of WeChat Pay, as API v2 and v3 hand it out (pay.weixin.qq.com, 下载交易账单 /
/// 交易账单详细说明): UTF-8 text; a header, one line per payment and per refund, then the header and the line of the
/// summary. Every data field has a backtick in front, nothing is quoted. Bills of type SUCCESS hold payments only and
/// lack the refund columns; bills of type REFUND hold refunds only and have two columns more. Bills from before 2018
/// say 总金额 where later ones say 应结订单金额. Times are Beijing time, amounts yuan.
/// </summary>
internal static class WeChatLayout
{
    /// <summary>In front of every data field.</summary>
    public const char Mark = '`';

    /// <summary>When it was paid, or when the refund was begun.</summary>
    public const string Time = "交易时间";

    /// <summary>The merchant's number (mch_id).</summary>
    public const string Merchant = "商户号";

    /// <summary>Under a service provider the merchant's own number (sub_mch_id), else <see cref="Nothing"/>.</summary>
    public const string SubMerchant = "特约商户号";

    /// <summary>The same before 2018.</summary>
    public const string SubMerchantBefore = "子商户号";

    /// <summary>What stands where a number does not apply.</summary>
    public const string Nothing = "0";

    /// <summary>The device as the merchant named it.</summary>
    public const string Device = "设备号";

    /// <summary>WeChat Pay's number of the payment.</summary>
    public const string Transaction = "微信订单号";

    /// <summary>The merchant's number of the order.</summary>
    public const string MerchantOrder = "商户订单号";

    /// <summary>The payer (openid).</summary>
    public const string Payer = "用户标识";

    /// <summary>What the line is: <see cref="Paid"/>, <see cref="Refunded"/> or <see cref="Revoked"/>.</summary>
    public const string State = "交易状态";

    /// <summary>ISO 4217.</summary>
    public const string Currency = "货币种类";

    /// <summary>
    /// The order less coupons that the merchant funds (免充值券): what was paid, coupons funded by others included.
    /// </summary>
    public const string Settled = "应结订单金额";

    /// <summary>The same before coupons funded by merchants existed.</summary>
    public const string SettledBefore = "总金额";

    /// <summary>WeChat Pay's number of the refund.</summary>
    public const string Refund = "微信退款单号";

    /// <summary>The merchant's number of the refund.</summary>
    public const string MerchantRefund = "商户退款单号";

    /// <summary>What was given back of the settled amount.</summary>
    public const string RefundAmount = "退款金额";

    /// <summary>How far the refund was when the bill was made.</summary>
    public const string RefundState = "退款状态";

    /// <summary>Only bills of type REFUND have it.</summary>
    public const string RefundAppliedAt = "退款申请时间";

    /// <summary>A payment.</summary>
    public const string Paid = "SUCCESS";

    /// <summary>A refund.</summary>
    public const string Refunded = "REFUND";

    /// <summary>
    /// A payment that the merchant took back as a whole (撤销, of payment codes only): money out beside the payment's own
    /// line, under the same order number. It need not have a number of a refund.
    /// </summary>
    public const string Revoked = "REVOKED";

    /// <summary>A refund that did not happen.</summary>
    public const string RefundFailed = "FAIL";

    /// <summary>Number of data lines, in the summary.</summary>
    public const string SumRows = "总交易单数";

    /// <summary>Sum of <see cref="Settled"/>, in the summary.</summary>
    public const string SumSettled = "应结订单总金额";

    /// <summary>The same before 2018.</summary>
    public const string SumSettledBefore = "总交易额";

    /// <summary>Sum of <see cref="RefundAmount"/>, in the summary.</summary>
    public const string SumRefunds = "退款总金额";

    /// <summary>The same before 2018.</summary>
    public const string SumRefundsBefore = "总退款金额";

    /// <summary>The columns of a bill of type ALL, in their order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        Time, "公众账号ID", Merchant, SubMerchant, Device, Transaction, MerchantOrder, Payer, "交易类型", State, "付款银行",
        Currency, Settled, "代金券金额", Refund, MerchantRefund, RefundAmount, "充值券退款金额", "退款类型", RefundState,
        "商品名称", "商户数据包", "手续费", "费率", "订单金额", "申请退款金额", "费率备注",
    ];

    /// <summary>The columns of the summary of a bill of type ALL, in their order.</summary>
    public static IReadOnlyList<string> SummaryColumns { get; } =
        [SumRows, SumSettled, SumRefunds, "充值券退款总金额", "手续费总金额", "订单总金额", "申请退款总金额"];
}

/// <summary>
/// The daily business detail 业务明细 of Alipay (alipay.data.dataservice.bill.downloadurl.query, bill type trade):
/// GB18030 text; lines of remarks that begin with #, the header, the data with tabs behind numbers, then remarks again,
/// among them the sums. Refunds are negative. Times are Beijing time, amounts yuan; a bill is in CNY.
/// </summary>
internal static class AlipayLayout
{
    /// <summary>In front of every line of remarks.</summary>
    public const char Remark = '#';

    /// <summary>Alipay's number of the payment; a refund has the number of the payment it gives back.</summary>
    public const string Transaction = "支付宝交易号";

    /// <summary>The merchant's number of the order.</summary>
    public const string MerchantOrder = "商户订单号";

    /// <summary>What the line is: <see cref="Payment"/> or <see cref="Refund"/>.</summary>
    public const string Kind = "业务类型";

    /// <summary>When it was paid or given back.</summary>
    public const string FinishedAt = "完成时间";

    /// <summary>The merchant's number of the shop.</summary>
    public const string Shop = "门店编号";

    /// <summary>The merchant's number of the terminal.</summary>
    public const string Terminal = "终端号";

    /// <summary>The payer, masked by Alipay.</summary>
    public const string Payer = "对方账户";

    /// <summary>
    /// What the merchant gets: the order less discounts that the merchant funds, what Alipay funds included.
    /// </summary>
    public const string Received = "商家实收（元）";

    /// <summary>The number of the refund.</summary>
    public const string RefundRequest = "退款批次号/请求号";

    /// <summary>A payment.</summary>
    public const string Payment = "交易";

    /// <summary>A refund.</summary>
    public const string Refund = "退款";

    /// <summary>The line in front of the header.</summary>
    public const string Begin =
        "#-----------------------------------------业务明细列表----------------------------------------";

    /// <summary>The line behind the data.</summary>
    public const string End =
        "#-----------------------------------------业务明细列表结束------------------------------------";

    /// <summary>The columns in their order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        Transaction, MerchantOrder, Kind, "商品名称", "创建时间", FinishedAt, Shop, "门店名称", "操作员", Terminal, Payer,
        "订单金额（元）", Received, "支付宝红包（元）", "集分宝（元）", "支付宝优惠（元）", "商家优惠（元）", "券核销金额（元）", "券名称",
        "商家红包消费金额（元）", "卡消费金额（元）", RefundRequest, "服务费（元）", "分润（元）", "备注",
    ];

    /// <summary>The line of the payments' sums. Amounts in yuan.</summary>
    public static string PaymentsSum(int payments, string receivedYuan) =>
        $"#交易合计：{payments}笔，商家实收共{receivedYuan}元，商家优惠共0.00元";

    /// <summary>The line of the refunds' sums. Amounts in yuan, negative.</summary>
    public static string RefundsSum(int refunds, string receivedYuan) =>
        $"#退款合计：{refunds}笔，商家实收退款共{receivedYuan}元，商家优惠退款共0.00元";
}
