using System.Text;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Keeps a cabinet with several journals from counting a vend twice. As soon as a cabinet has a second journal, the ids
/// of all it has counted are gathered and kept complete, and whatever may be told a second time is checked against
/// them: carried entries, the first ones of a journal that has (or may have) a predecessor, and everything that a
/// journal brings from which others took entries over, or whose link to the others may be lost.
/// </summary>
internal sealed class SuccessionBook(LedgerSession session)
{
    /// <summary>Closes the predecessor and raises the finding.</summary>
    public void Begin(JournalInAppend journal, SuccessionBody succession, ref JudgedEntry judged)
    {
        var verified = journal.Verified;
        // A successor that is succeeded itself hands its own first entry on; then it speaks of the journal it came
        // from.
        var successor = judged.Header.Origin?.Journal ?? verified.Journal;
        if ((judged.Header.Seq != 1 && judged.Header.Origin is null) || succession.Predecessor == successor)
        {
            judged.Quarantine(QuarantineReason.UnknownValue);
            return;
        }

        var predecessor = session.Journals.FindOrAdd(succession.Predecessor, verified.Cabinet.Id);
        if (predecessor.Record.Cabinet == verified.Cabinet.Id)
        {
            session.Journals.Supersede(succession.Predecessor, succession.LastCommon.Seq);
            session.Journals.SetOrigin(predecessor.No);
            Guard(journal);
        }

        if (session.Journals.Find(successor) is { } row && row.Record.Cabinet == verified.Cabinet.Id)
        {
            session.Journals.Succeed(row.No, succession.Predecessor);
        }

        var kind = succession.Reason is SuccessionReason.Corrupt or SuccessionReason.Lost
            ? FindingKind.ChainBroken
            : FindingKind.Fork;
        session.Findings.Raise(kind, verified.Cabinet.Id, $"{succession.Predecessor}>{successor}",
            FindingEvidence.Succession(successor, succession), verified.ReceivedUtcMs);
    }

    /// <summary>Turns the guard on when the cabinet has more than this journal.</summary>
    public void GuardIfSeveral(JournalInAppend journal)
    {
        if (session.Journals.CountOfCabinet(journal.Verified.Cabinet.Id) > 1)
        {
            Guard(journal);
        }
    }

    /// <summary>Marks a sale or non-sale whose id counts already; else notes it for later ones.</summary>
    public void CountOnce(
        JournalInAppend journal, long position, ulong seq, ReadOnlySpan<byte> bytes, ref JudgedEntry judged)
    {
        if (judged.Header.Origin is { } taken)
        {
            NoteOrigin(journal, taken.Journal);
        }

        if (!journal.IsGuarded)
        {
            return;
        }

        var cabinet = journal.Verified.Cabinet.Id;
        var id = IdOf(bytes);
        var counted = session.Successions.Guarded(cabinet, judged.Kind, id);
        if (counted is null)
        {
            session.Successions.Guard(cabinet, judged.Kind, id, position);
        }
        else if (journal.MayRepeat(seq) || judged.Header.Origin is not null)
        {
            judged.State = EntryState.CountedBefore;
            judged.Amounts = default;
            judged.LineClass = 0;
            judged.LineClasses = null;
            session.Successions.Double(position, counted.Value);
        }

        if (judged.Header.Origin is { } origin)
        {
            session.Successions.Carried(origin, journal.No, counted ?? position);
        }
    }

    /// <summary>
    /// Counts a sale or non-sale that was quarantined until now; false when its id counts elsewhere by now.
    /// </summary>
    public bool CountLate(CabinetId cabinet, long journalNo, in JudgedEntry judged, StoredEntry entry)
    {
        var counted = session.Successions.Guarded(cabinet, judged.Kind, IdOf(entry.Bytes));
        if (counted is { } elsewhere)
        {
            session.Successions.Double(entry.Position, elsewhere);
        }
        else if (session.Successions.IsGuarded(cabinet))
        {
            session.Successions.Guard(cabinet, judged.Kind, IdOf(entry.Bytes), entry.Position);
        }

        if (judged.Header.Origin is { } origin)
        {
            session.Successions.Carried(origin, journalNo, counted ?? entry.Position);
        }

        return counted is null;
    }

    private void NoteOrigin(JournalInAppend journal, JournalId origin)
    {
        if (journal.IsNotedOrigin(origin))
        {
            return;
        }

        var row = session.Journals.FindOrAdd(origin, journal.Verified.Cabinet.Id);
        if (row.Record.Cabinet == journal.Verified.Cabinet.Id)
        {
            session.Journals.SetOrigin(row.No);
        }

        Guard(journal);
    }

    private void Guard(JournalInAppend journal)
    {
        if (journal.IsGuarded)
        {
            return;
        }

        journal.IsGuarded = true;
        var cabinet = journal.Verified.Cabinet.Id;
        if (session.Successions.BeginGuard(cabinet))
        {
            foreach (var known in session.Journals.OfCabinet(cabinet))
            {
                Gather(cabinet, known);
            }
        }
    }

    private void Gather(CabinetId cabinet, JournalRow journal)
    {
        foreach (var range in session.Batches.From(journal.No, 1))
        {
            foreach (var entry in session.Entries.Range(range.FirstPosition, range.FirstPosition + range.Entries - 1))
            {
                if (entry.Kind is EntryKind.Sale or EntryKind.NonSale && Counts(entry))
                {
                    session.Successions.Guard(cabinet, entry.Kind, IdOf(entry.Bytes), entry.Position);
                }
            }
        }
    }

    /// <summary>True for what counted at commit, and for what was released from quarantine and counts.</summary>
    private bool Counts(StoredEntry entry) => entry.State == EntryState.Counted
        || (entry.State == EntryState.Quarantined && session.Corrections.ClassesOf(entry.Position) is not null
            && session.Successions.CountedFor(entry.Position) is null);

    /// <summary>The caller's id of a sale or non-sale that was judged readable.</summary>
    private static string IdOf(ReadOnlySpan<byte> bytes)
    {
        EntryHeader.TryRead(bytes, out var header, out var body);
        return header.Kind == EntryKind.Sale
            ? Encoding.UTF8.GetString(new SaleView(body).VendId)
            : ((NonSaleBody)EntryBody.Read(header.Kind, header.BodyVersion, body)!).VendId;
    }
}
