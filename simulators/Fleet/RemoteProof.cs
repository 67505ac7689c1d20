using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// Proves a run against a service that is somewhere else, over its HTTP API. A hash chain makes one comparison enough for
/// all entries of a journal: when the ledger's head is the very (seq, hash) of the journal's tail, every entry before it
/// is the same. What counts twice is looked for in the sales themselves.
/// </summary>
internal sealed class RemoteProof
{
    private const int Askers = 8;

    private readonly Lock _gate = new();
    private readonly ProofFindings _findings = new();
    private readonly FleetApi _api;
    private long _recorded;
    private long _committed;
    private long _doubled;
    private long _quarantined;

    private RemoteProof(FleetApi api) => _api = api;

    /// <summary>Compares every journal of the crew with what the service says.</summary>
    public static async Task<EntryProofResult> RunAsync(FleetApi api, CabinetCrew crew, CancellationToken cancel)
    {
        var proof = new RemoteProof(api);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = Askers, CancellationToken = cancel };
        await Parallel.ForEachAsync(crew.Agents, limits, async (agent, stopping) =>
            await proof.TakeAsync(agent, stopping));
        return proof.End();
    }

    private async Task TakeAsync(CabinetAgent agent, CancellationToken cancel)
    {
        var cabinet = agent.Cabinet.Id;
        var heads = await _api.JournalsAsync(cabinet, cancel);
        var sales = await _api.SalesAsync(cabinet, cancel);
        var quarantined = await _api.QuarantineAsync(cabinet, cancel);
        var tails = EntryRows.OfAgent(cabinet, agent.Folder)
            .GroupBy(static row => row.Journal)
            .ToDictionary(static rows => rows.Key, static rows => rows.ToDictionary(
                static row => row.Seq, static row => row.Hash));
        lock (_gate)
        {
            foreach (var (journal, hashes) in tails)
            {
                Compare(cabinet, journal, hashes, heads.FirstOrDefault(head => head.Journal == journal.ToString()));
            }

            var twice = sales.Where(static sale => sale.State == "Counted")
                .GroupBy(static sale => sale.VendId)
                .Where(static same => same.Count() > 1)
                .ToList();
            _doubled += twice.Sum(static same => same.Count() - 1);
            twice.ForEach(same => _findings.Add($"{cabinet} counts vend {same.Key} {same.Count()} times"));
            _quarantined += quarantined.Count;
            foreach (var entry in quarantined)
            {
                _findings.Add($"{cabinet} {entry.Journal} {entry.Seq} is quarantined: {entry.Reason}");
            }
        }
    }

    /// <summary>Committed is what lies at or before the ledger's head, if the journal holds that very head.</summary>
    private void Compare(CabinetId cabinet, JournalId journal, Dictionary<ulong, Digest> hashes, ApiJournal? head)
    {
        _recorded += hashes.Count;
        var held = head is not null && hashes.TryGetValue(head.HeadSeq, out var hash) && hash.ToString() == head.HeadHash;
        var committed = held ? hashes.Keys.Count(seq => seq <= head!.HeadSeq) : 0;
        _committed += committed;
        if (committed < hashes.Count)
        {
            _findings.Add($"{cabinet} {journal} holds {hashes.Count} entries, of which the ledger has {committed}");
        }
    }

    private EntryProofResult End() => new()
    {
        Recorded = _recorded,
        Committed = _committed,
        Lost = _recorded - _committed,
        Doubled = _doubled,
        Quarantined = _quarantined,
        Unrecorded = 0,
        Altered = 0,
        SumsDiffer = 0,
        Counts = default,
        Findings = _findings.First,
    };
}
