using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>State of one machine's link.</summary>
internal enum LinkState
{
    /// <summary>Down, and the machine knows.</summary>
    Down,

    /// <summary>Up.</summary>
    Up,

    /// <summary>Swallows everything; the machine takes it for up.</summary>
    HalfOpen,
}

/// <summary>
/// Broker and network between cabinets and replicas: loses, delays, duplicates, reorders. What the broker has taken may
/// arrive long after the link it came over is gone.
/// </summary>
internal sealed class SimulatedNetwork(SimulationWorld world)
{
    /// <summary>Sends to any one replica, as a shared subscription does.</summary>
    public void SendUp(CabinetMachine from, UpMessage message)
    {
        if (from.Link == LinkState.Up)
        {
            Carry(() =>
            {
                var replica = world.Chance.Pick(world.Replicas);
                if (replica.Running)
                {
                    replica.Receive(message);
                }
            });
        }
    }

    /// <summary>Sends to every machine that is connected as this cabinet when it arrives.</summary>
    public void SendDown(CabinetId cabinet, DownMessage message) => Carry(() =>
    {
        for (var i = 0; i < world.Machines.Count; i++)
        {
            var machine = world.Machines[i];
            if (machine.Disk.Cabinet == cabinet && machine.Link == LinkState.Up)
            {
                machine.Receive(message);
            }
        }
    });

    private void Carry(Action deliver)
    {
        var chance = world.Chance;
        if (world.Healing)
        {
            world.After(chance.Between(1, 20), deliver);
            return;
        }

        if (chance.PerMille(world.Plan.LossPerMille))
        {
            return;
        }

        var copies = chance.PerMille(world.Plan.DuplicatePerMille) ? 2 : 1;
        for (var i = 0; i < copies; i++)
        {
            var late = chance.PerMille(world.Plan.StragglerPerMille);
            world.After(late ? chance.Between(500, SimulationWorld.LongestDelayMs) : chance.Between(1, 80), deliver);
        }
    }
}
