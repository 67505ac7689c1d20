using System.Text;
using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.Bills;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Tests.CityLoad;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Bills;

/// <summary>
/// The bills' files, pinned byte by byte. KIOSKFLEET_WRITE_GOLDEN=1 writes files that are not there; one that is there
/// is never written over.
/// </summary>
public sealed class BillTests
{
    private static readonly DateOnly Day = new(2020, 9, 1);

    [Fact]
    public void The_bill_of_WeChat_Pay_is_pinned() =>
        AssertPinned("wechat.csv", WeChatBill.Write(Key(PaymentMethod.WeChat), Lines(PaymentMethod.WeChat)));

    [Fact]
    public void The_bill_of_Alipay_is_pinned_and_in_GB18030()
    {
        var bytes = AlipayBill.Write(Key(PaymentMethod.Alipay), Lines(PaymentMethod.Alipay));
        AssertPinned("alipay.csv", bytes);
        Assert.Throws<DecoderFallbackException>(() => new UTF8Encoding(false, true).GetString(bytes));
    }

    [Fact]
    public void The_bill_of_UnionPay_is_pinned() =>
        AssertPinned("unionpay.csv", UnionPayBill.Write(Key(PaymentMethod.UnionPay), Lines(PaymentMethod.UnionPay)));

    [Fact]
    public void A_day_without_payments_has_a_bill_that_says_so()
    {
        var plan = Chuzhou.Plan(3, 1, 1);
        var files = BillBook.Of(plan).Files(new DateOnly(2019, 1, 1), new DateOnly(2019, 1, 3)).ToList();
        Assert.Equal(2 * 3 * plan.Cabinets.Select(c => c.Operator.Id).Distinct().Count(), files.Count);
        Assert.All(files, file => Assert.Equal(0, file.Lines));
        Assert.EndsWith("`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00\r\n",
            Encoding.UTF8.GetString(files.First(f => f.Key.Provider == PaymentMethod.WeChat).Bytes));
    }

    [Fact]
    public void Every_line_is_on_the_bill_of_its_operator_provider_and_day_exactly_once() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 3], Gen.ULong).Sample((cabinets, days, seed) =>
        {
            var plan = Chuzhou.Plan(cabinets, days, seed, new DateTimeOffset(2020, 8, 30, 16, 0, 0, TimeSpan.Zero));
            var entries = plan.Cabinets.SelectMany(c => CityStream.Of(plan, c).SelectMany(e => e.Bill)
                .Select(b => new BillKey(c.Operator.Id, b.Provider, b.Day))).ToLookup(key => key);
            var files = BillBook.Of(plan).Files(new DateOnly(2020, 8, 30), new DateOnly(2020, 9, 6)).ToList();
            Assert.Equal(entries.Sum(e => e.Count()), files.Sum(f => f.Lines));
            Assert.All(files, f => Assert.Equal(entries[f.Key].Count(), f.Lines));
            var numbers = plan.Cabinets.SelectMany(c => CityStream.Of(plan, c).SelectMany(e => e.Bill))
                .Select(b => (b.Provider, b.Kind, b.TransactionNumber, b.RefundNumber)).ToList();
            Assert.Equal(numbers.Count, numbers.Distinct().Count());
        }, iter: 30);

    [Fact]
    public void UnionPay_settles_the_last_hour_of_a_day_on_the_next()
    {
        var before = Lines(PaymentMethod.UnionPay)[0].Entry with
        {
            AtUtc = new DateTimeOffset(2020, 9, 1, 14, 59, 59, TimeSpan.Zero),
        };
        Assert.Equal(Day, before.Day);
        Assert.Equal(Day.AddDays(1), (before with { AtUtc = before.AtUtc.AddSeconds(1) }).Day);
        Assert.Equal(Day, (before with { AtUtc = before.AtUtc.AddSeconds(1), Provider = PaymentMethod.WeChat }).Day);
    }

    [Fact]
    public void A_customer_has_one_name_and_two_customers_have_two()
    {
        var cabinet = Chuzhou.Plan(8, 1, 1).Cabinets[0];
        var first = new Customers(cabinet, 1, new Chance(1, 1));
        var again = new Customers(cabinet, 1, new Chance(1, 1));
        var other = new Customers(cabinet, 2, new Chance(1, 1));
        var names = Enumerable.Range(0, 200).Select(_ => first.Stranger()).ToList();
        Assert.Equal(names, Enumerable.Range(0, 200).Select(_ => again.Stranger()));
        Assert.NotEqual(names, Enumerable.Range(0, 200).Select(_ => other.Stranger()));
        Assert.Equal(200, names.Distinct().Count());
    }

    private static BillKey Key(PaymentMethod provider) => new("OP01", provider, Day);

    private static List<BillLine> Lines(PaymentMethod provider)
    {
        var till = new Till(new Chance(1, 1), "0badcafe-000007");
        var at = new DateTimeOffset(2020, 9, 1, 2, 30, 0, TimeSpan.Zero);
        var payer = new Payer(provider, provider switch
        {
            PaymentMethod.WeChat => "oKF0000000000000000000000001",
            PaymentMethod.Alipay => "138****0042",
            _ => "622202*********4321",
        });
        var first = till.Take(payer, 1, at, 1_280, "山岗小磨香油 100ml").Entry!;
        var second = till.Take(payer, 2, at.AddMinutes(5), 450, "坡地黑芝麻糊 40g×3").Entry!;
        var back = till.GiveBack(first, at.AddHours(1), "R0badcafe-000007-0000003", 640);
        return [.. new[] { first, second, back }.Select(e => new BillLine(CabinetId.Parse("KF000007"), e))];
    }

    private static void AssertPinned(string name, byte[] bytes)
    {
        var path = SourceTree.At($"tests/simulators/Bills/golden/{name}");
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("KIOSKFLEET_WRITE_GOLDEN") == "1")
        {
            File.WriteAllBytes(path, bytes);
        }

        Assert.Equal(File.ReadAllBytes(path), bytes);
    }
}
