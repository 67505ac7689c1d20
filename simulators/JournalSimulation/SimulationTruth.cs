namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>
/// What really happened, counted apart from agent and service: which reports were answered, and which of them the
/// modelled disk losses destroyed everywhere.
/// </summary>
internal sealed class SimulationTruth(SimulationWorld world)
{
    private readonly Dictionary<(object Kind, string Id), Report> _answered = [];
    private readonly HashSet<string> _destroyed = [];

    /// <summary>Reports answered so far.</summary>
    public int Recorded => _answered.Count;

    /// <summary>The agent has said yes: from now on the report must not be lost.</summary>
    public void Answered(Report report) => _answered[(report.Kind, report.Id)] = report;

    /// <summary>
    /// After a disk, a file, an entry or a part of the ledger was destroyed: an answered report that neither the ledger
    /// nor any cabinet's disk can give any more is gone, and no protocol can bring it back.
    /// </summary>
    public void Destroyed()
    {
        HashSet<(object, string)>? reachable = null;
        foreach (var (key, report) in _answered)
        {
            if (_destroyed.Contains(report.Id) || world.Ledger.Counts(report))
            {
                continue;
            }

            reachable ??= [.. world.Machines.SelectMany(machine => machine.Disk.Reachable())
                .Select(r => ((object)r.Kind, r.Id))];
            if (!reachable.Contains(key))
            {
                _destroyed.Add(report.Id);
            }
        }
    }

    /// <summary>An answered report that was not destroyed and is not in the ledger; null when there is none.</summary>
    public Report? Lost() => _answered.Values.FirstOrDefault(
        report => !_destroyed.Contains(report.Id) && !world.Ledger.Counts(report));
}
