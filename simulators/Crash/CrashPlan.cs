using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Crash;

/// <summary>How a link is broken.</summary>
internal enum LinkCut
{
    /// <summary>Open connections are reset; new ones go through.</summary>
    Drop,

    /// <summary>Reset, and nobody gets through for a while.</summary>
    Dark,

    /// <summary>Every byte is late.</summary>
    Delay,

    /// <summary>What the cabinet says vanishes.</summary>
    HalfOpenUp,

    /// <summary>What the broker says vanishes: receipts are lost.</summary>
    HalfOpenDown,

    /// <summary>Somebody else connects as the same cabinet.</summary>
    Duplicate,
}

/// <summary>One thing that is done in a round. A closed set.</summary>
internal abstract record CrashAction
{
    private CrashAction()
    {
    }

    /// <summary>kill -9 of an agent.</summary>
    internal sealed record KillAgent(int Agent) : CrashAction;

    /// <summary>kill -9 of the service.</summary>
    internal sealed record KillService : CrashAction;

    /// <summary>SIGTERM of an agent.</summary>
    internal sealed record StopAgent(int Agent) : CrashAction;

    /// <summary>SIGTERM of the service.</summary>
    internal sealed record StopService : CrashAction;

    /// <summary>A broken link between an agent and the broker.</summary>
    internal sealed record CutLink(int Agent, LinkCut Cut) : CrashAction;

    /// <summary>An image of a cabinet's disk is taken; the agent stands still meanwhile.</summary>
    internal sealed record TakeImage(int Agent) : CrashAction;

    /// <summary>
    /// A cabinet's disk becomes an older image of itself, and it sells on, at first without the service.
    /// </summary>
    /// <param name="Agent">Which.</param>
    /// <param name="Older">Which image: 0 is the newest kept.</param>
    internal sealed record RestoreImage(int Agent, int Older) : CrashAction;

    /// <summary>A page of a cabinet's current journal is overwritten.</summary>
    /// <param name="Agent">Which.</param>
    /// <param name="AfterKill">True: the agent was killed before, else it ended cleanly.</param>
    internal sealed record Corrupt(int Agent, bool AfterKill) : CrashAction;

    /// <summary>A backup of the ledger is made.</summary>
    /// <param name="Live">While the service works; else its files are copied while it is stopped.</param>
    internal sealed record Backup(bool Live) : CrashAction;

    /// <summary>The ledger becomes an older backup of itself.</summary>
    /// <param name="Older">Which backup: 0 is the newest kept.</param>
    internal sealed record RestoreBackup(int Older) : CrashAction;
}

/// <summary>One round: what is done, and when.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Actions">What is done, in order.</param>
/// <param name="BeforeMs">Milliseconds of undisturbed load before it.</param>
/// <param name="DuringMs">Milliseconds until what broke is mended.</param>
internal sealed record CrashRound(int Number, IReadOnlyList<CrashAction> Actions, int BeforeMs, int DuringMs);

/// <summary>
/// Decides all rounds of a campaign: a pure function of its seed. The first rounds go through every kind of fault
/// once, so that a short campaign leaves none out; from then on chance decides.
/// </summary>
internal static class CrashPlan
{
    private const ulong Stream = 0xC4A5;

    /// <summary>The rounds.</summary>
    public static IReadOnlyList<CrashRound> Of(ulong seed, int rounds, int agents)
    {
        var chance = new Chance(seed, Stream);
        return [.. Enumerable.Range(0, rounds).Select(number => new CrashRound(
            number, Actions(chance, number, agents), chance.Between(100, 600), chance.Between(100, 900)))];
    }

    private static List<CrashAction> Actions(Chance chance, int number, int agents)
    {
        var agent = chance.Below(agents);
        var first = number % agents;
        return number switch
        {
            0 => [.. Enumerable.Range(0, agents).Select(a => new CrashAction.TakeImage(a)),
                new CrashAction.Backup(false)],
            1 => [new CrashAction.KillAgent(first), new CrashAction.KillService()],
            2 => [new CrashAction.Corrupt(first, false)],
            3 => [new CrashAction.RestoreImage(0, 0)],
            4 => [new CrashAction.CutLink(first, LinkCut.HalfOpenDown), new CrashAction.KillService()],
            5 => [new CrashAction.RestoreBackup(0)],
            6 => [new CrashAction.CutLink(first, LinkCut.Duplicate)],
            7 => [new CrashAction.KillService(), new CrashAction.CutLink(first, LinkCut.Dark)],
            8 => [new CrashAction.CutLink(first, LinkCut.Drop), new CrashAction.StopAgent(agent)],
            9 => [new CrashAction.CutLink(first, LinkCut.HalfOpenUp), new CrashAction.CutLink(agent, LinkCut.Delay)],
            _ => Drawn(chance, agent, agents),
        };
    }

    private static List<CrashAction> Drawn(Chance chance, int agent, int agents)
    {
        List<CrashAction> actions = [One(chance, agent)];
        if (chance.Hits(3_500))
        {
            actions.Add(One(chance, chance.Below(agents)));
        }

        if (chance.Hits(1_500))
        {
            actions.Add(new CrashAction.TakeImage(chance.Below(agents)));
        }

        // Backups are frequent, as images are: what an older one of both destroys proves nothing.
        if (chance.Hits(4_000))
        {
            actions.Add(new CrashAction.Backup(chance.Hits(6_000)));
        }

        return actions;
    }

    private static CrashAction One(Chance chance, int agent) => chance.Below(100) switch
    {
        < 22 => new CrashAction.KillAgent(agent),
        < 44 => new CrashAction.KillService(),
        < 68 => new CrashAction.CutLink(agent, (LinkCut)chance.Below(6)),
        < 76 => new CrashAction.RestoreImage(agent, chance.Below(CrashLimits.KeptImages)),
        < 84 => new CrashAction.Corrupt(agent, chance.Hits(3_000)),
        < 91 => new CrashAction.RestoreBackup(
            chance.Hits(7_000) ? 0 : chance.Below(CrashLimits.KeptBackups + 1)),
        < 95 => new CrashAction.StopAgent(agent),
        _ => new CrashAction.StopService(),
    };
}
