using System.Globalization;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

public abstract class AskedMomentTests(string dataSet)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 5, 4, 0, 0, TimeSpan.Zero);

    private readonly BusinessZone _zone = DataSetFile.Load(dataSet).Zone;

    [Theory]
    [InlineData("2026-11-04", "2026-11-04", "2026-11-04T15:59:59.999Z")]
    [InlineData("2026-11-05", "2026-11-05", "2026-11-05T15:59:59.999Z")]
    [InlineData("2026-11-05T11:59:00+08:00", "2026-11-05", "2026-11-05T03:59:00Z")]
    [InlineData("2026-11-05T11:59:00 08:00", "2026-11-05", "2026-11-05T03:59:00Z")]
    [InlineData("2026-11-04T16:00:00Z", "2026-11-05", "2026-11-04T16:00:00Z")]
    [InlineData("2026-11-04T15:59:59.999Z", "2026-11-04", "2026-11-04T15:59:59.999Z")]
    [InlineData("2026-11-03T23:59-05:00", "2026-11-04", "2026-11-04T04:59:00Z")]
    public void A_day_is_its_end_and_a_moment_needs_its_offset(string text, string day, string upTo)
    {
        var moment = AskedMoment.Parse(text, _zone, Now)!;
        Assert.Equal(day, moment.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.Equal(DateTimeOffset.Parse(upTo, CultureInfo.InvariantCulture), moment.UpTo(_zone));
    }

    [Theory]
    [InlineData("2026-11-06")]
    [InlineData("2026-11-05T12:00:00.001+08:00")]
    [InlineData("2026-11-05T11:59:00")]
    [InlineData("2026-11-31")]
    [InlineData("yesterday")]
    [InlineData("1969-12-31")]
    [InlineData("0001-01-01T00:00:00Z")]
    public void What_is_no_moment_or_yet_to_come_is_refused(string text) =>
        Assert.Null(AskedMoment.Parse(text, _zone, Now));

    [Fact]
    public void Without_a_text_it_is_the_present()
    {
        var present = AskedMoment.Parse("", _zone, Now)!;
        Assert.Equal((new DateOnly(2026, 11, 5), false, new DateOnly(2026, 11, 4)),
            (present.Day, present.IsAsked, present.LastWholeDay));
        Assert.Null(present.UpTo(_zone));
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouAskedMomentTests() : AskedMomentTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangAskedMomentTests() : AskedMomentTests("linjiang-2027");
