using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// Proves a run against a service that is somewhere else, over its HTTP API. A hash chain makes one comparison enough
/// for all entries of a journal: when the ledger's head is the very (seq, hash) of the journal's tail, every entry
/// before it is the same. What counts twice, and with which amount, is looked for in the sales themselves.
/// </summary>
internal sealed class RemoteProof
{
    private const int Askers = 8;

    private readonly Lock _gate = new();
    private readonly ProofFindings _findings = new();
    private readonly FleetApi _api;
    private EntryProofResult _sum = EntryProofResult.Empty;

    private RemoteProof(FleetApi api) => _api = api;

    /// <summary>Compares every journal of the crew with what the service says.</summary>
    public static async Task<EntryProofResult> RunAsync(FleetApi api, CabinetCrew crew, CancellationToken cancel)
    {
        var proof = new RemoteProof(api);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = Askers, CancellationToken = cancel };
        await Parallel.ForEachAsync(crew.Agents, limits, async (agent, stopping) =>
            await proof.TakeAsync(agent, stopping));
        return proof._sum with { Findings = proof._findings.First };
    }

    private async Task TakeAsync(CabinetAgent agent, CancellationToken cancel)
    {
        var cabinet = agent.Cabinet.Id;
        var heads = await _api.JournalsAsync(cabinet, cancel);
        var sales = await _api.SalesAsync(cabinet, cancel);
        var quarantined = await _api.QuarantineAsync(cabinet, cancel);
        var journals = EntryRows.OfAgent(cabinet, agent.Folder).GroupBy(static row => row.Journal.ToString())
            .ToDictionary(static rows => rows.Key, static rows => rows.ToDictionary(static row => row.Seq));
        lock (_gate)
        {
            foreach (var (journal, rows) in journals)
            {
                CompareHead(cabinet, journal, rows, heads.FirstOrDefault(head => head.Journal == journal));
            }

            CompareSales(cabinet, sales, journals);
            CompareSums(agent, sales);
            _sum = _sum with { Quarantined = _sum.Quarantined + quarantined.Count };
            foreach (var entry in quarantined)
            {
                _findings.Add($"{cabinet} {entry.Journal} {entry.Seq} is quarantined: {entry.Reason}");
            }
        }
    }

    /// <summary>Committed is what lies at or before the ledger's head, if the journal holds that very head.</summary>
    private void CompareHead(CabinetId cabinet, string journal, Dictionary<ulong, RecordedRow> rows, ApiJournal? head)
    {
        var held = head is not null && rows.TryGetValue(head.HeadSeq, out var last)
            && last.Hash.ToString() == head.HeadHash;
        var committed = held ? rows.Keys.Count(seq => seq <= head!.HeadSeq) : 0;
        _sum = _sum with
        {
            Recorded = _sum.Recorded + rows.Count,
            Committed = _sum.Committed + committed,
            Lost = _sum.Lost + rows.Count - committed,
        };
        if (committed < rows.Count)
        {
            _findings.Add($"{cabinet} {journal} holds {rows.Count} entries, of which the ledger has {committed}");
        }
    }

    private void CompareSales(
        CabinetId cabinet, IReadOnlyList<ApiSale> sales,
        Dictionary<string, Dictionary<ulong, RecordedRow>> journals)
    {
        var counted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sale in sales)
        {
            var place = $"{cabinet} {sale.Journal} {sale.Seq}";
            if (sale.State == "Counted" && !counted.Add(sale.VendId))
            {
                _sum = _sum with { Doubled = _sum.Doubled + 1 };
                _findings.Add($"{place} counts vend {sale.VendId} a second time");
            }

            if (!journals.TryGetValue(sale.Journal, out var rows) || !rows.TryGetValue(sale.Seq, out var row))
            {
                _sum = _sum with { Unrecorded = _sum.Unrecorded + 1 };
                _findings.Add($"{place} is in the ledger and in no journal");
            }
            else if (PaidFen(row) is var paid && paid != sale.PaidFen)
            {
                _sum = _sum with { Altered = _sum.Altered + 1 };
                _findings.Add($"{place} paid {paid} fen and is counted with {sale.PaidFen}");
            }
        }
    }

    private void CompareSums(CabinetAgent agent, IReadOnlyList<ApiSale> sales)
    {
        var counted = sales.Where(static sale => sale.State == "Counted").ToList();
        var ledger = new RunningSums(
            counted.Sum(static sale => sale.PaidFen), counted.Sum(static sale => sale.RefundedFen), counted.Count);
        if (ledger != agent.Sums)
        {
            _sum = _sum with { SumsDiffer = _sum.SumsDiffer + 1 };
            _findings.Add($"{agent.Cabinet.Id} states {agent.Sums}, the ledger holds {ledger}");
        }
    }

    private static long PaidFen(in RecordedRow row) =>
        EntryCodec.TryDecode(row.Bytes.Span, out _, out var body, out _) && body is SaleBody sale
            ? sale.Lines.Sum(static line => line.PaidFen)
            : 0;
}
