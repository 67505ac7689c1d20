using System.Text;
using KioskFleet.Simulators.RecordedSales;
using Xunit;

namespace KioskFleet.Simulators.Tests.RecordedSales;

/// <summary>Small invented files in the layout of a vending back office.</summary>
internal static class Samples
{
    public const string Header = "订单号,设备ID,应付金额,实际金额,商品,支付时间,地点,状态,提现\n";

    /// <summary>A row with the usual values where none are given.</summary>
    public static string Row(
        string order = "D1", string paid = "3.5", string at = "2017/1/1 19:29", string product = "芝麻饼",
        string state = "已出货未退款", string device = "DEV1") =>
        $"{order},{device},{paid},{paid},{product},{at},A,{state},已提现\n";

    public static MemoryStream Utf8(string text, bool mark = false) =>
        new([.. mark ? Encoding.UTF8.GetPreamble() : [], .. Encoding.UTF8.GetBytes(text)]);

    public static MemoryStream Gb18030(string text) =>
        new(CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes(text));

    public static RecordedSalesBook Load(string rows, RecordedSalesOptions? options = null) =>
        Load(Utf8(Header + rows), options);

    public static RecordedSalesBook Load(Stream stream, RecordedSalesOptions? options = null)
    {
        using (stream)
        {
            var (book, problem) = RecordedSalesBook.Load(stream, options ?? new RecordedSalesOptions());
            Assert.Null(problem);
            return book!;
        }
    }
}
