using System.Globalization;
using Xunit;

namespace KioskFleet.EndToEnd.Tests.Clocks;

public sealed class CabinetClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_cabinet_that_was_offline_for_sixty_days_drains_afterwards_and_every_sale_keeps_its_day()
    {
        await using var fleet = await TimedFleet.StartAsync(Start);
        await fleet.ConnectAsync();
        fleet.Sell(Start.AddMinutes(1), 100);
        await fleet.DrainAsync();
        await fleet.RebootAsync(Start.AddHours(1));
        for (var day = 1; day <= 60; day++)
        {
            for (var sale = 0; sale < 20; sale++)
            {
                fleet.Sell(Start.AddDays(day).AddMinutes(sale), 100);
            }
        }

        Assert.Equal(1_200, fleet.Agent.Backlog);
        fleet.ServiceAt(Start.AddDays(60).AddHours(1));
        await fleet.ConnectWithoutAlignAsync(Start.AddDays(60).AddHours(1));
        await fleet.DrainAsync();

        var sales = fleet.Sales();
        Assert.Equal(1_201, sales.Count);
        Assert.All(sales, sale => Assert.Equal(0, sale.State));
        Assert.All(Enumerable.Range(1, 60), day => Assert.Equal(20, sales.Count(sale => sale.Day == DayOf(day))));
        Assert.Empty(fleet.Findings());
    }

    [Theory]
    [InlineData("1970-01-01")]
    [InlineData("2027-03-10")]
    public async Task A_cabinet_whose_clock_is_absurd_is_dated_by_what_its_boot_heard_of_the_service(string wall)
    {
        var error = ErrorOf(wall);
        await using var fleet = await TimedFleet.StartAsync(Start, error);
        await fleet.ConnectAsync();
        fleet.Sell(Start.AddHours(3), 100);
        await fleet.DrainAsync();

        var sale = Assert.Single(fleet.Sales());
        Assert.Equal((20260310, Start.AddHours(3), 0), (sale.Day, sale.AtUtc, sale.State));
        Assert.Empty(fleet.Findings());
    }

    [Theory]
    [InlineData("1970-01-01")]
    [InlineData("2027-03-10")]
    public async Task A_boot_that_never_heard_the_service_is_dated_between_its_neighbours_and_loses_nothing(string wall)
    {
        var error = ErrorOf(wall);
        await using var fleet = await TimedFleet.StartAsync(Start, error);
        await fleet.ConnectAsync();
        fleet.Sell(Start.AddHours(1), 100);
        await fleet.DrainAsync();
        await fleet.RebootAsync(Start.AddHours(2));
        fleet.Sell(Start.AddHours(3), 200);
        fleet.Sell(Start.AddHours(4), 300);
        await fleet.RebootAsync(Start.AddHours(5));
        fleet.ServiceAt(Start.AddHours(5));
        await fleet.ConnectAsync();
        fleet.Sell(Start.AddHours(6), 400);
        await fleet.DrainAsync();

        var sales = fleet.Sales();
        Assert.Equal(4, sales.Count);
        Assert.All(sales, sale => Assert.Equal((20260310, 0), (sale.Day, sale.State)));
        Assert.All(sales.Skip(1).Take(2), sale => Assert.InRange(sale.AtUtc, Start.AddHours(1), Start.AddHours(5)));
        Assert.Equal(["ClockImplausible"], fleet.Findings());
    }

    private static TimeSpan ErrorOf(string wall) =>
        DateTimeOffset.Parse($"{wall}T02:00:00Z", CultureInfo.InvariantCulture) - Start;

    private static int DayOf(int day)
    {
        var local = Start.AddDays(day).ToOffset(TimeSpan.FromHours(8));
        return local.Year * 10_000 + local.Month * 100 + local.Day;
    }
}
