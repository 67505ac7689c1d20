namespace KioskFleet.Simulators.Fleet;

/// <summary>Proves a run whose ledger is at hand: both ends are read from their files.</summary>
internal static class FleetProof
{
    /// <summary>Compares every journal of the crew with the ledger.</summary>
    public static EntryProofResult Run(LocalFleet fleet, CabinetCrew crew, CancellationToken cancel) =>
        Run(fleet, crew.Agents, cancel);

    /// <summary>Compares every journal of some agents with the ledger, which holds no others.</summary>
    public static EntryProofResult Run(
        LocalFleet fleet, IReadOnlyList<CabinetAgent> agents, CancellationToken cancel)
    {
        var proof = new EntryProof();
        foreach (var row in EntryRows.OfLedger(fleet.Database))
        {
            proof.Committed(row);
        }

        foreach (var agent in agents)
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var row in EntryRows.OfAgent(agent.Cabinet.Id, agent.Folder))
            {
                proof.Recorded(row);
            }

            proof.Stated(agent.Cabinet.Id, agent.Sums);
        }

        return proof.End();
    }
}
