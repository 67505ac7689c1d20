using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Vending;

/// <summary>
/// Pieces that left each slot since the plan's stock was counted, from the entries themselves. Not thread-safe:
/// guarded by the vend flow.
/// </summary>
internal sealed class StockBook
{
    private const int ReadEntries = 1_000;
    private const int ReadBytes = 4 * 1024 * 1024;

    private readonly Dictionary<string, long> _left = [];
    private readonly long _sinceWallUtcMs;

    private StockBook(long sinceWallUtcMs) => _sinceWallUtcMs = sinceWallUtcMs;

    /// <summary>Counts from the journals, predecessors first; carried entries are in the successor only.</summary>
    public static StockBook Count(JournalStore store, CabinetPlan? plan)
    {
        var book = new StockBook(plan?.StockAsOfWallUtcMs ?? long.MaxValue);
        if (plan is null)
        {
            return book;
        }

        // A journal that was carried over as a whole is counted where its entries are now.
        var uncarried = store.Closed.Where(journal => !store.Current.IsCarriedOver(journal.Id));
        foreach (var journal in (IEnumerable<JournalFile>)[.. uncarried, store.Current])
        {
            var after = journal.Facts.OldestRetainedSeq - 1;
            for (var read = journal.Read(after, ReadEntries, ReadBytes); read.Count > 0;
                read = journal.Read(after, ReadEntries, ReadBytes))
            {
                foreach (var entry in read)
                {
                    EntryCodec.TryDecode(entry.Bytes.Span, out var header, out var body, out _);
                    book.Add(body, header.Time.WallUtcMs);
                }

                after = read[^1].Seq;
            }
        }

        return book;
    }

    /// <summary>Counts an entry that was appended.</summary>
    public void Add(EntryBody? body, long wallUtcMs)
    {
        if (wallUtcMs < _sinceWallUtcMs)
        {
            return;
        }

        switch (body)
        {
            case SaleBody sale:
                foreach (var line in sale.Lines)
                {
                    Take(line.Slot, line.Quantity);
                }

                break;
            case NonSaleBody nonSale:
                foreach (var line in nonSale.Lines)
                {
                    Take(line.Slot, line.Quantity);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>Pieces left in a slot, never below 0.</summary>
    public int StockOf(PlanSlot slot) => (int)Math.Max(0, slot.Stock - _left.GetValueOrDefault(slot.Slot));

    private void Take(string slot, int quantity) => _left[slot] = _left.GetValueOrDefault(slot) + quantity;
}
