using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>Which windows are looked at, and which parts of the ledger hold them.</summary>
public abstract class WindowChoiceTests(string dataSet)
{
    private readonly PaperCity _city = new(dataSet);

    private Policy Monthly => _city.Policy with { Window = "month", ProvisionalDays = 10 };

    [Theory]
    [InlineData("month", "2020-10-05", 10, "2020-10 2020-09*")]
    [InlineData("month", "2020-10-10", 10, "2020-10 2020-09*")]
    [InlineData("month", "2020-10-11", 10, "2020-10")]
    [InlineData("month", "2020-10-01", 40, "2020-10 2020-09* 2020-08*")]
    [InlineData("week", "2020-10-05", 10, "2020-W41 2020-W40* 2020-W39*")]
    [InlineData("day", "2020-10-05", 2, "2020-10-05 2020-10-04* 2020-10-03*")]
    [InlineData("day", "2020-10-05", 0, "2020-10-05")]
    [InlineData("quarter", "2020-10-05", 10, "2020-Q4 2020-Q3*")]
    [InlineData("trailing-30", "2020-10-05", 10, "trailing-30")]
    [InlineData("since-launch", "2020-10-05", 10, "since-launch")]
    public void The_running_window_and_those_still_provisional_are_looked_at(
        string window, string today, int provisionalDays, string expected)
    {
        var policy = _city.Policy with { Window = window, ProvisionalDays = provisionalDays };
        Assert.Equal(expected, Chosen(today, policy));
    }

    [Fact]
    public void Each_window_is_judged_by_the_policy_of_its_last_day_and_windows_do_not_overlap()
    {
        var until = Monthly with { Id = "old", To = new DateOnly(2020, 9, 21) };
        var from = Monthly with { Id = "new", Window = "week", From = new DateOnly(2020, 9, 21) };
        Assert.Equal("2020-W40 2020-W39*", Chosen("2020-09-30", until, from));
        var later = until with { To = new DateOnly(2020, 10, 1) };
        var month = Monthly with { Id = "new", From = new DateOnly(2020, 10, 1) };
        var chosen = WindowChoice.Of(
            new PolicyBook([later, month]), new PolicySubject("c", "o", _city.County), new DateOnly(2020, 10, 3));
        Assert.Equal([("new", new DateOnly(2020, 10, 3)), ("old", new DateOnly(2020, 9, 30))],
            chosen.Select(c => (c.Policy.Id, c.JudgedOn)));
        Assert.Equal("", Chosen("2020-09-30", until with { To = new DateOnly(2020, 9, 30) }));
    }

    [Fact]
    public void A_final_window_is_judged_by_the_policy_of_its_last_day_where_that_has_the_same_windows()
    {
        var until = Monthly with { Id = "old", To = new DateOnly(2020, 9, 21) };
        var subject = new PolicySubject("c", "o", _city.County);
        var (early, late) = (new DateOnly(2020, 9, 3), new DateOnly(2020, 9, 20));
        var month = Monthly with { Id = "new", From = new DateOnly(2020, 9, 21) };
        var chosen = WindowChoice.Final(new PolicyBook([until, month]), subject, early)!;
        Assert.Equal(("2020-09", "new", new DateOnly(2020, 9, 30), true),
            (chosen.Window.Name, chosen.Policy.Id, chosen.JudgedOn, chosen.HasEnded));
        var week = month with { Window = "week" };
        Assert.Equal("old", WindowChoice.Final(new PolicyBook([until, week]), subject, late)!.Policy.Id);
        Assert.Null(WindowChoice.Final(new PolicyBook([until with { Window = "trailing-30" }]), subject, early));
        Assert.Null(WindowChoice.Final(new PolicyBook([until]), subject, new DateOnly(2020, 9, 22)));
    }

    [Fact]
    public async Task Only_parts_of_the_ledger_that_hold_the_days_are_read_also_when_they_came_late()
    {
        using var rig = new PatternsRig(dataSet);
        var journal = rig.Books.Journal();
        for (var i = 0; i < 3 * DayMapStore.PartSize + 10; i++)
        {
            journal.Sell($"v{i}", ("tea", 100));
        }

        await rig.CommitAsync(journal);

        // Two days fill a part each, October a third; one late entry of the second day comes last.
        rig.Books.Files.Run($"""
            UPDATE entries SET business_day = CASE WHEN position <= {DayMapStore.PartSize} THEN 20200901
              WHEN position <= 2 * {DayMapStore.PartSize} THEN 20200902
              WHEN position = 3 * {DayMapStore.PartSize} + 10 THEN 20200902 ELSE 20201001 END
            """);
        var map = new DayMapStore();
        using var connection = rig.Books.Database.OpenReader();
        const int Part = DayMapStore.PartSize;
        Assert.Equal([(Part + 1L, 2L * Part), (3L * Part + 1, 3L * Part + 10)],
            map.Ranges(connection, 20200902, 20200903, BooksRig.Stop));
        Assert.Equal([(1L, 2L * Part), (3L * Part + 1, 3L * Part + 10)],
            map.Ranges(connection, 20200901, 20201001, BooksRig.Stop));
        Assert.Equal([(2L * Part + 1, 3L * Part + 10)], map.Ranges(connection, 20201001, 20201101, BooksRig.Stop));
        Assert.Empty(map.Ranges(connection, 20201002, 20201101, BooksRig.Stop));

        // What is committed afterwards is added.
        var later = rig.Books.Journal("cab-2");
        later.SellAt(PatternsRig.Start + 40 * PatternsRig.Day, "late", ("tea", 100));
        await rig.CommitAsync(later);
        Assert.Equal([(3L * Part + 1, 3L * Part + 11)], map.Ranges(connection, 20201002, 20201101, BooksRig.Stop));
    }

    private string Chosen(string today, params Policy[] policies) => string.Join(' ', WindowChoice.Of(
            new PolicyBook(policies), new PolicySubject("c", "o", _city.County), DateOnly.Parse(today))
        .Select(chosen => chosen.Window.Name + (chosen.HasEnded ? "*" : "")));
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouWindowChoiceTests() : WindowChoiceTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangWindowChoiceTests() : WindowChoiceTests("linjiang-2027");
