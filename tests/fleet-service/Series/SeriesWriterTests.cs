using KioskFleet.Service.Places;
using KioskFleet.Service.Series;
using KioskFleet.Service.Tests.Places;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Service.Tests.Series;

public sealed class SeriesWriterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ShippedDataSets.OfRun), MemberType = typeof(ShippedDataSets))]
    public async Task What_the_ledger_holds_is_in_a_real_server_also_after_it_was_away(string dataSet)
    {
        var county = DataSetFile.Load(dataSet).Counties[^1].Code.Value;
        ServerAvailability.RequireVictoriaMetrics();
        await using var server = await VictoriaMetricsServer.StartAsync();
        using var rig = new SeriesRig(server.BaseAddress, batchEntries: 40, county);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 1; i <= 100; i++)
        {
            rig.AddSale(i, now - 100_000 + i * 10, i, 2 * i);
        }

        await rig.DrainAsync(Stop);
        await server.StopAsync();
        rig.AddSale(101, now, 1_000, 0);
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop))
        {
            patience.CancelAfter(TimeSpan.FromSeconds(2));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.DrainAsync(patience.Token));
        }

        Assert.NotEmpty(rig.Outbox.Waiting().Lines);
        await server.StartAgainAsync();
        await rig.DrainAsync(Stop);
        Assert.Equal(101, rig.Outbox.Position());
        Assert.Empty(rig.Outbox.Waiting().Lines);

        // The export may give one series in several blocks.
        var blocks = await server.ExportAsync("kf_sales_fen{class=\"aid\"}");
        Assert.Equal(CounterLanes.Beginning + 5_050 + 1_000, blocks.SelectMany(b => b.Values).Max());
        var aid = blocks[0];
        Assert.Equal("A1", aid.Labels["cabinet"]);
        Assert.Equal("op 1", aid.Labels["operator"]);
        Assert.Equal(county, aid.Labels["county"]);
        Assert.Equal("0", aid.Labels["lane"]);
        var ordinary = await server.ExportAsync("kf_sales_fen{class=\"ordinary\"}");
        Assert.Equal(CounterLanes.Beginning + 10_100, ordinary.SelectMany(b => b.Values).Max());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_killed_server_had_taken_and_lost_is_written_once_more(bool moreIsSold)
    {
        ServerAvailability.RequireVictoriaMetrics();
        await using var server = await VictoriaMetricsServer.StartAsync();
        using var rig = new SeriesRig(server.BaseAddress, batchEntries: 20, keepSentSeconds: moreIsSold ? 10 : 1);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var i = 1; i <= 50; i++)
        {
            rig.AddSale(i, now - 100_000 + i * 10, i, 0);
        }

        await rig.DrainAsync(Stop);
        server.Kill();
        await server.StartAgainAsync();
        Assert.Equal(0, await PointsAsync(server));
        if (moreIsSold)
        {
            rig.AddSale(51, now, 51, 0);
        }

        for (var left = 100; await PointsAsync(server) < (moreIsSold ? 52 : 51); left--)
        {
            Assert.True(left > 0, $"{await PointsAsync(server)} points came back within 10 s.");
            await rig.DrainAsync(Stop);
            await Task.Delay(100, Stop);
        }

        Assert.Empty(rig.Outbox.Waiting().Lines);
    }

    [Fact]
    public async Task What_the_server_lost_together_with_the_service_is_written_once_more()
    {
        using var server = new ChosenServer();
        using var rig = new SeriesRig(server.Address, batchEntries: 20, keepSentSeconds: 1);
        rig.AddSale(1, 1_600_000_000_000, 100, 0);
        await rig.DrainAsync(Stop);
        var lost = server.Taken.ToList();
        server.Taken.Clear();

        // Power is back after longer than what was sent is kept for a server that was killed alone.
        await Task.Delay(1_200, Stop);
        rig.Restart();
        rig.AddSale(2, 1_600_007_200_000, 100, 0);
        await rig.DrainAsync(Stop);
        Assert.Equal(2, lost.Count);
        Assert.Equal(4, lost.Concat(server.Taken).Distinct().Count());
        Assert.Empty(lost.Except(server.Taken));
    }

    [Fact]
    public async Task A_server_that_closes_every_connection_is_not_written_to_for_ever()
    {
        using var server = new ChosenServer();
        using var rig = new SeriesRig(server.Address, batchEntries: 2);
        for (var i = 1; i <= 20; i++)
        {
            rig.AddSale(i, 1_600_000_000_000 + i, i, 0);
            await rig.DrainAsync(Stop);
        }

        Assert.Equal(21, server.Taken.Distinct().Count());
        Assert.InRange(server.Taken.Count, 21, 50);
    }

    [Fact]
    public async Task A_line_that_is_refused_is_kept_with_the_servers_words_and_the_others_go_on()
    {
        using var server = new ChosenServer
        {
            Answer = lines => lines.Any(l => l.EndsWith(" 1600000000013", StringComparison.Ordinal))
                ? (400, "bad point", null)
                : (204, "", null),
        };
        using var rig = new SeriesRig(server.Address, batchEntries: 50);
        for (var i = 1; i <= 20; i++)
        {
            rig.AddSale(i, 1_600_000_000_000 + i, i, 0);
        }

        await rig.DrainAsync(Stop);
        Assert.Equal(20, rig.Outbox.Position());

        // One line more tells what there was before the first.
        Assert.Equal(20, server.Taken.Distinct().Count());
        Assert.Equal(13L, rig.Run("SELECT position FROM series_dead_letters"));
        Assert.Equal("bad point", rig.Run("SELECT words FROM series_dead_letters"));
        Assert.All(server.Queries, q => Assert.Equal(
            "/api/v2/write?org=city&bucket=sales&precision=ms Token secret", q));
    }

    [Fact]
    public async Task A_page_for_people_from_whatever_listens_there_makes_no_line_dead()
    {
        using var server = new ChosenServer
        {
            Answer = _ => (400, "<html>plain HTTP request was sent to HTTPS port</html>", null),
            ContentType = "text/html; charset=utf-8",
        };
        using var rig = new SeriesRig(server.Address, batchEntries: 50);
        rig.AddSale(1, 1_600_000_000_000, 5, 0);
        await rig.DrainAsync(Stop);
        Assert.NotEmpty(rig.Outbox.Waiting().Lines);
        Assert.Equal(0L, rig.Run("SELECT count(*) FROM series_dead_letters"));
        server.Answer = _ => (204, "", null);
        await rig.DrainAsync(Stop);
        Assert.NotEmpty(server.Taken);
    }

    [Fact]
    public async Task A_gauge_that_is_refused_is_a_dead_letter_and_those_behind_it_are_told()
    {
        using var server = new ChosenServer
        {
            Answer = lines => lines.Any(l => l.Contains("cabinet=C7", StringComparison.Ordinal))
                ? (422, "beyond the bucket's retention", null)
                : (204, "", null),
        };
        using var rig = new SeriesRig(server.Address, batchEntries: 50);
        var lines = Enumerable.Range(1, 12)
            .Select(i => $"kf_stock,cabinet=C{i},slot=A1 pieces={i}i {1_600_000_000_000 + i}\n");
        Assert.True(await rig.Delivery.TellAsync(lines, Stop));
        Assert.Equal(11, server.Taken.Distinct().Count());
        Assert.Equal(0L, rig.Run("SELECT position FROM series_dead_letters WHERE line LIKE 'kf_stock,cabinet=C7,%'"));
        Assert.Equal("beyond the bucket's retention", rig.Run("SELECT words FROM series_dead_letters"));
        server.Answer = _ => (401, "no token", null);
        Assert.False(await rig.Delivery.TellAsync(lines, Stop));
        Assert.Equal(1L, rig.Run("SELECT count(*) FROM series_dead_letters"));
    }

    [Fact]
    public async Task Overload_is_retried_after_the_time_the_server_names_and_nothing_is_dead()
    {
        var asked = 0;
        using var server = new ChosenServer
        {
            Answer = _ => ++asked == 1 ? (429, "slow down", 1) : asked == 2 ? (503, "", 1) : (204, "", null),
        };
        using var rig = new SeriesRig(server.Address, batchEntries: 50);
        rig.AddSale(1, 1_600_000_000_000, 5, 0);
        var started = TimeProvider.System.GetTimestamp();
        await rig.DrainAsync(Stop);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 1.9, 10);
        Assert.Equal(3, asked);
        Assert.Equal(0L, rig.Run("SELECT count(*) FROM series_dead_letters"));
    }

    [Fact]
    public async Task A_restored_ledger_is_written_from_its_beginning_again()
    {
        using var server = new ChosenServer();
        using var rig = new SeriesRig(server.Address, batchEntries: 50);
        rig.AddSale(1, 1_600_000_000_000, 5, 0);
        await rig.DrainAsync(Stop);
        Assert.False(await rig.Writer.StepAsync(Stop));
        await rig.Generations.RenewAsync("test", Stop);
        await rig.DrainAsync(Stop);
        Assert.Equal(4, server.Taken.Count);
        Assert.Equal(2, server.Taken.Distinct().Count());
    }

    /// <summary>Points of the aid sales, each moment once.</summary>
    private static async Task<int> PointsAsync(VictoriaMetricsServer server)
    {
        await server.FlushAsync();
        var blocks = await server.ExportAsync("kf_sales_fen{class=\"aid\"}");
        return blocks.SelectMany(block => block.TimestampsMilliseconds).Distinct().Count();
    }
}
