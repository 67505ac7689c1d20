using KioskFleet.Agent.Journal;
using KioskFleet.Simulators.Servers;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// Real processes, real files, real kills: breaks a small fleet round after round while it sells, mends everything,
/// waits until nothing is on its way any more, and proves the ledger against what was answered.
/// </summary>
internal sealed class CrashCampaign(CrashOptions options, TimeProvider time, TextWriter progress)
{
    private readonly List<string> _wrong = [];

    /// <summary>Runs all rounds and the proof. Whatever way it ends, no child process is left.</summary>
    /// <exception cref="CampaignException">A program under test does not start.</exception>
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
        await new CrashDrain(world.Cabinets, time, progress).RunAsync(
            () => Task.FromResult(world.Ledger.Read(live: true)), facts => Prove(world, facts), _wrong, cancel);
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

    private static ProofResult Prove(CrashWorld world, LedgerFacts facts) => CrashProof.Run(
        world.Book.AllSent(), world.Book.AllAnswered(), world.Copies.Destroyed, facts);

    private async Task<CrashReport> ProveAsync(CrashWorld world, FaultCounts counts)
    {
        var facts = world.Ledger.Read(live: false);
        var proof = Prove(world, facts);
        var (verified, broken) = Chains(world.Cabinets, facts);
        var (code, output) = await world.Service.RunCommandAsync("verify");
        if (code != 0)
        {
            _wrong.Add($"The service's own verify ends with {code}: {output}");
        }

        _wrong.AddRange(world.Loads.SelectMany(load => load.Refusals).Select(text => $"refused: {text}"));
        return CrashReport.Of(proof, counts) with
        {
            Seed = options.Seed,
            Rounds = options.Rounds,
            ChainsVerified = verified,
            ChainsBroken = broken,
            Wrong = [.. _wrong, .. proof.Words()],
        };
    }

    /// <summary>
    /// Checks every chain on the cabinets and in the ledger; a journal set aside for its damage is left out.
    /// </summary>
    internal static (int Verified, IReadOnlyList<string> Broken) Chains(
        IReadOnlyList<CabinetUnderTest> cabinets, LedgerFacts facts)
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

        foreach (var cabinet in cabinets)
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
