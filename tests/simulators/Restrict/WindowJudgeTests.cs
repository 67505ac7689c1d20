using System.Globalization;
using CsCheck;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.Restrict;
using Xunit;

namespace KioskFleet.Simulators.Tests.Restrict;

public sealed class WindowJudgeTests
{
    private const string Cabinet = "R001";

    private static readonly DateOnly Monday = new(2020, 9, 7);
    private static readonly JournalId Journal = new(7);
    private static readonly ShareTerms Terms = new(5_000, 10_000, 1_000);

    [Theory]
    [InlineData(10_000, 0)]
    [InlineData(10_001, 1)]
    [InlineData(13_000, 3_000)]
    public void A_window_is_beyond_its_allowance_from_one_fen_on(long ordinary, long beyond)
    {
        var verdict = Assert.Single(Judge([Sold(1, Monday, isAid: false, ordinary)], []));
        Assert.Equal((ordinary, 10_000, beyond), (verdict.ShortfallFen, verdict.AllowanceFen, verdict.BeyondFen));
        Assert.Equal((Cabinet, Monday, 0, ordinary),
            (verdict.Cabinet, verdict.First, verdict.AidFen, verdict.TotalFen));
    }

    [Fact]
    public void Aid_bears_as_much_ordinary_as_the_threshold_says()
    {
        var sold = new[] { Sold(1, Monday, isAid: true, 4_000), Sold(2, Monday.AddDays(6), isAid: false, 14_001) };
        var verdict = Assert.Single(Judge(sold, []));
        Assert.Equal((10_001, 1), (verdict.ShortfallFen, verdict.BeyondFen));
    }

    [Fact]
    public void The_turnover_of_the_window_before_raises_the_allowance_and_refunds_made_in_it_lower_that()
    {
        SoldLine[] sold =
        [
            Sold(1, Monday.AddDays(-7), isAid: true, 150_000), Sold(2, Monday, isAid: false, 15_001),
            Sold(3, Monday.AddDays(-14), isAid: true, 1_000_000),
        ];
        Assert.Equal(1, Assert.Single(Judge(sold, [])).BeyondFen);

        // Given back in the window before, though sold earlier; what is given back later changes nothing any more.
        Assert.Equal(501, Assert.Single(Judge(sold, [Back(3, Monday.AddDays(-1), "r", 5_000)])).BeyondFen);
        Assert.Equal(1, Assert.Single(Judge(sold, [Back(3, Monday, "r", 5_000)])).BeyondFen);
    }

    [Fact]
    public void Aid_given_back_after_the_cut_off_is_added_back_and_other_refunds_are_not()
    {
        SoldLine[] sold = [Sold(1, Monday, isAid: true, 9_000), Sold(2, Monday, isAid: false, 19_000)];
        var back = Back(1, Monday.AddDays(8), "r", 2_000);
        Assert.Equal(2_000, Assert.Single(Judge(sold, [back])).BeyondFen);

        var added = Assert.Single(Judge(sold, [back], "r"));
        Assert.Equal((7_000, 26_000, 2_000, 0),
            (added.AidFen, added.TotalFen, added.AddedBackFen, added.BeyondFen));

        // An ordinary refund gives room again, whatever it is called.
        var ordinary = Assert.Single(Judge(sold, [Back(2, Monday.AddDays(1), "r", 500)], "r"));
        Assert.Equal((9_000, 27_500, 0, 9_500),
            (ordinary.AidFen, ordinary.TotalFen, ordinary.AddedBackFen, ordinary.ShortfallFen));
    }

    [Fact]
    public void Each_cabinet_and_window_is_judged_by_itself_from_the_window_of_the_cut_off_on()
    {
        SoldLine[] sold =
        [
            Sold(1, Monday.AddDays(-1), isAid: false, 99_999), Sold(2, Monday, isAid: false, 1),
            Sold(3, Monday.AddDays(7), isAid: false, 2),
            Sold(4, Monday.AddDays(7), isAid: false, 3) with { Cabinet = "R002" },
        ];
        Assert.Equal(
            [(Cabinet, Monday, 1), (Cabinet, Monday.AddDays(7), 2), ("R002", Monday.AddDays(7), 3)],
            Judge(sold, []).Select(static window => (window.Cabinet, window.First, window.TotalFen)));
    }

    [Fact]
    public void The_shortfall_is_the_least_amount_without_which_the_share_is_met() => Gen.Select(
        Gen.Long[0, 2_000], Gen.Long[0, 3_000], Gen.Int[1, 10_000]).Sample((aid, ordinary, threshold) =>
        {
            var shortfall = WindowJudge.ShortfallFen(aid, aid + ordinary, threshold);
            bool IsMet(long less) => aid * 10_000 >= (aid + ordinary - less) * threshold;
            Assert.True(shortfall >= 0 && IsMet(shortfall));
            Assert.True(shortfall == 0 || !IsMet(shortfall - 1));
        });

    [Fact]
    public void A_week_is_the_products_week_and_bears_its_iso_name()
    {
        for (var day = new DateOnly(2018, 12, 20); day.Year < 2028; day = day.AddDays(1))
        {
            var monday = BusinessWeek.FirstDayOf(day);
            Assert.Equal(BusinessWindow.Of("week", day).First, monday);
            var date = day.ToDateTime(TimeOnly.MinValue);
            Assert.Equal($"{ISOWeek.GetYear(date)}-W{ISOWeek.GetWeekOfYear(date):00}", BusinessWeek.NameOf(monday));
        }
    }

    private static IReadOnlyList<WindowVerdict> Judge(
        IReadOnlyList<SoldLine> sold, IReadOnlyList<GivenBack> back, params string[] aidRefunds) =>
        WindowJudge.Judge(new LedgerSales(sold, back), Terms, Monday.AddDays(2), aidRefunds.ToHashSet());

    private static SoldLine Sold(ulong seq, DateOnly day, bool isAid, long paidFen) =>
        new(Cabinet, new LinePlace(Journal, seq, 0), day, isAid, paidFen);

    private static GivenBack Back(ulong seq, DateOnly day, string number, long amountFen) =>
        new(Cabinet, new LinePlace(Journal, seq, 0), day, number, amountFen);
}
