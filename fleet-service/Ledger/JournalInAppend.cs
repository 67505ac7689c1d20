using KioskFleet.Protocol;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Ledger;

/// <summary>What is remembered of a journal while one of its batches is appended.</summary>
/// <param name="row">Its row as read in this transaction.</param>
/// <param name="verified">The batch.</param>
/// <param name="waiting">Numbers for which refunds wait, or null.</param>
/// <param name="dating">The dating of the batch's entries.</param>
internal sealed class JournalInAppend(
    JournalRow row, VerifiedBatch verified, HashSet<ulong>? waiting, EntryDating dating)
{
    private HashSet<ulong>? _waiting = waiting;
    private BootId? _implausibleBoot;
    private JournalId? _origin;

    /// <summary>The ledger's number of the journal.</summary>
    public long No => row.No;

    /// <summary>The batch.</summary>
    public VerifiedBatch Verified => verified;

    /// <summary>The dating of the batch's entries.</summary>
    public EntryDating Dating => dating;

    /// <summary>True when the cabinet has several journals, so that ids are noted and checked.</summary>
    public bool IsGuarded { get; set; }

    /// <summary>True when entry 1 is no Succession: the journal has no predecessor.</summary>
    public bool IsFirst { get; set; } = row.IsFirst;

    /// <summary>
    /// True when an entry of a guarded cabinet may have been told under another journal: the first ones of a journal
    /// that has, or may have, a predecessor; everything of one that others took entries over from; everything of a
    /// first journal beside others, whose link to them may be lost.
    /// </summary>
    public bool MayRepeat(ulong seq) => IsFirst || row.IsOrigin || row.Record.SupersededAfter is not null
        || seq <= Limits.GuardedSuccessorEntries;

    /// <summary>True when this origin was noted just before.</summary>
    public bool IsNotedOrigin(JournalId origin)
    {
        var noted = _origin == origin;
        _origin = origin;
        return noted;
    }

    /// <summary>True when refunds wait for this number.</summary>
    public bool IsAwaited(ulong seq) => _waiting?.Contains(seq) ?? false;

    /// <summary>Notes that a refund of this batch may wait for an entry of the same batch.</summary>
    public void Await(JournalId journal, ulong seq)
    {
        if (journal == verified.Journal)
        {
            (_waiting ??= []).Add(seq);
        }
    }

    /// <summary>True once per boot: one finding says enough of its clock.</summary>
    public bool IsFirstImplausibleOf(BootId boot)
    {
        if (_implausibleBoot == boot)
        {
            return false;
        }

        _implausibleBoot = boot;
        return true;
    }
}
