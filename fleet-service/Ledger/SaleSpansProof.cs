using System.Runtime.InteropServices;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Proves the spans of time by which blocks of positions are passed over: a span that is too narrow would hide sales
/// from a re-judging. Not thread-safe.
/// </summary>
internal sealed class SaleSpansProof(ProofProblems problems)
{
    private readonly Dictionary<long, (long First, long Last)> _spans = [];

    /// <summary>Adds an entry.</summary>
    public void Add(ProofEntry entry)
    {
        if (entry.Kind == EntryKind.Sale && entry.BusinessDay != 0)
        {
            Add(entry.Position / SaleSpanTable.PositionsPerBlock, entry.UtcMs, entry.UtcMs);
        }
    }

    /// <summary>Adds the earliest and latest moment of sales of a block.</summary>
    public void Add(long block, long firstUtcMs, long lastUtcMs)
    {
        ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(_spans, block, out var known);
        span = known
            ? (Math.Min(span.First, firstUtcMs), Math.Max(span.Last, lastUtcMs))
            : (firstUtcMs, lastUtcMs);
    }

    /// <summary>Compares with what is stored, in both directions.</summary>
    public void Compare(FleetConnection connection)
    {
        using var query = connection.Prepare("SELECT block, first_utc_ms, last_utc_ms FROM sale_spans");
        while (query.Next())
        {
            var (block, stored) = (query.Long(0), (query.Long(1), query.Long(2)));
            if (!_spans.Remove(block, out var found) || stored != found)
            {
                problems.Add("", $"sale span of block {block}", $"it says {stored}, the sales there say {found}");
            }
        }

        foreach (var (block, found) in _spans)
        {
            problems.Add("", $"sale span of block {block}", $"it is gone; the sales there say {found}");
        }
    }
}
