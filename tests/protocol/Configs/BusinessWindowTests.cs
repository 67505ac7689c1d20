using CsCheck;
using KioskFleet.Protocol.Configs;
using Xunit;

namespace KioskFleet.Protocol.Tests.Configs;

public sealed class BusinessWindowTests
{
    private static readonly Gen<DateOnly> AnyDay =
        Gen.Int[0, DateOnly.MaxValue.DayNumber].Select(DateOnly.FromDayNumber);

    private static readonly string[] Opening = ["day", "week", "month", "quarter"];
    private static readonly string[] Rolling = ["trailing-1", "trailing-999", BusinessWindow.SinceLaunch];

    [Theory]
    [InlineData("day", "2020-11-05", "2020-11-05", "2020-11-05")]
    [InlineData("week", "2020-11-05", "2020-11-02", "2020-11-08")]
    [InlineData("week", "2020-11-02", "2020-11-02", "2020-11-08")]
    [InlineData("week", "2020-11-08", "2020-11-02", "2020-11-08")]
    [InlineData("month", "2020-02-29", "2020-02-01", "2020-02-29")]
    [InlineData("quarter", "2020-12-31", "2020-10-01", "2020-12-31")]
    [InlineData("trailing-30", "2020-11-05", "2020-10-07", "2020-11-05")]
    [InlineData("since-launch", "2020-11-05", "1970-01-01", "2020-11-05")]
    public void A_window_holds_the_days_of_its_kind(string kind, string day, string first, string last) => Assert.Equal(
        new BusinessWindow(DateOnly.Parse(first), DateOnly.Parse(last)), BusinessWindow.Of(kind, DateOnly.Parse(day)));

    [Fact]
    public void Every_day_lies_in_its_window_and_has_the_same_window_as_the_windows_other_days() =>
        Gen.Select(AnyDay, Gen.Int[0, 3].Select(i => Opening[i])).Sample((day, kind) =>
        {
            var window = BusinessWindow.Of(kind, day);
            Assert.True(window.Contains(day));
            Assert.Equal(window, BusinessWindow.Of(kind, window.First));
            Assert.Equal(window, BusinessWindow.Of(kind, window.Last));
        });

    [Fact]
    public void Rolling_windows_end_with_their_day_whatever_it_is() =>
        Gen.Select(AnyDay, Gen.Int[0, 2].Select(i => Rolling[i])).Sample((day, kind) =>
            BusinessWindow.Of(kind, day).Last == day && BusinessWindow.Of(kind, day).First <= day);

    [Theory]
    [InlineData("trailing-0")]
    [InlineData("trailing-01")]
    [InlineData("trailing-1000")]
    [InlineData("trailing-")]
    [InlineData("trailing-+1")]
    [InlineData("year")]
    [InlineData("")]
    public void Other_words_are_no_windows(string kind)
    {
        Assert.False(BusinessWindow.IsKind(kind));
        Assert.Throws<ArgumentException>(() => BusinessWindow.Of(kind, new DateOnly(2020, 1, 1)));
    }

    [Theory]
    [InlineData(1_598_889_599_999, 480, "2020-08-31")]
    [InlineData(1_598_889_600_000, 480, "2020-09-01")]
    [InlineData(-1, 0, "1969-12-31")]
    [InlineData(long.MinValue, 480, "0001-01-01")]
    [InlineData(long.MaxValue, -840, "9999-12-31")]
    public void A_business_day_begins_at_midnight_in_the_zone_and_absurd_clocks_stay_in_the_calendar(
        long utcMs, int zone, string day) => Assert.Equal(DateOnly.Parse(day), BusinessWindow.DayOf(utcMs, zone));
}
