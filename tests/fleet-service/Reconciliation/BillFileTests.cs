using System.Text;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Places;
using KioskFleet.Service.Reconciliation;
using KioskFleet.TestKit;
using Xunit;
using static KioskFleet.Service.Tests.Reconciliation.BillsOnPaper;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>Readers of the published layouts, on sample bills of our own making.</summary>
[RunsOnce]
public sealed class BillFileTests
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    [Fact]
    public void A_bill_of_WeChat_Pay_is_read_to_the_fen_with_commas_and_quotation_marks_in_names()
    {
        var bill = Read(Golden("wechat-all.csv"), PaymentMethod.WeChat);
        Assert.Equal(
            [
                "2|Payment|4200000700202009010000000001||M1||1230|2020-08-31T16:00:03|oAbc1|KF000001",
                "3|Payment|4200000700202009010000000002||M2||800|2020-09-01T02:15:00|oAbc2|KF000001",
                "4|Refund|4200000700202009010000000002|50300005202009010000000001|M2|R2|350|2020-09-01T03:00:00|oAbc2"
                + "|KF000001",
                "6|Payment|4200000700202009010000000004||M4||10000|2020-09-01T15:59:59|oAbc1|",
            ],
            bill.Rows.Select(Text));
        Assert.Empty(bill.Refused);
        Assert.Equal((5, 1, SummaryState.Agrees), (bill.RowsRead, bill.Skipped, bill.Summary.State));
        Assert.Equal((true, true), bill.Covers);
    }

    [Fact]
    public void A_bill_of_Alipay_is_read_from_GB18030_with_remarks_tabs_and_negative_refunds()
    {
        var bill = Read(Golden("alipay-detail.csv"), PaymentMethod.Alipay);
        Assert.Equal(
            [
                "6|Payment|2020090122001400000000000001||A1||1230|2020-09-01T00:00:05|*杨(137****2600)|KF000002",
                "7|Payment|2020090122001400000000000002||A2||1800|2020-09-01T00:10:05|*李(138****0000)|S1",
                "8|Refund|2020090122001400000000000002|RF1|A2|RF1|450|2020-09-01T01:00:00|*李(138****0000)|S1",
                "9|Refund|2020090122001400000000000002|at:1598923800000|A2||100|2020-09-01T01:30:00|*李(138****0000)|S1",
            ],
            bill.Rows.Select(Text));
        Assert.Equal((0, SummaryState.Agrees, "gb18030"), (bill.Refused.Count, bill.Summary.State, bill.Encoding));
    }

    [Fact]
    public void A_bill_of_UnionPay_belongs_to_its_settlement_day_and_may_lack_a_number()
    {
        var bill = Read(Golden("unionpay-detail.csv"), PaymentMethod.UnionPay);
        Assert.Equal(
            [
                "2|Payment|202008312310001234567||U1||500|2020-08-31T15:10:00|622588******7890|KF000003",
                "3|Payment|202009010900001234567||U2||750|2020-09-01T01:00:00|622588******7891|KF000003",
                "4|Refund|202009010900001234567|202009011000001234567|U2R||250|2020-09-01T02:00:00|622588******7891"
                + "|KF000003",
                "5|Payment|order:op-a/U3||U3||300|2020-09-01T03:00:00|622588******7892|KF000003",
            ],
            bill.Rows.Select(Text));
        Assert.Equal((0, SummaryState.None), (bill.Refused.Count, bill.Summary.State));
    }

    [Fact]
    public void Columns_of_UnionPays_bills_are_settings()
    {
        var layout = new UnionPayLayout
        {
            Time = "时间", SettlementDay = "日期", Kind = "类别", Payments = "SALE", Refunds = "RETURN", Amount = "分",
            AmountInFen = true, Transaction = "参考号", TimeFormats = "dd/MM/yyyy HH:mm", MerchantOrder = "单号",
        };
        var bill = Read(
            Encoding.UTF8.GetBytes("类别,单号,时间,参考号,分\nSALE,x1,01/09/2020 08:30,R1,1999\nSALE,x2,1/9/2020,R2,5\n"),
            PaymentMethod.UnionPay, layout);
        Assert.Equal(["2|Payment|R1||x1||1999|2020-09-01T00:30:00||"], bill.Rows.Select(Text));
        Assert.Equal([(3, "badTime", "1/9/2020")], bill.Refused.Select(r => (r.Line, r.Reason, r.Got)));
        Assert.Equal(
            new BillReading.Unreadable(BillProblem.MissingColumn, "时间"),
            BillFile.Read("类别,参考号,分\n"u8.ToArray(), PaymentMethod.UnionPay, layout, new("op-a", Day, Zone)));
    }

    [Theory]
    [InlineData(PaymentMethod.WeChat)]
    [InlineData(PaymentMethod.Alipay)]
    [InlineData(PaymentMethod.UnionPay)]
    public void What_is_written_by_a_layout_is_read_by_it(PaymentMethod provider)
    {
        var bill = Read(
            BillsOnPaper.Write(provider, BillsOnPaper.Paid("T1", 1, "00:00:00", "O1", "K1"),
                BillsOnPaper.Paid("T2", 9_999_999, "23:59:59", "O2"), BillsOnPaper.GivenBack("T1", "R1", 1)),
            provider);
        Assert.Equal(
            [("T1", "", 1L, "K1"), ("T2", "", 9_999_999L, ""), ("T1", "R1", 1L, "")],
            bill.Rows.Select(r => (r.Numbers.Transaction, r.Numbers.Refund, r.AmountFen, r.Terminal)));
        Assert.True(bill.Summary.State is SummaryState.Agrees or SummaryState.None);
    }

    [Theory]
    [InlineData("12.345", "badAmount")]
    [InlineData("-1.00", "badAmount")]
    [InlineData("1e3", "badAmount")]
    [InlineData("¥3.00", "badAmount")]
    [InlineData("", "badAmount")]
    [InlineData("99999999999.00", "badAmount")]
    public void An_amount_that_is_none_refuses_its_row_alone(string amount, string reason)
    {
        var text = Golden("wechat-all.csv").Replace("`12.30,`0.00,`0,`0", $"`{amount},`0.00,`0,`0");
        var bill = Read(text, PaymentMethod.WeChat);
        Assert.Equal([(2, reason, amount)], bill.Refused.Select(r => (r.Line, r.Reason, r.Got)));
        Assert.Equal((3, SummaryState.Differs), (bill.Rows.Count, bill.Summary.State));
        Assert.NotEmpty(bill.Refused[0].Text.Zh);
    }

    [Theory]
    [InlineData("`CNY,`12.30", "`USD,`12.30", "foreignCurrency", "USD")]
    [InlineData("`M1,", "`=1+2,", "badNumber", "=1+2")]
    [InlineData("`M1,", "`@SUM(A1),", "badNumber", "@SUM(A1)")]
    [InlineData("`4200000700202009010000000001", "`4.2E+27", "badNumber", "4.2E+27")]
    [InlineData("`4200000700202009010000000001", "`", "missingNumber", "微信订单号")]
    [InlineData("`2020-09-01 00:00:03", "`2020-09-01", "badTime", "2020-09-01")]
    [InlineData("`2020-09-01 00:00:03", "`2020-08-31 23:59:59", "outsideBillDay", "2020-08-31")]
    [InlineData("`JSAPI,`SUCCESS,`OTHERS,`CNY,`12.30", "`JSAPI,`NOTPAY,`OTHERS,`CNY,`12.30", "unknownKind", "NOTPAY")]
    public void A_row_that_is_wrong_is_refused_with_its_line_and_reason(
        string right, string wrong, string reason, string got)
    {
        var bill = Read(Golden("wechat-all.csv").Replace(right, wrong), PaymentMethod.WeChat);
        Assert.Equal([(2, reason, got)], bill.Refused.Select(r => (r.Line, r.Reason, r.Got)));
        Assert.Equal(3, bill.Rows.Count);
    }

    [Fact]
    public void A_refund_of_Alipay_with_the_sign_of_a_payment_is_refused()
    {
        var bill = Read(Golden("alipay-detail.csv").Replace("-4.50,", "4.50,"), PaymentMethod.Alipay);
        Assert.Equal([(8, "badAmount", "4.50")], bill.Refused.Select(r => (r.Line, r.Reason, r.Got)));
        Assert.Equal(SummaryState.Differs, bill.Summary.State);
    }

    [Fact]
    public void A_refund_that_failed_moves_no_money()
    {
        var bill = Read(Golden("wechat-all.csv").Replace("`PROCESSING", "`FAIL"), PaymentMethod.WeChat);
        Assert.Equal((3, 2, SummaryState.Agrees), (bill.Rows.Count, bill.Skipped, bill.Summary.State));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("")]
    public void A_payment_taken_back_needs_no_number_of_a_refund(string refund)
    {
        var text = WeChat([Paid("T1", 500), GivenBack("T1", refund, 500), GivenBack("T2", "R", 1)]);
        var bill = Read(Encoding.UTF8.GetBytes(text.Replace("REFUND", "REVOKED", StringComparison.Ordinal)),
            PaymentMethod.WeChat);
        Assert.Equal(SummaryState.Agrees, bill.Summary.State);
        Assert.Equal(["", "REVOKED", "R"], bill.Rows.Select(row => row.Numbers.Refund));
        var refused = Assert.Single(Read(Encoding.UTF8.GetBytes(text), PaymentMethod.WeChat).Refused);
        Assert.Equal(("missingNumber", 3), (refused.Reason, refused.Line));
    }

    [Theory]
    [InlineData("1,234.00", 123_400L)]
    [InlineData("12,345,678.5", 1_234_567_850L)]
    [InlineData("1,23.00", null)]
    [InlineData("1234,567.00", null)]
    [InlineData(",123.00", null)]
    [InlineData("1,234,.00", null)]
    [InlineData("1.234,00", null)]
    public void Commas_between_thousands_are_taken_where_they_belong(string amount, long? fen)
    {
        var text = WeChat([Paid("T1", 77_777)]);
        var bare = text.Replace("`", "", StringComparison.Ordinal)
            .Replace("777.77", $"\"{amount}\"", StringComparison.Ordinal);
        foreach (var saved in new[] { bare, text.Replace("777.77", amount, StringComparison.Ordinal) })
        {
            var bill = Read(Encoding.UTF8.GetBytes(saved), PaymentMethod.WeChat);
            Assert.Equal(fen, bill.Rows.SingleOrDefault()?.AmountFen);
            Assert.Equal(fen is null ? SummaryState.Differs : SummaryState.Agrees, bill.Summary.State);
        }
    }

    [Fact]
    public void A_bill_names_its_merchant_numbers()
    {
        Assert.Equal(["1900000001"], Read(Golden("wechat-all.csv"), PaymentMethod.WeChat).Merchants);
        Assert.Equal(["20880000000000000156"], Read(Golden("alipay-detail.csv"), PaymentMethod.Alipay).Merchants);
        Assert.Equal(["898340000000001"], Read(Golden("unionpay-detail.csv"), PaymentMethod.UnionPay).Merchants);
        var under = Golden("wechat-all.csv").Replace(
            "`1900000001,`0,", "`1900000001,`1600000002,", StringComparison.Ordinal);
        Assert.Equal(["1600000002"], Read(under, PaymentMethod.WeChat).Merchants);
        Assert.Empty(Read(Write(PaymentMethod.WeChat), PaymentMethod.WeChat).Merchants);
    }

    [Fact]
    public void A_file_that_was_cut_off_lacks_its_summary()
    {
        var whole = Golden("wechat-all.csv");
        var cut = Read(whole[..(whole.IndexOf("礼盒") - 3)], PaymentMethod.WeChat);
        Assert.Equal((3, SummaryState.Absent), (cut.Rows.Count, cut.Summary.State));
        Assert.Equal("wrongFieldCount", Assert.Single(cut.Refused).Reason);
        var alipay = Golden("alipay-detail.csv");
        Assert.Equal(SummaryState.Absent, Read(
            alipay[..alipay.IndexOf("#退款合计")], PaymentMethod.Alipay).Summary.State);
    }

    [Theory]
    [InlineData("`5,`120.30", "`6,`120.30")]
    [InlineData("`5,`120.30", "`5,`120.31")]
    [InlineData("`120.30,`3.50", "`120.30,`3.00")]
    [InlineData("`120.30,`3.50", "`x,`3.50")]
    public void A_summary_that_says_something_else_is_told(string right, string wrong)
    {
        var bill = Read(Golden("wechat-all.csv").Replace(right, wrong), PaymentMethod.WeChat);
        Assert.Equal((SummaryState.Differs, 4), (bill.Summary.State, bill.Rows.Count));
        Assert.Equal(new BillSums(5, 4, 12_030, 1, 350), bill.Summary.Counted);
    }

    [Fact]
    public void The_same_row_twice_counts_once_and_a_contradicting_one_is_refused()
    {
        var text = Golden("alipay-detail.csv");
        var row = text.Split("\r\n")[5];
        var bill = Read(
            text.Replace(row, $"{row}\r\n{row}\r\n{row.Replace("12.30,12.30", "12.30,12.31")}"), PaymentMethod.Alipay);
        Assert.Equal((4, 1), (bill.Rows.Count, bill.Repeated));
        var refused = Assert.Single(bill.Refused);
        Assert.Equal((8, "contradictsEarlierRow", 6), (refused.Line, refused.Reason, refused.Earlier!.Line));
        Assert.Equal(SummaryState.Differs, bill.Summary.State);
    }

    [Fact]
    public void A_bill_that_a_spreadsheet_saved_is_read_too()
    {
        var bill = Read(
            Golden("wechat-all.csv").Replace("`定远大米, 5kg \"精选\"", "\"`定远大米, 5kg \"\"精选\"\"\""),
            PaymentMethod.WeChat);
        Assert.Equal((4, 0), (bill.Rows.Count, bill.Refused.Count));
    }

    [Fact]
    public void Bills_of_payments_alone_and_of_before_2018_are_read_by_their_own_columns()
    {
        var payments = Read(Golden("wechat-success.csv"), PaymentMethod.WeChat);
        Assert.Equal(((true, false), SummaryState.Agrees), (payments.Covers, payments.Summary.State));
        var old = Read(Golden("wechat-before-2018.csv"), PaymentMethod.WeChat);
        Assert.Equal((150L, SummaryState.Agrees), (Assert.Single(old.Rows).AmountFen, old.Summary.State));
    }

    [Fact]
    public void A_file_that_is_no_bill_of_the_provider_is_refused_as_a_whole()
    {
        Assert.Equal(BillProblem.NotThisLayout, Problem(Golden("alipay-detail.csv"), PaymentMethod.WeChat));
        Assert.Equal(BillProblem.NotThisLayout, Problem("", PaymentMethod.Alipay));
        Assert.Equal(BillProblem.Archive, Problem([0x50, 0x4B, 3, 4, 0], PaymentMethod.Alipay));
        Assert.Equal(BillProblem.UnknownEncoding, Problem([0xFF, 0xFE, 0x41, 0], PaymentMethod.Alipay));
        Assert.Equal(
            BillProblem.MissingColumn,
            Problem(Golden("wechat-all.csv").Replace("用户标识", "用户"), PaymentMethod.WeChat));
        Assert.Equal(
            BillProblem.ColumnTwice,
            Problem(Golden("wechat-all.csv").Replace("商品名称", "商户数据包"), PaymentMethod.WeChat));
    }

    private static BusinessZone Zone => BusinessZone.Shanghai;

    private static string Golden(string name)
    {
        var bytes = File.ReadAllBytes(SourceTree.At($"tests/fleet-service/Reconciliation/golden/{name}"));
        return name.StartsWith("alipay", StringComparison.Ordinal)
            ? Gb18030.GetString(bytes)
            : Encoding.UTF8.GetString(bytes);
    }

    private static BillReading.Bill Read(string text, PaymentMethod provider) => Read(
        provider == PaymentMethod.Alipay ? Gb18030.GetBytes(text) : Encoding.UTF8.GetBytes(text), provider);

    private static BillReading.Bill Read(byte[] bytes, PaymentMethod provider, UnionPayLayout? layout = null) =>
        Assert.IsType<BillReading.Bill>(
            BillFile.Read(bytes, provider, layout ?? new UnionPayLayout(), new BillDay("op-a", Day, Zone)));

    private static BillProblem Problem(string text, PaymentMethod provider) =>
        Problem(Encoding.UTF8.GetBytes(text), provider);

    private static BillProblem Problem(byte[] bytes, PaymentMethod provider) => Assert.IsType<BillReading.Unreadable>(
        BillFile.Read(bytes, provider, new UnionPayLayout(), new BillDay("op-a", Day, Zone))).Problem;

    private static string Text(BillRow row) =>
        $"{row.Line}|{row.Kind}|{row.Numbers.Transaction}|{row.Numbers.Refund}|{row.Numbers.MerchantOrder}|"
        + $"{row.Numbers.MerchantRefund}|{row.AmountFen}|"
        + $"{DateTimeOffset.FromUnixTimeMilliseconds(row.AtUtcMs):yyyy-MM-ddTHH:mm:ss}|{row.Payer}|{row.Terminal}";
}
