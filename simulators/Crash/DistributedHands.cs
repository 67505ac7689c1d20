using KioskFleet.Simulators.Faults;
using KioskFleet.Simulators.Servers;

namespace KioskFleet.Simulators.Crash;

/// <summary>Performs the actions of a round over several services. Not thread-safe.</summary>
internal sealed class DistributedHands(DistributedWorld world, List<string> wrong)
{
    private static readonly TimeSpan LateBy = TimeSpan.FromMilliseconds(400);

    /// <summary>What was done.</summary>
    public FaultCounts Counts { get; } = new();

    /// <summary>Processes that stood still for a while.</summary>
    public int Freezes { get; private set; }

    /// <summary>Performs one action; what broke stays broken until it is mended.</summary>
    /// <returns>What was done, in words for the progress line.</returns>
    public async Task<string> PerformAsync(DistributedAction action)
    {
        switch (action)
        {
            case DistributedAction.KillReplica kill:
                Counts.Kills++;
                await world.Replicas[kill.Replica].Service.KillAsync();
                return $"kill -9 service {kill.Replica + 1}";
            case DistributedAction.StopReplica stop:
                await StopAsync(world.Replicas[stop.Replica]);
                return $"stop service {stop.Replica + 1}";
            case DistributedAction.FreezeReplica freeze when world.Replicas[freeze.Replica].Service.IsRunning:
                Freezes++;
                world.Replicas[freeze.Replica].Service.Freeze();
                return $"freeze service {freeze.Replica + 1}{(freeze.IsLong ? " for long" : "")}";
            case DistributedAction.FreezeReplica freeze:
                return $"service {freeze.Replica + 1} is not there";
            case DistributedAction.KillBroker:
                Counts.Kills++;
                await world.Broker.KillAsync();
                return "kill -9 broker";
            case DistributedAction.FreezeBroker:
                Freezes++;
                world.Broker.Freeze();
                return "freeze broker";
            case DistributedAction.KillDatabase:
                Counts.Kills++;
                await world.PostgreSql.KillAsync();
                return "immediate stop of the database";
            case DistributedAction.KillSeries:
                Counts.Kills++;
                await world.Series.KillAsync();
                return "kill -9 series server";
            case DistributedAction.KillAgent kill:
                Counts.Kills++;
                await world.Cabinets[kill.Agent].KillAsync();
                return $"kill -9 {world.Cabinets[kill.Agent].Name}";
            case DistributedAction.CutAgent cut:
                return Cut(world.Cabinets[cut.Agent].Link, cut.Cut, world.Cabinets[cut.Agent].Name);
            case DistributedAction.CutBroker cut:
                return Cut(world.Replicas[cut.Replica].ToBroker, cut.Cut, $"service {cut.Replica + 1} to broker");
            case DistributedAction.CutDatabase cut:
                return Cut(world.Replicas[cut.Replica].ToDatabase, cut.Cut, $"service {cut.Replica + 1} to database");
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, "There is no such action.");
        }
    }

    private async Task StopAsync(Replica replica)
    {
        Counts.Stops++;
        replica.Service.Thaw();
        if (!await replica.Service.StopAsync())
        {
            wrong.Add($"Service {replica.Number} did not end within {ServerLimits.StopTimeout.TotalSeconds} s of "
                + "SIGTERM");
        }
    }

    private string Cut(FaultProxy link, LinkCut cut, string name)
    {
        Counts.Cuts++;
        link.Faults = cut switch
        {
            LinkCut.Drop => LinkFaults.None,
            LinkCut.Dark => new LinkFaults { RefusesNew = true },
            LinkCut.Delay => new LinkFaults { Delay = LateBy },
            LinkCut.HalfOpenUp => new LinkFaults { Swallows = LinkDirection.Up },
            LinkCut.HalfOpenDown => new LinkFaults { Swallows = LinkDirection.Down },
            _ => throw new ArgumentOutOfRangeException(nameof(cut), cut, "There is no such cut of a link."),
        };
        if (cut is LinkCut.Drop or LinkCut.Dark)
        {
            link.CutAll();
        }

        return $"{cut} {name}";
    }
}
