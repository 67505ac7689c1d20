using KioskFleet.Simulators.Series;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// Several real services on one Mosquitto, one PostgreSQL and one VictoriaMetrics: breaks them round after round while
/// a small fleet sells, mends everything, waits until nothing is on its way any more, and proves the ledger against
/// what was answered and the time series against the ledger.
/// </summary>
internal sealed class DistributedCampaign(CrashOptions options, int replicas, TimeProvider time, TextWriter progress)
{
    private readonly List<string> _wrong = [];

    /// <summary>Runs all rounds and the proof. Whatever way it ends, no child process is left.</summary>
    /// <exception cref="Servers.CampaignException">A program under test is missing or does not start.</exception>
    public async Task<CrashReport> RunAsync(CancellationToken cancel)
    {
        await using var world = new DistributedWorld(options, replicas, time);
        await progress.WriteLineAsync($"starting mosquitto, postgresql, victoria-metrics and {replicas} services");
        await world.StartAsync(cancel);
        var hands = new DistributedHands(world, _wrong);
        foreach (var round in DistributedPlan.Of(options.Seed, options.Rounds, options.Agents, replicas))
        {
            await PlayAsync(round, world, hands, cancel);
        }

        await world.EndLoadAsync();
        await new CrashDrain(world.Cabinets, time, progress).RunAsync(
            () => world.ReadLedgerAsync(cancel), facts => Prove(world, facts), _wrong, cancel);
        await WriteSeriesAsync(world, cancel);
        return await ProveAsync(world, hands, cancel);
    }

    private async Task PlayAsync(
        DistributedRound round, DistributedWorld world, DistributedHands hands, CancellationToken cancel)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(round.BeforeMs), time, cancel);
        var done = new List<string>();
        foreach (var action in round.Actions)
        {
            done.Add(await hands.PerformAsync(action));
        }

        await Task.Delay(TimeSpan.FromMilliseconds(round.DuringMs), time, cancel);
        await world.MendAsync(cancel);
        await progress.WriteLineAsync(
            $"round {round.Number + 1}/{options.Rounds}: {string.Join(", ", done)};"
            + $" {world.Book.AnsweredCount} recorded");
    }

    /// <summary>Waits until some service has written all of the ledger to the time series.</summary>
    private async Task WriteSeriesAsync(DistributedWorld world, CancellationToken cancel)
    {
        using var database = world.OpenToRead();
        var ledger = new SeriesLedger(database.OpenReader);
        var (moved, last) = (time.GetTimestamp(), -1L);
        long? done = null;
        while (time.GetElapsedTime(moved) < CrashLimits.DrainStall)
        {
            var writer = await ledger.ProgressAsync(time, cancel);
            done = writer.IsDone ? done ?? time.GetTimestamp() : null;
            if (done is { } since && time.GetElapsedTime(since) > CrashLimits.SeriesSettle)
            {
                await progress.WriteLineAsync($"time series written up to position {writer.Position}");
                return;
            }

            if (writer.Position != last || done is not null)
            {
                (moved, last) = (time.GetTimestamp(), writer.Position);
            }

            await Task.Delay(CrashLimits.PollInterval * 3, time, cancel);
        }

        _wrong.Add($"The time series stand at position {last} for {CrashLimits.DrainStall.TotalSeconds} s.");
    }

    private static ProofResult Prove(DistributedWorld world, LedgerFacts facts) =>
        CrashProof.Run(world.Book.AllSent(), world.Book.AllAnswered(), new CopyAccount().Destroyed, facts);

    private async Task<CrashReport> ProveAsync(DistributedWorld world, DistributedHands hands, CancellationToken cancel)
    {
        foreach (var cabinet in world.Cabinets)
        {
            await cabinet.StopAsync();
        }

        var facts = await world.ReadLedgerAsync(cancel);
        var proof = Prove(world, facts);
        var (verified, broken) = CrashCampaign.Chains(world.Cabinets, facts);
        var (code, output) = await world.Replicas[0].Service.RunCommandAsync("verify");
        if (code != 0)
        {
            _wrong.Add($"The service's own verify ends with {code}: {output}");
        }

        var mismatches = await MismatchesAsync(world, cancel);
        _wrong.AddRange(world.Loads.SelectMany(load => load.Refusals).Select(text => $"refused: {text}"));
        return CrashReport.Of(proof, hands.Counts) with
        {
            Seed = options.Seed,
            Rounds = options.Rounds,
            Replicas = replicas,
            Freezes = hands.Freezes,
            SeriesMismatches = mismatches.Count,
            ChainsVerified = verified,
            ChainsBroken = broken,
            Wrong = [.. _wrong, .. proof.Words(), .. mismatches.Take(10).Select(words => $"series: {words}")],
        };
    }

    private static async Task<IReadOnlyList<string>> MismatchesAsync(DistributedWorld world, CancellationToken cancel)
    {
        using var database = world.OpenToRead();
        using var queries = new SeriesQueries(world.Series.Address);
        var cells = new SeriesLedger(database.OpenReader).Cells();
        await queries.FlushAsync(cancel);
        var series = new Dictionary<SeriesCell, SeriesSum>();
        foreach (var hour in SeriesCampaign.HoursOf(cells.Keys))
        {
            foreach (var (cell, sum) in await queries.IncreasesAsync(hour, cancel))
            {
                series[cell] = sum;
            }
        }

        return SeriesComparison.Mismatches(cells, series);
    }
}
