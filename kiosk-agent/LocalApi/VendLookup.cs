using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.LocalApi;

/// <summary>What is known of a vend or session.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">
/// approved, denied, open (a session), closed (a session's door), or recorded when there is an outcome.
/// </param>
/// <param name="Slot">The slot asked for; null when no request is known.</param>
/// <param name="Sku">The SKU asked for; null when no request is known.</param>
/// <param name="PriceFen">The price asked for, in fen; null when no request is known.</param>
/// <param name="Entries">What is recorded under the id, newest first.</param>
internal sealed record VendStateAnswer(
    string Id, string State, string? Slot, string? Sku, long? PriceFen, IReadOnlyList<EntryAnswer> Entries)
{
    /// <summary>The lines asked for as one basket; null when one slot was asked for, or nothing is known.</summary>
    public IReadOnlyList<VendLineBody>? Lines { get; init; }

    /// <summary>The door that a session asked for; null when none was named.</summary>
    public string? Door { get; init; }
}

/// <summary>Looks up what the journals hold of a vend. Reads only.</summary>
internal static class VendLookup
{
    /// <summary>What is known; null when nothing is.</summary>
    public static VendStateAnswer? Find(JournalStore store, string id)
    {
        IEnumerable<JournalFile> files = store.Closed.Reverse().Prepend(store.Current);
        var entries = files.SelectMany(file => file.Find(IdKind.Vend, id).Select(entry => Of(file, entry))).ToList();
        var row = store.Current.Vends().FirstOrDefault(row => row.Id == id);
        if (row is null && entries.Count == 0)
        {
            return null;
        }

        var state = entries.Count > 0 ? "recorded"
            : row!.Denial != 0 ? "denied"
            : row.Kind == VendRowKind.Vend ? "approved"
            : row.IsClosed ? "closed"
            : "open";
        var isVend = row is { Kind: VendRowKind.Vend };
        var isOneSlot = isVend && row!.Basket.Count == 0;
        return new VendStateAnswer(id, state, isOneSlot ? row!.Slot : null, isOneSlot ? row!.Sku : null,
            isVend ? row!.PriceFen : null, entries)
        {
            Lines = !isVend || isOneSlot ? null : [.. row!.Basket.Select(line =>
                new VendLineBody(line.Slot, line.Sku, line.Quantity, line.AmountFen))],
            Door = row is { Kind: VendRowKind.Session, Slot.Length: > 0 } ? row.Slot : null,
        };
    }

    private static EntryAnswer Of(JournalFile file, StoredEntry entry)
    {
        var kind = EntryHeader.TryRead(entry.Bytes.Span, out var header, out _) ? header.Kind.ToString() : "unreadable";
        return new EntryAnswer(file.Id.ToString(), entry.Seq,
            System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind));
    }
}
