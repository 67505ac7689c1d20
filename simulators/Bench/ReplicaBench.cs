using System.Globalization;
using KioskFleet.Simulators.Servers;

namespace KioskFleet.Simulators.Bench;

/// <summary>What the rounds over Mosquitto measured.</summary>
/// <param name="EndToEndRatio">One service ÷ bare rows.</param>
/// <param name="ReplicaRatio">Several services ÷ one.</param>
/// <param name="OneSalesPerSecond">Sales per second with one service.</param>
/// <param name="SeveralSalesPerSecond">Sales per second with several.</param>
/// <param name="FollowedPerSecond">Sales per second of what follows the ledger, one service, afterwards.</param>
/// <param name="Sent">Sales for which a receipt came.</param>
/// <param name="Committed">Sales in the ledger.</param>
internal sealed record ReplicaFigures(
    double EndToEndRatio, double ReplicaRatio, double OneSalesPerSecond, double SeveralSalesPerSecond,
    double FollowedPerSecond, long Sent, long Committed);

/// <summary>
/// Two equal fleets, behind one of them one service and behind the other several. Each round measures both, now the one
/// first and now the other, each behind bare rows and while the other one stands still. So what the machine does, and
/// how full a ledger is, bears on both alike.
/// </summary>
internal sealed class ReplicaBench(
    DistributedOptions options, PostgreSqlCluster cluster, string folder, Action<string> progress)
{
    /// <summary>Measures. Whatever way it ends, no child process is left.</summary>
    /// <exception cref="CampaignException">A program does not start, or a cabinet is refused.</exception>
    public async Task<ReplicaFigures> RunAsync(Func<double> bare, CancellationToken cancel)
    {
        await using var one = new MeasuredFleet(options, 1, cluster, Path.Combine(folder, "one"));
        await using var several = new MeasuredFleet(
            options, options.Replicas, cluster, Path.Combine(folder, "several"));
        await PrepareAsync(one, cancel);
        await PrepareAsync(several, cancel);
        var rounds = new List<Round>();

        // The first one is not counted: one fleet stood still for long while the other one was made.
        for (var number = 0; number <= options.Rounds; number++)
        {
            var round = new Round();
            foreach (var fleet in number % 2 == 1 ? (MeasuredFleet[])[one, several] : [several, one])
            {
                var limit = bare();
                fleet.Thaw();

                // What was due meanwhile is done first; then awake, as in the middle of a day.
                await fleet.SettleAsync(cancel);
                await fleet.SendAsync(options.WarmUpSalesPerCabinet, cancel);
                var rate = await fleet.SendAsync(options.SalesPerCabinet, cancel);
                await fleet.FreezeAsync(cancel);
                round = fleet == one ? round with { Bare = limit, One = rate } : round with { Several = rate };
            }

            progress(string.Create(
                CultureInfo.InvariantCulture,
                $"round {number} of {options.Rounds}: bare rows {round.Bare:N0}/s, one service {round.One:N0} "
                + $"sales/s, {options.Replicas} services {round.Several:N0}"));
            if (number > 0)
            {
                rounds.Add(round);
            }
        }

        one.Thaw();
        var followed = await one.FollowAsync(cancel);
        return new ReplicaFigures(
            Median(rounds, r => r.One / r.Bare), Median(rounds, r => r.Several / r.One), Median(rounds, r => r.One),
            Median(rounds, r => r.Several), followed, one.Sent + several.Sent,
            await one.CountAsync(cancel) + await several.CountAsync(cancel));
    }

    private async Task PrepareAsync(MeasuredFleet fleet, CancellationToken cancel)
    {
        progress(string.Create(
            CultureInfo.InvariantCulture, $"{options.Cabinets} cabinets and {fleet.Services} service(s)"));
        await fleet.StartAsync(cancel);
        for (var i = 0; i < options.WarmUpRounds; i++)
        {
            await fleet.SendAsync(options.WarmUpSalesPerCabinet, cancel);
        }

        await fleet.FreezeAsync(cancel);
    }

    private static double Median(List<Round> rounds, Func<Round, double> of) => PairedRates.Median(rounds.Select(of));

    /// <summary>Rates of one round, per second.</summary>
    private readonly record struct Round(double Bare, double One, double Several);
}
