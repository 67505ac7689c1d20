using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Crash;

/// <summary>One thing that is done to several services and their servers in a round. A closed set.</summary>
internal abstract record DistributedAction
{
    private DistributedAction()
    {
    }

    /// <summary>kill -9 of a service.</summary>
    internal sealed record KillReplica(int Replica) : DistributedAction;

    /// <summary>SIGTERM of a service.</summary>
    internal sealed record StopReplica(int Replica) : DistributedAction;

    /// <summary>
    /// A service stands still (SIGSTOP): its connections stay open, its leases run out when it is long.
    /// </summary>
    internal sealed record FreezeReplica(int Replica, bool IsLong) : DistributedAction;

    /// <summary>kill -9 of the broker, which remembers nothing.</summary>
    internal sealed record KillBroker : DistributedAction;

    /// <summary>The broker stands still.</summary>
    internal sealed record FreezeBroker : DistributedAction;

    /// <summary>The database's immediate stop, from which it recovers.</summary>
    internal sealed record KillDatabase : DistributedAction;

    /// <summary>kill -9 of the server of time series.</summary>
    internal sealed record KillSeries : DistributedAction;

    /// <summary>kill -9 of an agent.</summary>
    internal sealed record KillAgent(int Agent) : DistributedAction;

    /// <summary>A broken link between an agent and the broker.</summary>
    internal sealed record CutAgent(int Agent, LinkCut Cut) : DistributedAction;

    /// <summary>A broken link between a service and the broker.</summary>
    internal sealed record CutBroker(int Replica, LinkCut Cut) : DistributedAction;

    /// <summary>A broken link between a service and the database.</summary>
    internal sealed record CutDatabase(int Replica, LinkCut Cut) : DistributedAction;
}

/// <summary>One round: what is done, and when.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Actions">What is done, in order.</param>
/// <param name="BeforeMs">Milliseconds of undisturbed load before it.</param>
/// <param name="DuringMs">Milliseconds until what broke is mended.</param>
internal sealed record DistributedRound(
    int Number, IReadOnlyList<DistributedAction> Actions, int BeforeMs, int DuringMs);

/// <summary>
/// Decides all rounds of a campaign over several services: a pure function of its seed. The first rounds go through
/// every kind of fault once, so that a short campaign leaves none out; from then on chance decides.
/// </summary>
internal static class DistributedPlan
{
    /// <summary>How long a service stands still that is to lose its leases, in milliseconds.</summary>
    public const int LongFreezeMs = 12_000;

    private const ulong Stream = 0xD157;

    // A second connection of a cabinet belongs to its agent, not to the services.
    private const int Cuts = (int)LinkCut.Duplicate;

    /// <summary>The rounds.</summary>
    public static IReadOnlyList<DistributedRound> Of(ulong seed, int rounds, int agents, int replicas)
    {
        var chance = new Chance(seed, Stream);
        return
        [
            .. Enumerable.Range(0, rounds).Select(number =>
            {
                var actions = Actions(chance, number, agents, replicas);
                var (before, during) = (chance.Between(100, 600), chance.Between(100, 1_500));
                var isLong = actions.Any(action => action is DistributedAction.FreezeReplica { IsLong: true });
                return new DistributedRound(number, actions, before, isLong ? LongFreezeMs : during);
            }),
        ];
    }

    private static List<DistributedAction> Actions(Chance chance, int number, int agents, int replicas)
    {
        var (agent, replica) = (chance.Below(agents), chance.Below(replicas));
        return number switch
        {
            0 => [new DistributedAction.KillReplica(replica)],
            1 => [new DistributedAction.KillDatabase()],
            2 => [new DistributedAction.CutDatabase(replica, LinkCut.Drop), new DistributedAction.KillSeries()],
            3 => [new DistributedAction.KillBroker(), new DistributedAction.CutAgent(agent, LinkCut.HalfOpenDown)],
            4 => [new DistributedAction.FreezeReplica(replica, true)],
            5 => [new DistributedAction.CutBroker(replica, LinkCut.HalfOpenUp)],
            6 => [new DistributedAction.FreezeBroker(), new DistributedAction.KillAgent(agent)],
            7 => [new DistributedAction.StopReplica(replica), new DistributedAction.CutDatabase(0, LinkCut.Dark)],
            _ => Drawn(chance, agents, replicas),
        };
    }

    private static List<DistributedAction> Drawn(Chance chance, int agents, int replicas)
    {
        List<DistributedAction> actions = [One(chance, agents, replicas)];
        while (actions.Count < 3 && chance.Hits(3_500))
        {
            actions.Add(One(chance, agents, replicas));
        }

        return actions;
    }

    private static DistributedAction One(Chance chance, int agents, int replicas)
    {
        var (agent, replica) = (chance.Below(agents), chance.Below(replicas));
        var cut = (LinkCut)chance.Below(Cuts);
        return chance.Below(100) switch
        {
            < 24 => new DistributedAction.KillReplica(replica),
            < 36 => new DistributedAction.KillDatabase(),
            < 44 => new DistributedAction.KillBroker(),
            < 50 => new DistributedAction.KillSeries(),
            < 58 => new DistributedAction.FreezeReplica(replica, chance.Hits(1_500)),
            < 61 => new DistributedAction.FreezeBroker(),
            < 75 => new DistributedAction.CutDatabase(replica, cut),
            < 84 => new DistributedAction.CutBroker(replica, cut),
            < 92 => new DistributedAction.CutAgent(agent, cut),
            < 97 => new DistributedAction.KillAgent(agent),
            _ => new DistributedAction.StopReplica(replica),
        };
    }
}
