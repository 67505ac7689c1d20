using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Journal;

/// <summary>Which entries are old enough to go.</summary>
internal static class Retention
{
    /// <summary>Entries looked at in one go: retention runs daily, so a longer queue goes over several days.</summary>
    private const int MaxPerRun = 20_000;

    /// <summary>
    /// The last entry that may be deleted; 0 when none may. Only committed entries, in order: the run ends at the
    /// first dated entry that is younger. An entry whose clock says nothing goes only with a dated one behind it.
    /// </summary>
    /// <param name="journal">The journal.</param>
    /// <param name="cutoffUtcMs">Entries from before this moment are old, Unix milliseconds UTC.</param>
    public static ulong LastDeletable(JournalFile journal, long cutoffUtcMs)
    {
        var facts = journal.Facts;
        ulong last = 0;
        var after = facts.OldestRetainedSeq - 1;
        var stop = Math.Min(facts.Committed.Seq, after + MaxPerRun);
        while (after < stop)
        {
            var entries = journal.Read(after, (int)(stop - after), int.MaxValue);
            foreach (var entry in entries)
            {
                var dated = DateOf(journal, entry);
                if (dated >= cutoffUtcMs)
                {
                    return last;
                }

                last = dated is null ? last : entry.Seq;
            }

            if (entries.Count == 0)
            {
                return last;
            }

            after = entries[^1].Seq;
        }

        return last;
    }

    /// <summary>
    /// When an entry was recorded, Unix milliseconds UTC; null when its boot never heard the service and its wall clock
    /// says nothing.
    /// </summary>
    public static long? DateOf(JournalFile journal, in StoredEntry entry)
    {
        if (!EntryHeader.TryRead(entry.Bytes.Span, out var header, out _))
        {
            return null;
        }

        return journal.ObservationOf(header.Time.Boot) is { } observation
            ? observation.CorrectedUtcMs(header.Time.MonotonicMs)
            : header.Time.WallUtcMs >= EntryDating.EarliestPlausibleUtcMs ? header.Time.WallUtcMs : null;
    }
}
