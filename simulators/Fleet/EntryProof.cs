using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// Compares what agents recorded with what the ledger committed, entry by entry: every (journal, seq, hash) with its
/// bytes must be there exactly once, every vend and refund number must count once, and each sale's amount in the ledger
/// must be that of its bytes. Give it all ledger rows first, then all journal entries. Pure; not thread-safe.
/// </summary>
internal sealed class EntryProof
{
    private readonly Dictionary<(JournalId Journal, ulong Seq), CommittedMark> _committed = [];
    private readonly HashSet<(CabinetId Cabinet, IdKind Kind, string Id)> _counted = [];
    private readonly Dictionary<CabinetId, RunningSums> _ledgerSums = [];
    private readonly ProofFindings _findings = new();
    private long _recorded;
    private long _matched;
    private long _lost;
    private long _doubled;
    private long _quarantined;
    private long _altered;
    private long _sumsDiffer;
    private EntryCounts _counts;

    /// <summary>Takes a row of the ledger.</summary>
    public void Committed(in CommittedRow row)
    {
        var place = $"{row.Cabinet} {row.Journal} {row.Seq}";
        if (!_committed.TryAdd((row.Journal, row.Seq), new CommittedMark(row.Hash, Digest.Of(row.Bytes))))
        {
            _doubled++;
            _findings.Add($"{place} is in the ledger twice");
        }

        if (row.State == EntryState.Quarantined)
        {
            _quarantined++;
            _findings.Add($"{place} is quarantined");
            return;
        }

        if (row.State != EntryState.Counted || !EntryCodec.TryDecode(row.Bytes, out _, out var body, out _))
        {
            return;
        }

        Count(row, body!, place);
    }

    /// <summary>Takes an entry of a journal.</summary>
    public void Recorded(in RecordedRow row)
    {
        _recorded++;
        var key = (row.Journal, row.Seq);
        var isThere = _committed.TryGetValue(key, out var mark);
        if (isThere && mark == new CommittedMark(row.Hash, Digest.Of(row.Bytes.Span)))
        {
            _committed.Remove(key);
            _matched++;
            return;
        }

        _lost++;
        _findings.Add($"{row.Cabinet} {row.Journal} {row.Seq} is "
            + (isThere ? "another entry in the ledger" : "not in the ledger"));
    }

    /// <summary>Takes the running sums that an agent's hello states, of a cabinet with one journal.</summary>
    public void Stated(CabinetId cabinet, RunningSums sums)
    {
        var ledger = _ledgerSums.GetValueOrDefault(cabinet);
        if (ledger != sums)
        {
            _sumsDiffer++;
            _findings.Add($"{cabinet} states {sums.Sales} sales of {sums.SalesFen} fen and refunds of "
                + $"{sums.RefundsFen}, the ledger holds {ledger.Sales} of {ledger.SalesFen} and {ledger.RefundsFen}");
        }
    }

    /// <summary>The result.</summary>
    public EntryProofResult End()
    {
        foreach (var (journal, seq) in _committed.Keys.Take(ProofFindings.Most))
        {
            _findings.Add($"{journal} {seq} is in the ledger and in no journal");
        }

        return new EntryProofResult
        {
            Recorded = _recorded,
            Committed = _matched,
            Lost = _lost,
            Doubled = _doubled,
            Quarantined = _quarantined,
            Unrecorded = _committed.Count,
            Altered = _altered,
            SumsDiffer = _sumsDiffer,
            Counts = _counts,
            Findings = _findings.First,
        };
    }

    private void Count(in CommittedRow row, EntryBody body, string place)
    {
        var facts = EntryFacts.Of(body);
        if (body is not OutcomeBody && facts.IdKind is IdKind.Vend or IdKind.Refund
            && !_counted.Add((row.Cabinet, facts.IdKind, facts.Id)))
        {
            _doubled++;
            _findings.Add($"{place} counts {facts.IdKind} {facts.Id} a second time");
        }

        var isSale = body is SaleBody;
        if (isSale && facts.Adds.SalesFen != row.AmountFen)
        {
            _altered++;
            _findings.Add($"{place} paid {facts.Adds.SalesFen} fen and is counted with {row.AmountFen}");
        }

        _counts.Add(body, row.AmountFen);
        var sums = _ledgerSums.GetValueOrDefault(row.Cabinet);
        _ledgerSums[row.Cabinet] = new RunningSums(
            checked(sums.SalesFen + (isSale ? row.AmountFen : 0)), checked(sums.RefundsFen + facts.Adds.RefundsFen),
            sums.Sales + facts.Adds.Sales);
    }

    private readonly record struct CommittedMark(Digest Hash, Digest Bytes);
}
