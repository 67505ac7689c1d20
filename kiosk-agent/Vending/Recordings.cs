using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Vending;

/// <summary>An entry found by its id.</summary>
/// <param name="Entry">Where it was recorded first.</param>
/// <param name="Body">What it says.</param>
internal sealed record Recording(RecordedEntry Entry, EntryBody Body);

/// <summary>Finds what was recorded under an id: in the current journal, then in its predecessors.</summary>
internal static class Recordings
{
    /// <summary>
    /// The recording that counts for an id: a sale or non-sale before any outcome, else the newest; null when there
    /// is none.
    /// </summary>
    public static Recording? Find(JournalStore store, JournalFile current, IdKind kind, string id)
    {
        Recording? newest = null;
        foreach (var journal in store.Closed.Append(current).Reverse())
        {
            foreach (var entry in journal.Find(kind, id))
            {
                if (Of(journal, entry) is not { } recording)
                {
                    continue;
                }

                if (recording.Body is not OutcomeBody)
                {
                    return recording;
                }

                newest ??= recording;
            }
        }

        return newest;
    }

    /// <summary>The sale at a place; null when it is not here, or no sale.</summary>
    public static SaleBody? SaleAt(JournalStore store, SaleReference.ByEntry place)
    {
        var entry = store.Find(place.Journal)?.EntryAt(place.Seq);
        return entry is { } found && EntryCodec.TryDecode(found.Bytes.Span, out _, out var body, out _)
            ? body as SaleBody
            : null;
    }

    private static Recording? Of(JournalFile journal, in StoredEntry entry)
    {
        EntryCodec.TryDecode(entry.Bytes.Span, out var header, out var body, out _);
        var origin = header.Origin ?? new EntryOrigin(journal.Id, entry.Seq);
        return body is null ? null : new Recording(new RecordedEntry(origin.Journal, origin.Seq, body.Kind), body);
    }
}
