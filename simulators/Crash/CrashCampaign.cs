using KioskFleet.Agent.Journal;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// Real processes, real files, real kills: breaks a small fleet round after round while it sells, mends everything,
/// waits until nothing is on its way any more, and proves the ledger against what was answered.
/// </summary>
internal sealed class CrashCampaign(CrashOptions options, TimeProvider time, TextWriter progress)
{
    private readonly List<string> _wrong = [];

    /// <summary>Runs all rounds and the proof. Whatever way it ends, no child process is left.</summary>
    /// <exception cref="CrashCampaignException">A program under test does not start.</exception>
    public async Task<CrashReport> RunAsync(CancellationToken cancel)
    {
        await using var world = new CrashWorld(options, time);
        await world.StartAsync(cancel);
        var hands = new FaultHands(world, _wrong);
        foreach (var round in CrashPlan.Of(options.Seed, options.Rounds, options.Agents))
        {
            await PlayAsync(round, world, hands, cancel);
        }

        await world.MendAsync(cancel);
        await world.EndLoadAsync();
        await DrainAsync(world, cancel);
        foreach (var cabinet in world.Cabinets)
        {
            await cabinet.StopAsync();
        }

        await world.Service.StopAsync();
        return await ProveAsync(world, hands.Counts);
    }

    private async Task PlayAsync(CrashRound round, CrashWorld world, FaultHands hands, CancellationToken cancel)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(round.BeforeMs), time, cancel);
        var done = new List<string>();
        foreach (var action in round.Actions)
        {
            done.Add(await hands.PerformAsync(action, cancel));
        }

        await Task.Delay(TimeSpan.FromMilliseconds(round.DuringMs), time, cancel);
        await world.MendAsync(cancel);
        await progress.WriteLineAsync(
            $"round {round.Number + 1}/{options.Rounds}: {string.Join(", ", done)};"
            + $" {world.Book.AnsweredCount} recorded");
    }

    /// <summary>Waits until the ledger has everything it can get, or until nothing moves any more.</summary>
    private async Task DrainAsync(CrashWorld world, CancellationToken cancel)
    {
        var moved = time.GetTimestamp();
        var standing = (Records: -1, Lost: -1);
        while (time.GetElapsedTime(moved) < CrashLimits.DrainStall)
        {
            var facts = world.Ledger.Read(live: true);
            var proof = Prove(world, facts);
            var backlogs = await Task.WhenAll(world.Cabinets.Select(cabinet => cabinet.BacklogAsync(cancel)));
            if (proof.Lost.Count == 0 && backlogs.All(backlog => backlog == 0))
            {
                await progress.WriteLineAsync($"drained; {facts.Records.Count} entries in the ledger");
                return;
            }

            if (standing != (facts.Records.Count, proof.Lost.Count))
            {
                standing = (facts.Records.Count, proof.Lost.Count);
                moved = time.GetTimestamp();
            }

            await Task.Delay(CrashLimits.PollInterval * 3, time, cancel);
        }

        _wrong.Add($"Not drained: nothing moved for {CrashLimits.DrainStall.TotalSeconds} s.");
        foreach (var cabinet in world.Cabinets)
        {
            if (await cabinet.BacklogAsync(cancel) != 0)
            {
                _wrong.Add($"{cabinet.Name} has a backlog: {await cabinet.StatusAsync()}");
            }
        }
    }

    private static ProofResult Prove(CrashWorld world, LedgerFacts facts) => CrashProof.Run(
        world.Book.AllSent(), world.Book.AllAnswered(), world.Copies.Destroyed, facts);

    private async Task<CrashReport> ProveAsync(CrashWorld world, FaultCounts counts)
    {
        var facts = world.Ledger.Read(live: false);
        var proof = Prove(world, facts);
        var (verified, broken) = Chains(world, facts);
        var (code, output) = await world.Service.RunCommandAsync("verify");
        if (code != 0)
        {
            _wrong.Add($"The service's own verify ends with {code}: {output}");
        }

        _wrong.AddRange(world.Loads.SelectMany(load => load.Refusals).Select(text => $"refused: {text}"));
        return new CrashReport
        {
            Seed = options.Seed,
            Rounds = options.Rounds,
            Kills = counts.Kills,
            Cuts = counts.Cuts,
            Stops = counts.Stops,
            Restores = counts.Restores,
            Images = counts.Images,
            Corruptions = counts.Corruptions,
            Recorded = proof.Recorded,
            Committed = proof.Committed,
            UnansweredCommitted = proof.UnansweredCommitted,
            CommittedFen = proof.CommittedFen,
            Lost = proof.Lost.Count,
            Doubled = proof.Doubled.Count,
            Destroyed = proof.Destroyed.Count,
            DestroyedBy = proof.Destroyed.Values.GroupBy(what => what).OrderBy(group => group.Key)
                .ToDictionary(group => group.Key, group => group.Count()),
            ChainsVerified = verified,
            ChainsBroken = broken,
            ForksFound = counts.ForksFound,
            CorruptionsFound = counts.CorruptionsFound,
            Wrong = [.. _wrong, .. proof.Wrong, .. proof.Lost.Take(10).Select(key => $"lost: {key}"),
                .. proof.Doubled.Take(10).Select(key => $"doubled: {key}")],
        };
    }

    /// <summary>
    /// Checks every chain on the cabinets and in the ledger; a journal set aside for its damage is left out.
    /// </summary>
    private static (int Verified, IReadOnlyList<string> Broken) Chains(CrashWorld world, LedgerFacts facts)
    {
        var broken = new List<string>();
        var verified = 0;
        foreach (var journal in facts.Journals)
        {
            verified += journal.Broken is null ? 1 : 0;
            if (journal.Broken is { } words)
            {
                broken.Add($"ledger, {journal.Cabinet}, journal {journal.Journal}: {words}");
            }
        }

        foreach (var cabinet in world.Cabinets)
        {
            var setAside = cabinet.Disk.Pointer()?.Ended
                .Where(ended => ended.File != $"{ended.Id}.db").Select(ended => ended.Id).ToHashSet() ?? [];
            foreach (var report in JournalAudit.VerifyFolder(cabinet.Disk.Folder)
                .Where(report => !setAside.Contains(report.Journal)))
            {
                verified += report.IsWhole ? 1 : 0;
                if (report.FirstBad is { } bad)
                {
                    broken.Add($"{cabinet.Name}, journal {report.Journal}, entry {bad.Seq}: {bad.Why}");
                }
            }
        }

        return (verified, broken);
    }
}
