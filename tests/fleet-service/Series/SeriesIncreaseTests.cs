using KioskFleet.Service.Catalogue;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Service.Tests.Series;

/// <summary>What a real server says that was sold in an hour or on a day is what the ledger says.</summary>
public sealed class SeriesIncreaseTests
{
    private const long Hour = 3_600_000;
    private const int Days = 6;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed record Made(long UtcMs, bool IsRefund, ProductClass Class, long Fen);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_hour_and_day_increases_by_the_ledgers_total_after_outages_late_entries_and_replays(int seed)
    {
        ServerAvailability.RequireVictoriaMetrics();
        await using var server = await VictoriaMetricsServer.StartAsync();
        using var rig = new SeriesRig(server.BaseAddress, batchEntries: 37);
        var random = new Random(seed);
        var start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / Hour * Hour - (Days + 1) * 24 * Hour;
        var made = new List<Made>();
        for (var stretch = 0; stretch < 6; stretch++)
        {
            for (var i = 0; i < 60; i++)
            {
                Make(rig, made, start, random);
            }

            if (stretch == 2)
            {
                // The server is away; the process ends while it waits.
                await server.StopAsync();
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
                patience.CancelAfter(TimeSpan.FromSeconds(2));
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.DrainAsync(patience.Token));
                await server.StartAgainAsync();
            }

            // Taken by the server, and the process ends before it writes that down.
            Assert.True(await rig.Writer.StepAsync(Stop));
            await rig.Server.WriteAsync(rig.Outbox.Waiting().Lines.Select(line => line.Text), Stop);
            await rig.DrainAsync(Stop);
        }

        await AssertIncreasesAsync(server, made, start, Hour, "1h");
        await AssertIncreasesAsync(server, made, start, 24 * Hour, "24h");
    }

    private static void Make(SeriesRig rig, List<Made> made, long start, Random random)
    {
        // Mostly in their order, some late, some in the same millisecond, some on the hour, long pauses between.
        var at = random.Next(10) switch
        {
            0 when made.Count > 0 => made[random.Next(made.Count)].UtcMs,
            1 => start + random.Next(Days * 24) * Hour,
            2 => start + random.NextInt64(Days * 24 * Hour),
            _ => start + made.Count * (Days * 24 * Hour - 1) / 400 + random.Next(90_000),
        };
        var position = made.Count + 1L;
        var fen = 1 + random.Next(3_000);
        if (random.Next(5) == 0)
        {
            var of = (ProductClass)random.Next(1, 3);
            rig.AddRefund(position, at, fen, (int)of);
            made.Add(new Made(at, true, of, fen));
            return;
        }

        var isAid = random.Next(2) == 0;
        rig.AddSale(position, at, isAid ? fen : 0, isAid ? 0 : fen);
        made.Add(new Made(at, false, isAid ? ProductClass.Aid : ProductClass.Ordinary, fen));
    }

    private static async Task AssertIncreasesAsync(
        VictoriaMetricsServer server, List<Made> made, long start, long step, string name)
    {
        await server.FlushAsync();
        foreach (var (measurement, isRefund) in new[] { ("kf_sales", false), ("kf_refunds", true) })
        {
            for (var from = start; from < start + Days * 24 * Hour; from += step)
            {
                var end = DateTimeOffset.FromUnixTimeMilliseconds(from + step - 1);
                var fen = await server.QueryAsync($"sum(increase({measurement}_fen[{name}])) by (class)", end);
                var entries = await server.QueryAsync($"sum(increase({measurement}_entries[{name}])) by (class)", end);
                foreach (var of in new[] { ProductClass.Aid, ProductClass.Ordinary })
                {
                    var expected = made.Where(m => m.IsRefund == isRefund && m.Class == of
                        && m.UtcMs >= from && m.UtcMs < from + step).ToList();
                    Assert.Equal(
                        (expected.Sum(m => (double)m.Fen), expected.Count), (Of(fen, of), (int)Of(entries, of)));
                }
            }
        }
    }

    private static double Of(IReadOnlyList<InstantValue> values, ProductClass of) => values
        .Where(v => v.Labels["class"].Equals($"{of}", StringComparison.OrdinalIgnoreCase)).Sum(v => v.Value);
}
