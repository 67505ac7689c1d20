using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>What one seed came to.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Steps">Events played.</param>
/// <param name="Recorded">Reports answered.</param>
/// <param name="Violation">The broken promise, or null.</param>
/// <param name="Trace">What happened, when it was asked for.</param>
internal sealed record SimulationResult(
    ulong Seed, int Steps, int Recorded, string? Violation, IReadOnlyList<string> Trace);

/// <summary>
/// Deterministic simulation of the product's JournalSender, JournalReceiver, hash chain and entry codec between agents
/// that crash, are rolled back, cloned and corrupted, a network that loses and delays, and a service that crashes,
/// races itself and is restored. A seed is a whole run: faults first, then healing, then the proof.
/// </summary>
internal static class JournalSimulator
{
    private const int MostSteps = 200_000;

    /// <summary>Runs one seed.</summary>
    public static SimulationResult Run(ulong seed, Sabotage sabotage = Sabotage.None, bool trace = false)
    {
        var world = new SimulationWorld(seed, sabotage, trace);
        var faults = new FaultDriver(world);
        faults.Start();
        while (world.Steps < MostSteps && world.StepUntil(world.Plan.FaultsEndMs))
        {
        }

        world.Healing = true;
        world.Note("faults end");
        var quietAtMs = world.Plan.FaultsEndMs + SimulationWorld.LongestDelayMs + 1_000;
        var untilMs = world.Plan.FaultsEndMs + world.Plan.HealedWithinMs;
        while (world.Steps < MostSteps && world.StepUntil(untilMs)
            && !(world.NowMs > quietAtMs && world.Machines.TrueForAll(machine => machine.IsDrained)))
        {
        }

        if (!world.Stopped)
        {
            faults.FillGaps(world.Machines.Select(machine => machine.Disk));
            Prove(world, faults);
        }

        return new SimulationResult(seed, world.Steps, world.Truth.Recorded, world.Violation, world.Trace);
    }

    private static void Prove(SimulationWorld world, FaultDriver faults)
    {
        if (world.Machines.Find(machine => !machine.IsDrained) is { } stuck)
        {
            var afterMs = world.NowMs - world.Plan.FaultsEndMs;
            world.Violate($"not drained {afterMs} ms after the last fault: {stuck.Standing}");
        }
        else if (world.Truth.Lost() is { } lost)
        {
            world.Violate($"{lost.Kind} {lost.Id} was answered and is lost; it lies in {world.WhereIs(lost)}");
        }

        ProveChains(world);
        ProveTotals(world);
        ProveFindings(world, faults);
    }

    private static void ProveChains(SimulationWorld world)
    {
        var chain = new HashChain();
        foreach (var (id, row) in world.Ledger.Journals)
        {
            var head = Head.Genesis(id);
            while (head.Seq < row.Record.Head.Seq)
            {
                var seq = head.Seq + 1;
                var gap = row.Gaps.Find(g => g.Range.First == seq);
                if (gap is not null)
                {
                    head = gap.End;
                    continue;
                }

                if (!row.Entries.TryGetValue(seq, out var entry) || chain.Next(head.Hash, entry.Bytes) != entry.Hash)
                {
                    world.Violate($"the ledger's chain of {world.NameOf(id)} breaks at {seq}");
                    return;
                }

                head = new Head(seq, entry.Hash);
            }

            if (head != row.Record.Head)
            {
                world.Violate($"the ledger's chain of {world.NameOf(id)} does not end at its head");
            }
        }
    }

    private static void ProveTotals(SimulationWorld world)
    {
        var counted = world.Ledger.Journals.Values.SelectMany(row => row.Entries.Values).Where(entry => entry.Counted);
        var sum = counted.Sum(entry => entry.Report!.Kind switch
        {
            EntryKind.Sale => entry.Report.Fen,
            EntryKind.Refund => -entry.Report.Fen,
            _ => 0,
        });
        if (sum != world.Ledger.TotalFen)
        {
            world.Violate($"the total is {world.Ledger.TotalFen} fen and the entries sum to {sum}");
        }
    }

    private static void ProveFindings(SimulationWorld world, FaultDriver faults)
    {
        var found = world.Ledger.Findings.Select(finding => finding.Journal).ToHashSet();
        var spokenOf = world.Machines.SelectMany(machine => machine.Disk.Journals)
            .Where(journal => world.Ledger.EntryHashAt(journal.Id, 1) is not null)
            .Select(journal => journal.Predecessor)
            .Concat(world.Machines.Select(machine => (JournalId?)machine.Disk.Active.Id)).ToHashSet();
        foreach (var (journal, generation) in faults.Announced)
        {
            if (generation == world.Ledger.Generation && spokenOf.Contains(journal) && !found.Contains(journal))
            {
                world.Violate($"{world.NameOf(journal)} took back what it had announced, and nobody noticed");
            }
        }

        foreach (var journal in world.Machines.SelectMany(machine => machine.Disk.Journals))
        {
            if (journal.Predecessor is { } predecessor && !found.Contains(predecessor)
                && world.Ledger.HashAt(journal.Id, 1) == journal.HeadAt(1).Hash)
            {
                world.Violate($"{world.NameOf(predecessor)} was succeeded, and there is no finding");
            }
        }
    }
}
