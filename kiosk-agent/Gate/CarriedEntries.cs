using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Gate;

/// <summary>Where entries that were carried over stand now. Reads whole journals: asked for only on a miss.</summary>
internal static class CarriedEntries
{
    private const int ReadEntries = 1_000;
    private const int ReadBytes = 4 * 1024 * 1024;

    /// <summary>The place of each carried entry, by where it was recorded first.</summary>
    public static Dictionary<EntryOrigin, EntryOrigin> IndexOf(IEnumerable<JournalFile> journals)
    {
        var index = new Dictionary<EntryOrigin, EntryOrigin>();
        foreach (var journal in journals)
        {
            var after = journal.Facts.OldestRetainedSeq - 1;
            for (var read = journal.Read(after, ReadEntries, ReadBytes); read.Count > 0;
                read = journal.Read(after, ReadEntries, ReadBytes))
            {
                foreach (var entry in read)
                {
                    if (EntryHeader.TryRead(entry.Bytes.Span, out var header, out _) && header.Origin is { } origin)
                    {
                        index[origin] = new EntryOrigin(journal.Id, entry.Seq);
                    }
                }

                after = read[^1].Seq;
            }
        }

        return index;
    }
}
