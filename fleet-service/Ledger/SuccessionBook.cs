using System.Text;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Begins successor journals and keeps them from counting a vend a second time: carried entries, and the first ones of a
/// successor, are checked by vend id against everything that the cabinet's other journals hold.
/// </summary>
internal sealed class SuccessionBook(LedgerSession session)
{
    /// <summary>Closes the predecessor, gathers the ids to check against, and raises the finding.</summary>
    public void Begin(JournalInAppend journal, SuccessionBody succession, ref JudgedEntry judged)
    {
        var verified = journal.Verified;
        if (judged.Header.Seq != 1 || succession.Predecessor == verified.Journal)
        {
            judged.Quarantine(QuarantineReason.UnknownValue);
            return;
        }

        var predecessor = session.Journals.FindOrAdd(succession.Predecessor, verified.Cabinet.Id);
        if (predecessor.Record.Cabinet == verified.Cabinet.Id)
        {
            session.Journals.Supersede(succession.Predecessor, succession.LastCommon.Seq);
        }

        journal.GuardedUntil = Math.Max(Limits.GuardedSuccessorEntries, 1L + succession.Carried);
        session.Journals.Succeed(journal.No, succession.Predecessor, journal.GuardedUntil);
        GatherOthers(journal, succession.Predecessor,
            succession.LastCommon.Seq - Math.Min(succession.LastCommon.Seq, Limits.GuardedSuccessorEntries));
        var kind = succession.Reason is SuccessionReason.Corrupt or SuccessionReason.Lost
            ? FindingKind.ChainBroken
            : FindingKind.Fork;
        session.Findings.Raise(kind, verified.Cabinet.Id, $"{succession.Predecessor}>{verified.Journal}",
            FindingEvidence.Succession(verified.Journal, succession), verified.ReceivedUtcMs);
    }

    /// <summary>Marks a sale or non-sale whose id counts elsewhere already; else notes it for later ones.</summary>
    public void CountOnce(
        JournalInAppend journal, long position, ulong seq, ReadOnlySpan<byte> bytes, ref JudgedEntry judged)
    {
        var carried = judged.Header.Origin;
        if ((long)seq > journal.GuardedUntil && carried is null)
        {
            return;
        }

        if (carried is not null && (long)seq > journal.GuardedUntil && journal.MustGatherAgain())
        {
            // Carried over later than at the beginning: the service took them under no other name, or another history
            // came in between. Everything the cabinet's other journals hold by now is what they are checked against.
            GatherOthers(journal, default, 0);
        }

        var id = IdOf(bytes);
        var counted = session.Successions.Guarded(journal.No, judged.Kind, id);
        if (counted is { } elsewhere)
        {
            judged.State = EntryState.CountedBefore;
            judged.Amounts = default;
            session.Successions.Double(position, elsewhere);
        }
        else
        {
            session.Successions.Guard(journal.No, judged.Kind, id, position);
        }

        if (carried is { } origin)
        {
            session.Successions.Carried(origin, counted ?? position);
        }
    }

    private void GatherOthers(JournalInAppend journal, JournalId predecessor, ulong knownToPredecessor)
    {
        foreach (var other in session.Journals.OfCabinet(journal.Verified.Cabinet.Id))
        {
            if (other.No != journal.No)
            {
                Gather(journal.No, other, other.Record.Journal == predecessor ? knownToPredecessor : 0);
            }
        }
    }

    private void Gather(long successorNo, JournalRow other, ulong afterSeq)
    {
        foreach (var range in session.Batches.From(other.No, afterSeq + 1))
        {
            foreach (var entry in session.Entries.Range(range.FirstPosition, range.FirstPosition + range.Entries - 1))
            {
                if (entry is { State: EntryState.Counted, Kind: EntryKind.Sale or EntryKind.NonSale })
                {
                    session.Successions.Guard(successorNo, entry.Kind, IdOf(entry.Bytes), entry.Position);
                }
            }
        }
    }

    /// <summary>The caller's id of a sale or non-sale that was judged readable.</summary>
    private static string IdOf(ReadOnlySpan<byte> bytes)
    {
        EntryHeader.TryRead(bytes, out var header, out var body);
        return header.Kind == EntryKind.Sale
            ? Encoding.UTF8.GetString(new SaleView(body).VendId)
            : ((NonSaleBody)EntryBody.Read(header.Kind, header.BodyVersion, body)!).VendId;
    }
}
