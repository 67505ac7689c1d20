using System.Globalization;
using CsCheck;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

[RunsOnce]
public sealed class JudgingWindowTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Theory]
    [InlineData("2026-11", "2026-11-01", "2026-12-01")]
    [InlineData("2026-12", "2026-12-01", "2027-01-01")]
    [InlineData("2024-02", "2024-02-01", "2024-03-01")]
    [InlineData("2024-02-29", "2024-02-29", "2024-03-01")]
    [InlineData("2026-Q4", "2026-10-01", "2027-01-01")]
    [InlineData("2026-Q1", "2026-01-01", "2026-04-01")]
    [InlineData("2026-W53", "2026-12-28", "2027-01-04")]
    [InlineData("2027-W01", "2027-01-04", "2027-01-11")]
    [InlineData("trailing-1", "2026-11-23", "2026-11-24")]
    [InlineData("trailing-30", "2026-10-25", "2026-11-24")]
    [InlineData("since-launch", "1970-01-01", "2026-11-24")]
    public void A_window_has_whole_days_and_its_end_is_outside(string name, string from, string to)
    {
        var window = JudgingWindow.Parse(name, Today)!;
        Assert.Equal((name, Day(from), Day(to)), (window.Name, window.From, window.To));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026")]
    [InlineData("2026-13")]
    [InlineData("2026-00")]
    [InlineData("2026-1")]
    [InlineData("2026-02-29")]
    [InlineData("2026-Q5")]
    [InlineData("2027-W53")]
    [InlineData("2026-W5")]
    [InlineData("9999-12")]
    [InlineData("-2026-11")]
    [InlineData("2026-11-05-01")]
    [InlineData("trailing-0")]
    [InlineData("trailing-01")]
    [InlineData("trailing-1000")]
    [InlineData("trailing-")]
    [InlineData("２０２６-11")]
    public void What_is_no_window_is_refused(string name) => Assert.Null(JudgingWindow.Parse(name, Today));

    [Fact]
    public void Windows_of_a_kind_follow_each_other_without_gap_and_know_their_name() =>
        Gen.Select(Gen.OneOf("day", "week", "month", "quarter"), Gen.Int[0, 40_000]).Sample((kind, days) =>
        {
            var day = new DateOnly(1971, 1, 1).AddDays(days);
            var window = JudgingWindow.Of(kind, day);
            return window.From <= day && day < window.To
                && JudgingWindow.Of(kind, window.To).From == window.To
                && JudgingWindow.Of(kind, window.Last) == window
                && JudgingWindow.Parse(window.Name, Today) == window
                && window.FromNumber < window.ToNumber;
        }, iter: 50_000);

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void The_business_day_begins_at_midnight_in_the_citys_zone_all_year(string dataSet)
    {
        var zone = DataSetFile.Load(dataSet).Zone;
        var system = TimeZoneInfo.FindSystemTimeZoneById(zone.Id);
        Gen.Long[Ms("1992-01-01T00:00:00Z"), Ms("2060-01-01T00:00:00Z")].Sample(
            moment => zone.DayOf(moment) == DateOnly.FromDateTime(
                    TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(moment), system).DateTime)
                && zone.StartOfUtcMs(zone.DayOf(moment)) <= moment
                && moment < zone.StartOfUtcMs(zone.DayOf(moment).AddDays(1)));
        Assert.Equal(Day("2026-11-01"), zone.DayOf(Ms("2026-10-31T16:00:00Z")));
        Assert.Equal(Day("2026-10-31"), zone.DayOf(Ms("2026-10-31T15:59:59.999Z")));
        Assert.Equal(20_261_031, BusinessZone.Number(Day("2026-10-31")));
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static long Ms(string utc) =>
        DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
