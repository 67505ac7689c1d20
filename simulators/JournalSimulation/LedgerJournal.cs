using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receiving;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>A committed entry.</summary>
/// <param name="Bytes">The canonical bytes.</param>
/// <param name="Hash">The chain's hash behind it.</param>
/// <param name="Report">What it reports; null when it counts for nothing.</param>
/// <param name="Counted">False for a report that another entry of the cabinet had brought before.</param>
internal sealed record LedgerEntry(byte[] Bytes, Digest Hash, Report? Report, bool Counted);

/// <summary>Numbers that a signed gap skipped, and the head behind them.</summary>
/// <param name="Range">The numbers.</param>
/// <param name="End">The head at the last missing number, as the agent stated it.</param>
internal sealed record LedgerGap(SkippedRange Range, Head End);

/// <summary>One journal in the ledger.</summary>
internal sealed class LedgerJournal
{
    /// <summary>Makes the row of a journal.</summary>
    public LedgerJournal(JournalRecord record)
    {
        Record = record;
        Entries = [];
        Gaps = [];
    }

    private LedgerJournal(LedgerJournal source)
    {
        Record = source.Record;
        Entries = new Dictionary<ulong, LedgerEntry>(source.Entries);
        Gaps = [.. source.Gaps];
        IsFirst = source.IsFirst;
        IsGuarded = source.IsGuarded;
    }

    /// <summary>Head, supersession and witness.</summary>
    public JournalRecord Record { get; set; }

    /// <summary>Entries by number.</summary>
    public Dictionary<ulong, LedgerEntry> Entries { get; }

    /// <summary>Declared gaps that no export has filled.</summary>
    public List<LedgerGap> Gaps { get; }

    /// <summary>True when entry 1 is committed and is no Succession: only then it has no predecessor.</summary>
    public bool IsFirst { get; set; }

    /// <summary>
    /// True when another journal took entries over from this one: what it still brings may have been counted there.
    /// </summary>
    public bool IsGuarded { get; set; }

    /// <summary>A copy for a backup.</summary>
    public LedgerJournal Copy() => new(this);
}
