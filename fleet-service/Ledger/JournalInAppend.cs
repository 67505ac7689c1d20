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
    private BootId? _implausibleBoot;
    private bool _gathered;

    /// <summary>The ledger's number of the journal.</summary>
    public long No => row.No;

    /// <summary>The batch.</summary>
    public VerifiedBatch Verified => verified;

    /// <summary>The dating of the batch's entries.</summary>
    public EntryDating Dating => dating;

    /// <summary>Entries up to this number are checked against the cabinet's other journals.</summary>
    public long GuardedUntil { get; set; } = row.GuardedUntil;

    /// <summary>True when refunds wait for this number.</summary>
    public bool IsAwaited(ulong seq) => waiting?.Contains(seq) ?? false;

    /// <summary>True once per batch: gathering reads the cabinet's whole history.</summary>
    public bool MustGatherAgain()
    {
        var first = !_gathered;
        _gathered = true;
        return first;
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
