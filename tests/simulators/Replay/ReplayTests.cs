using System.Text;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Replay;
using KioskFleet.Simulators.Tests.Commands;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Replay;

public sealed class ReplayTests
{
    private const string Sales = """
        订单号,设备ID,应付金额,实际金额,商品,支付时间,地点,状态,提现
        D1,M1,3.0,3.0,麦饼,2018/2/28 1:33,甲,已出货未退款,已提现
        D1,M1,3.0,2.5,麦饼,2018/2/28 1:33,甲,已出货未退款,已提现
        D2,M2,4.5,4.5,绿茶,2018/2/27 23:59,乙,已出货已退款,已提现
        D3,M2,5.0,0.0,赠品,2018/3/1 8:00,乙,已出货未退款,已提现
        D4,M2,5.0,5.0,麦饼,2018/2/30 8:00,乙,已出货未退款,已提现
        D5,M3,9.9,9.9,绿茶,2019/1/1 0:00,丙,未出货已退款,已提现
        D6,M3,9.9,9.9,绿茶,2019/1/1 0:01,丙,已出货未退款,已提现

        """;

    private const string Products = """
        商品,大类,二级类
        麦饼,食品,饼干
        绿茶,饮料,茶叶

        """;

    [Fact]
    public async Task Recorded_sales_reach_the_ledger_once_and_a_second_run_changes_nothing()
    {
        using var folder = new TemporaryFolder("replay");
        var (sales, products) = (folder.Write("sales.csv", Sales), folder.Write("products.csv", Products));
        string[] args = ["replay", sales, "--products", products, "--data", folder.File("fleet"), "--json"];
        var first = await CommandLine.RunAsync([.. args, folder.File("1.json")]);
        Assert.Equal(ExitCode.Proven, first.ExitCode);
        Assert.Contains("line 6 refused, ImpossibleDate", first.Output, StringComparison.Ordinal);
        var json = CommandLine.Read(folder.File("1.json"));
        Assert.Equal(7, json.Number("rowsRead"));
        Assert.Equal(1, json.Number("rowsRefused"));
        Assert.Equal(4, json.Number("salesCommitted"));
        Assert.Equal(1, json.Number("freeVends"));
        Assert.Equal(1, json.Number("refundsCommitted"));
        Assert.Equal(300 + 250 + 990, json.Number("ledgerFen"));
        Assert.Equal(0, json.Number("lost"));
        Assert.Equal(0, json.Number("doubled"));
        Assert.Equal(4, json.Number("shiftedYears"));
        Assert.Equal(6, json.GetProperty("refused")[0].Number("line"));

        var second = await CommandLine.RunAsync([.. args, folder.File("2.json")]);
        Assert.Equal(ExitCode.Proven, second.ExitCode);
        var again = CommandLine.Read(folder.File("2.json"));
        foreach (var property in json.EnumerateObject().Where(static property => property.Name != "speed"))
        {
            Assert.Equal(property.Value.GetRawText(), again.GetProperty(property.Name).GetRawText());
        }
    }

    [Fact]
    public async Task Columns_of_other_names_a_national_encoding_and_aid_categories_are_taken()
    {
        using var folder = new TemporaryFolder("replay");
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var gb = Encoding.GetEncoding("GB18030");
        var sales = folder.File("sales.csv");
        await File.WriteAllTextAsync(sales, Sales.Replace("设备ID", "机器", StringComparison.Ordinal), gb,
            TestContext.Current.CancellationToken);
        var products = folder.File("products.csv");
        await File.WriteAllTextAsync(products, Products, gb, TestContext.Current.CancellationToken);
        var result = await CommandLine.RunAsync("replay", sales, "--products", products, "--columns", "device=机器",
            "--encoding", "gb18030", "--aid-category", "茶叶", "--county", "341122", "--json", folder.File("out.json"));
        Assert.Equal(ExitCode.Proven, result.ExitCode);
        Assert.Equal(1_540, CommandLine.Read(folder.File("out.json")).Number("ledgerFen"));
        // 4.50 and 9.90 of tea in 19.90 of sales: the board counts before refunds.
        Assert.Contains("19.90 yuan, aid share 72.36 %", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("has no", "--columns", "device=nowhere")]
    [InlineData("--aid-category needs --products", "--aid-category", "茶叶")]
    [InlineData("--county is 999999", "--county", "999999")]
    public async Task Input_that_cannot_be_used_is_named(string words, params string[] options)
    {
        using var folder = new TemporaryFolder("replay");
        var result = await CommandLine.RunAsync(["replay", folder.Write("sales.csv", Sales), .. options]);
        Assert.Equal(ExitCode.WrongInput, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2017-01-01T16:00:00Z", 4)]
    [InlineData("2020-01-01T00:00:00Z", 0)]
    [InlineData("2011-12-31T23:59:59Z", 12)]
    public void Sales_from_before_any_cabinet_move_by_whole_leap_cycles_and_keep_their_date(string text, int years)
    {
        var instant = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(years, TimeShift.YearsFor(instant));
        Assert.Equal(instant.AddYears(years), TimeShift.Moved(instant, years));
        var leapDay = new DateTimeOffset(2016, 2, 29, 1, 2, 3, TimeSpan.Zero);
        Assert.Equal(new DateTimeOffset(2020, 2, 29, 1, 2, 3, TimeSpan.Zero), TimeShift.Moved(leapDay, 4));
    }
}
