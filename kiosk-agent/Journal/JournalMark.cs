using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>The one row beside the entries.</summary>
/// <param name="Committed">The last head of which the service said that it is committed.</param>
/// <param name="Anchor">The last head that retention deleted; genesis when nothing was.</param>
/// <param name="AnchorSums">The running sums at the anchor.</param>
internal readonly record struct JournalMark(Head Committed, Head Anchor, RunningSums AnchorSums)
{
    /// <summary>The mark of an empty journal.</summary>
    public static JournalMark Empty(JournalId journal) =>
        new(Head.Genesis(journal), Head.Genesis(journal), default);
}

/// <summary>The row of an entry as it is written.</summary>
/// <param name="Entry">Number, hash, bytes.</param>
/// <param name="IdKey">Key of its id; 0 when there is none.</param>
/// <param name="Sums">The running sums behind it.</param>
internal readonly record struct EntryRow(StoredEntry Entry, long IdKey, RunningSums Sums)
{
    /// <summary>The head at this entry.</summary>
    public Head Head => new(Entry.Seq, Entry.Hash);
}
