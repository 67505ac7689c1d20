using Xunit;

namespace KioskFleet.TestKit.Tests;

public sealed class VictoriaMetricsServerTests
{
    private static readonly DateTimeOffset Today = new(DateTime.UtcNow.Date, TimeSpan.Zero);

    public VictoriaMetricsServerTests() => ServerAvailability.RequireVictoriaMetrics();

    [Fact]
    public async Task Lines_written_are_exported_and_queried_at_once()
    {
        await using var server = await VictoriaMetricsServer.StartAsync();
        var time = Today.AddDays(-1).ToUnixTimeMilliseconds();
        await server.WriteLinesAsync($"sales,cabinet=a aid_fen=1200,total_fen=3000 {time}\n");
        var series = await server.ExportAsync("{__name__=~\"sales.*\"}");
        Assert.Equal(["sales_aid_fen", "sales_total_fen"], series.Select(one => one.Name).Order());
        var total = series.Single(one => one.Name == "sales_total_fen");
        Assert.Equal((3000d, time), (total.Values.Single(), total.TimestampsMilliseconds.Single()));
        Assert.Equal("a", total.Labels["cabinet"]);
        var sum = Assert.Single(await server.QueryAsync("sum(sales_aid_fen)", Today.AddDays(-1).AddSeconds(1)));
        Assert.Equal(1200, sum.Value);
    }

    [Fact]
    public async Task Data_of_four_hundred_and_one_days_ago_is_kept()
    {
        await using var server = await VictoriaMetricsServer.StartAsync();
        var time = Today.AddDays(-401).ToUnixTimeSeconds();
        await server.WriteLinesAsync($"old value=1 {time}\n", precision: "s");
        Assert.Single(await server.ExportAsync("old_value"));
    }

    [Fact]
    public async Task Exported_series_can_be_imported_into_another_server()
    {
        await using var server = await VictoriaMetricsServer.StartAsync();
        var labels = new Dictionary<string, string> { ["__name__"] = "share", ["county"] = "341125" };
        var series = new ExportedSeries(labels, [0.5, 0.25], [Stamp(1), Stamp(2)]);
        await server.ImportAsync([series]);
        var back = Assert.Single(await server.ExportAsync("share"));
        Assert.Equal(series.Values, back.Values);
        Assert.Equal(series.TimestampsMilliseconds, back.TimestampsMilliseconds);
        Assert.Equal("341125", back.Labels["county"]);
    }

    [Fact]
    public async Task A_server_stopped_for_a_while_comes_back_on_its_port_with_its_data()
    {
        await using var server = await VictoriaMetricsServer.StartAsync();
        await server.WriteLinesAsync($"kept value=1 {Stamp(1)}\n");
        await server.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => server.FlushAsync());
        await server.StartAgainAsync();
        Assert.Single(await server.ExportAsync("kept_value"));
    }

    private static long Stamp(int minutes) => Today.AddDays(-1).AddMinutes(minutes).ToUnixTimeMilliseconds();
}
