using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Series;
using KioskFleet.Simulators.Tests.Commands;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Series;

public sealed class SeriesCampaignTests
{
    private const long Hour = 3_600_000;
    private static readonly SeriesCell Sold = new("A1", false, "aid", 5 * Hour);

    [Fact]
    public void A_cell_that_one_side_lacks_or_in_which_amount_or_count_differ_is_told_with_both()
    {
        var other = Sold with { HourUtcMs = 6 * Hour };
        var returned = Sold with { IsRefund = true };
        var ledger = new Dictionary<SeriesCell, SeriesSum> { [Sold] = new(100, 1), [returned] = new(7, 2) };

        Assert.Empty(SeriesComparison.Mismatches(ledger, new Dictionary<SeriesCell, SeriesSum>(ledger)));
        var mismatches = SeriesComparison.Mismatches(
            ledger, new Dictionary<SeriesCell, SeriesSum> { [returned] = new(7, 1), [other] = new(100, 1) });
        Assert.Equal(
            [
                "A1 sales aid 1970-01-01T05Z: the ledger holds 100 fen in 1 entries, "
                    + "the series increases by 0 in 0",
                "A1 refunds aid 1970-01-01T05Z: the ledger holds 7 fen in 2 entries, "
                    + "the series increases by 7 in 1",
                "A1 sales aid 1970-01-01T06Z: the ledger holds 0 fen in 0 entries, "
                    + "the series increases by 100 in 1",
            ], mismatches);
    }

    [Fact]
    public void The_hours_reach_beyond_the_first_and_the_last_entry()
    {
        Assert.Equal(5 * Hour, SeriesComparison.HourOf(5 * Hour + 1));
        Assert.Equal(
            [4 * Hour, 5 * Hour, 6 * Hour, 7 * Hour, 8 * Hour],
            SeriesCampaign.HoursOf([Sold, Sold with { HourUtcMs = 7 * Hour }]));
    }

    [Fact]
    public async Task Every_cabinet_class_and_hour_equals_the_ledger_after_an_outage_and_two_kills()
    {
        ServerAvailability.RequireVictoriaMetrics();
        using var folder = new TemporaryFolder("series-campaign");
        var result = await CommandLine.RunAsync(
            "series", "--cabinets", "8", "--days", "2", "--seed", "5", "--json", folder.File("series.json"));
        Assert.True(result.ExitCode == ExitCode.Proven, result.Output + result.Error);
        var json = CommandLine.Read(folder.File("series.json"));
        Assert.Equal((0, 2), (json.Number("seriesMismatches"), json.GetProperty("killedAt").GetArrayLength()));
        Assert.InRange(json.Number("cellsCompared"), 100, long.MaxValue);
        Assert.True(json.GetProperty("proven").GetBoolean());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var result = await CommandLine.RunAsync("series", "--victoria-metrics", "/nowhere/victoria");
        Assert.Equal(ExitCode.WrongInput, result.ExitCode);
        Assert.Contains("/nowhere/victoria", result.Error, StringComparison.Ordinal);
    }
}
