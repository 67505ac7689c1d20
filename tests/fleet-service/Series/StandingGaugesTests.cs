using KioskFleet.Service.Compliance;
using KioskFleet.Service.Series;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Series;

public sealed class StandingGaugesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task How_each_cabinet_stands_is_in_a_real_server()
    {
        ServerAvailability.RequireVictoriaMetrics();
        await using var server = await VictoriaMetricsServer.StartAsync();
        await using var rig = await ServiceRig.StartAsync(
            null, ("Series:Enabled", "true"), ("Series:Url", server.BaseAddress.ToString()), ("Series:Org", "city"),
            ("Series:Bucket", "sales"));
        await rig.RegisterAsync("A1");
        await rig.RegisterAsync("A2");
        var gauges = rig.Host.Services.GetRequiredService<StandingGauges>();
        Assert.True(await gauges.TellAsync(Stop));

        // The server shows a moment when it has passed.
        var standings = await server.ExportAsync("kf_standing_standing");
        for (var tries = 0; standings.Count < 2 && tries < 100; tries++)
        {
            await Task.Delay(100, Stop);
            standings = await server.ExportAsync("kf_standing_standing");
        }

        Assert.Equal(["A1", "A2"], standings.Select(s => s.Labels["cabinet"]).Order());
        Assert.All(standings, s => Assert.Equal([(double)Standing.NoData], s.Values));
        Assert.All(standings, s => Assert.Equal("op1", s.Labels["operator"]));
        Assert.Equal(2, (await server.ExportAsync("kf_standing_headroom_fen")).Count);

        // Nothing was sold: there is no share to tell.
        Assert.Empty(await server.ExportAsync("kf_standing_share_basis_points"));
    }

    [Fact]
    public void The_shipped_server_keeps_sales_longer_than_the_cabinets()
    {
        var unit = File.ReadAllText(Path.Combine(
            SourceTree.Root, "deploy", "victoria-metrics", "victoria-metrics.service"));
        var years = int.Parse(unit.Split("-retentionPeriod=")[1].Split('y')[0]);
        Assert.True(years * 365 > 400);
    }
}
