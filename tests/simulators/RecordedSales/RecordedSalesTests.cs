using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.RecordedSales;
using Xunit;

namespace KioskFleet.Simulators.Tests.RecordedSales;

public sealed class RecordedSalesTests
{
    [Fact]
    public void A_row_becomes_a_sale_with_its_amount_and_moment()
    {
        var book = Samples.Load(
            "D7,E43A,4.0,3.5,40g芝麻饼,2017/1/1 1:33,三号楼,已出货未退款,已提现\n");
        var cabinet = Assert.Single(book.Cabinets);
        Assert.Equal(("E43A", "三号楼"), (cabinet.Id.Value, cabinet.Place));
        var sale = Assert.IsType<SaleIntent>(Assert.Single(cabinet.Events));
        Assert.Equal(new DateTimeOffset(2016, 12, 31, 17, 33, 0, TimeSpan.Zero), sale.AtUtc);
        Assert.Equal("D7-1", sale.VendId);
        Assert.Equal(new Payment(PaymentMethod.Other, "D7", ""), sale.Payment);
        Assert.Equal(
            new SaleLine("", RecordedSku.Of("40g芝麻饼"), "40g芝麻饼", 1, 400, 350), Assert.Single(sale.Lines));
        Assert.Equal((1, 1, 350), (book.RowsRead, book.Sales, book.SoldFen));
    }

    [Fact]
    public void A_day_that_does_not_exist_is_refused_with_line_reason_and_amount()
    {
        var book = Samples.Load(Samples.Row("D1") + Samples.Row("D2", "4.0", "2019/2/29  8:05:00 PM")
            + Samples.Row("D3"));
        var refused = Assert.Single(book.Refused);
        Assert.Equal((3L, RefusalReason.ImpossibleDate, 400L), (refused.Line, refused.Reason, refused.PaidFen));
        Assert.Contains("'2019/2/29  8:05:00 PM': that day does not exist.", refused.Detail, StringComparison.Ordinal);
        Assert.Equal((3, 2, 700), (book.RowsRead, book.Sales, book.SoldFen));
    }

    [Fact]
    public void A_row_for_which_nothing_was_paid_is_a_free_vend_and_not_a_sale()
    {
        var book = Samples.Load(Samples.Row("D1", "0.0") + "D2,DEV1,3.0,0,水,2017/1/2 8:00,A,已出货未退款,已提现\n");
        Assert.Equal((2, 0, 2, 0), (book.RowsRead, book.Sales, book.FreeVends, book.SoldFen));
        Assert.All(book.Cabinets[0].Events, e => Assert.Equal(
            NonSalePurpose.Promotion, Assert.IsType<NonSaleIntent>(e).Purpose));
    }

    [Fact]
    public void Each_state_has_its_meaning_and_an_unknown_one_refuses_its_row()
    {
        var book = Samples.Load(
            Samples.Row("D1", "1.0")
            + Samples.Row("D2", "2.0", state: "已出货已退款")
            + Samples.Row("D3", "4.0", state: "未出货已退款")
            + Samples.Row("D4", "8.0", state: "未出货未退款")
            + Samples.Row("D5", "16.0", state: "待定"));
        Assert.Equal((2, 1, 2), (book.Sales, book.Refunds, book.FailedVends));
        Assert.Equal((300, 200), (book.SoldFen, book.RefundedFen));
        var refund = Assert.Single(book.Cabinets[0].Events.OfType<RefundIntent>());
        Assert.Equal(("D2-1", 0), (refund.Of.SaleVendId, refund.Of.LineIndex));
        Assert.Equal(RefusalReason.UnknownState, Assert.Single(book.Refused).Reason);
    }

    [Fact]
    public void Rows_that_repeat_an_order_number_are_all_kept_and_get_the_same_ids_again()
    {
        // The refused row counts, so that mending it later leaves the id of the row after it as it is.
        var rows = Samples.Row("D1") + Samples.Row("D1-1") + Samples.Row("D1", at: "2017/2/30 1:00")
            + Samples.Row("D1");
        string[] expected = ["D1-1", "D1-1-1", "D1-3"];
        Assert.Equal(expected, Ids(rows));
        Assert.Equal(expected, Ids(rows));
        Assert.Equal(["D1-1", "D1-1-1", "D1-2", "D1-3"],
            Ids(rows.Replace("2/30", "2/28", StringComparison.Ordinal)).Order());

        static IEnumerable<string> Ids(string rows) =>
            Samples.Load(rows).Cabinets[0].Events.Cast<SaleIntent>().Select(s => s.VendId);
    }

    [Fact]
    public void Events_of_a_cabinet_stand_in_the_order_of_time_and_then_of_the_file()
    {
        var book = Samples.Load(
            Samples.Row("D1", at: "2017/1/2 8:00") + Samples.Row("D9", device: "DEV0")
                + Samples.Row("D2", at: "2017/1/1 9:00")
            + Samples.Row("D3", at: "2017/1/1 9:00"));
        Assert.Equal(["DEV0", "DEV1"], book.Cabinets.Select(c => c.Id.Value));
        Assert.Equal(["D2-1", "D3-1", "D1-1"], book.Cabinets[1].Events.Cast<SaleIntent>().Select(s => s.VendId));
        Assert.Equal([1L, 2L, 3L], book.Cabinets[1].Events.Select(e => e.Sequence));
    }

    [Theory]
    [InlineData("D1,DEV1,1.0,1.0,饼,2017/1/1 1:00,A,已出货未退款\n", RefusalReason.WrongFieldCount)]
    [InlineData(",DEV1,1.0,1.0,饼,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.MissingValue)]
    [InlineData(",,,,,,,,\n", RefusalReason.MissingValue)]
    [InlineData("D1,机器1,1.0,1.0,饼,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.NotACabinetId)]
    [InlineData("D1,DEV1,1.0,1.001,饼,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.UnreadableAmount)]
    [InlineData("D1,DEV1,一元,1.0,饼,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.UnreadableAmount)]
    [InlineData("D1,DEV1,1.0,-1.0,饼,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.ImpossibleAmount)]
    [InlineData("D1,DEV1,1.0,10000000.01,饼,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.ImpossibleAmount)]
    [InlineData("D1,DEV1,1.0,1.0,饼,昨天,A,已出货未退款,x\n", RefusalReason.UnreadableTime)]
    [InlineData("D1,DEV1,1.0,1.0,饼,2017/13/1 1:00,A,已出货未退款,x\n", RefusalReason.ImpossibleDate)]
    [InlineData("D1,DEV1,1.0,1.0,饼,2017/1/1 24:00,A,已出货未退款,x\n", RefusalReason.ImpossibleTime)]
    [InlineData("D1,DEV1,1.0,1.0,饼,2017/1/1 13:00 PM,A,已出货未退款,x\n", RefusalReason.ImpossibleTime)]
    [InlineData("D1,DEV1,1.0,1.0,\"饼\"x,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.StrayQuote)]
    [InlineData("D1,DEV1,1.0,1.0,5\"饼,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.StrayQuote)]
    [InlineData("D1,DEV1,1.0,1.0,\"饼,2017/1/1 1:00,A,已出货未退款,x\n", RefusalReason.UnclosedQuote)]
    public void A_bad_row_is_refused_with_its_reason_and_the_next_is_read(string row, object reason)
    {
        var book = Samples.Load(row + Samples.Row("D2"));
        var refused = Assert.Single(book.Refused);
        Assert.Equal((2L, (RefusalReason)reason), (refused.Line, refused.Reason));
        Assert.Equal(row.TrimEnd('\n'), refused.Text);
        Assert.Equal((2, 1), (book.RowsRead, book.Sales));
    }

    [Fact]
    public void Texts_beyond_the_journals_limits_are_refused()
    {
        var book = Samples.Load(
            Samples.Row(new string('9', 54)) + Samples.Row("D2", product: new string('饼', 86))
                + Samples.Row(new string('9', 53))
            + Samples.Row("D4", product: new string('饼', 85)) + Samples.Row("D5", product: new string('x', 70_000)));
        Assert.Equal([2L, 3L, 6L], book.Refused.Select(r => r.Line));
        Assert.All(book.Refused, r => Assert.Equal(RefusalReason.TextTooLong, r.Reason));
        Assert.All(book.Refused, r => Assert.True(r.Text.Length <= RefusedRow.MaxTextChars));
    }

    [Theory]
    [InlineData("2017/1/1 9:05", "2017-01-01T01:05:00")]
    [InlineData("2017-01-01 09:05:07", "2017-01-01T01:05:07")]
    [InlineData("2017-01-01T09:05:07", "2017-01-01T01:05:07")]
    [InlineData("2017/1/1  9:05:00 PM", "2017-01-01T13:05:00")]
    [InlineData("2017/1/1 12:05:00 AM", "2016-12-31T16:05:00")]
    [InlineData("2017/1/1 12:05 pm", "2017-01-01T04:05:00")]
    [InlineData("2016/2/29 8:00", "2016-02-29T00:00:00")]
    public void Moments_are_read_as_written_in_Shanghai(string text, string utc)
    {
        Assert.Null(RecordedTime.Read(text, out var instant));
        Assert.Equal(utc, instant.UtcDateTime.ToString("s"));
    }

    [Fact]
    public void Columns_are_mapped_by_option()
    {
        Assert.True(ColumnMap.TryParse(
            "order=no, device=dev,due=,paid=amount,product=item,paidAt=when,place=,state=,sku=code,slot=door",
            out var map, out _));
        var book = Samples.Load(
            Samples.Utf8("when,no,dev,amount,item,code,door\n"
                + "2017-01-01 00:00:00,1,K1,2.50,\"cake, \"\"big\"\"\",S9,A01\n"),
            new RecordedSalesOptions { Columns = map });
        var sale = Assert.IsType<SaleIntent>(Assert.Single(book.Cabinets[0].Events));
        Assert.Equal(new SaleLine("A01", "S9", "cake, \"big\"", 1, 250, 250), Assert.Single(sale.Lines));
    }

    [Theory]
    [InlineData("price=x", "'price=x' is not a column")]
    [InlineData("order", "'order' is not a column")]
    [InlineData("paid=", "cannot be left out")]
    public void A_wrong_column_map_is_named(string text, string problem)
    {
        Assert.False(ColumnMap.TryParse(text, out _, out var found));
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The file is empty")]
    [InlineData("订单号,设备ID,应付金额,商品,支付时间,地点,状态\n", "no column '实际金额'")]
    [InlineData("订单号,设备ID,应付金额,实际金额,实际金额,商品,支付时间,地点,状态\n", "column '实际金额' twice")]
    public void A_header_without_its_columns_is_a_problem_that_names_them(string text, string problem)
    {
        using var stream = Samples.Utf8(text);
        var (book, found) = RecordedSalesBook.Load(stream, new RecordedSalesOptions());
        Assert.Null(book);
        Assert.Contains(problem, found, StringComparison.Ordinal);
    }
}
