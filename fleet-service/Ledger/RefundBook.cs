using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Counts refunds against the sales they name. A refund whose sale is absent or quarantined waits, and the transaction
/// that brings the sale releases it, so the order of arrival never matters. Refunds above what was paid count, with a
/// finding.
/// </summary>
internal sealed class RefundBook(LedgerSession session)
{
    /// <summary>Most predecessors that are walked back.</summary>
    private const int MaxPredecessors = 1_000;

    /// <summary>The numbers of sales in a range for which refunds wait.</summary>
    public HashSet<ulong>? WaitingIn(JournalId journal, ulong firstSeq, ulong lastSeq) =>
        session.Refunds.WaitingIn(journal, firstSeq, lastSeq);

    /// <summary>Counts a refund, or leaves it waiting.</summary>
    public void Count(JournalInAppend journal, long position, RefundBody refund, ref JudgedEntry judged)
    {
        var cabinet = journal.Verified.Cabinet.Id;
        if (session.Refunds.PositionOf(cabinet, refund.RefundNumber) is { } counted)
        {
            judged.State = EntryState.CountedBefore;
            session.Successions.Double(position, counted);
            return;
        }

        if (IsDetached(cabinet, journal.Verified.Journal, refund))
        {
            judged.Quarantine(QuarantineReason.SaleDetached);
            return;
        }

        session.Refunds.Insert(position, cabinet, judged.BusinessDay, refund);
        var waiting = new WaitingRefund(position, judged.BusinessDay, refund, journal.Verified.Journal, 0);
        if (!Settle(cabinet, waiting, journal.Verified.ReceivedUtcMs))
        {
            judged.Reason = QuarantineReason.NoSuchLine;
        }

        journal.Await(refund.SaleJournal, refund.SaleSeq);
    }

    /// <summary>
    /// Counts a refund that was quarantined until now; None, or why it still cannot be counted. One whose number counts
    /// already counts nothing.
    /// </summary>
    public QuarantineReason CountLate(CabinetId cabinet, JournalId journal, StoredEntry entry, long nowUtcMs)
    {
        EntryCodec.TryDecode(entry.Bytes, out _, out var body, out _);
        var refund = (RefundBody)body!;
        var counted = session.Refunds.PositionOf(cabinet, refund.RefundNumber);
        if (counted is { } elsewhere && elsewhere != entry.Position)
        {
            session.Successions.Double(entry.Position, elsewhere);
            return QuarantineReason.None;
        }

        if (counted is null)
        {
            if (IsDetached(cabinet, journal, refund))
            {
                return QuarantineReason.SaleDetached;
            }

            session.Refunds.Insert(entry.Position, cabinet, entry.BusinessDay, refund);
        }

        return Settle(cabinet, new WaitingRefund(entry.Position, entry.BusinessDay, refund, journal, 0), nowUtcMs)
            ? QuarantineReason.None
            : QuarantineReason.NoSuchLine;
    }

    /// <summary>
    /// Counts the refunds that waited for an entry which is written now, under its own number and under the one it was
    /// carried from.
    /// </summary>
    public void Release(JournalInAppend journal, ulong seq, in JudgedEntry written)
    {
        var verified = journal.Verified;
        if (journal.IsAwaited(seq))
        {
            Release(verified.Cabinet.Id, verified.Journal, seq, verified.ReceivedUtcMs);
        }

        if (written.Header.Origin is { } origin)
        {
            Release(verified.Cabinet.Id, origin.Journal, origin.Seq, verified.ReceivedUtcMs);
        }
    }

    /// <summary>Counts the refunds of a cabinet that waited for an entry which counts from now on.</summary>
    public void Release(CabinetId cabinet, JournalId journal, ulong seq, long nowUtcMs)
    {
        foreach (var refund in session.Refunds.WaitingFor(cabinet, journal, seq))
        {
            if (!Settle(cabinet, refund, nowUtcMs))
            {
                session.KeepApart(refund.Position, cabinet, (refund.Journal, refund.Seq),
                    (QuarantineReason.NoSuchLine, ""), session.Entries.Read(refund.Position).UtcMs, nowUtcMs);
            }
        }
    }

    /// <summary>
    /// Ties a refund to the line that it reverses. False when what it names is no such line: it waits on, in sight and
    /// outside every total, whatever came first. True also while what it names is absent or quarantined.
    /// </summary>
    private bool Settle(CabinetId cabinet, in WaitingRefund waiting, long nowUtcMs)
    {
        if (Find(cabinet, waiting.Journal, waiting.Refund) is not { State: EntryState.Counted } sale)
        {
            return true;
        }

        if (LineOf(sale, waiting.Refund.Line) is not { } line)
        {
            return false;
        }

        session.Refunds.Release(waiting.Position, line);
        session.Totals.AddRefund(
            cabinet, line.AssignmentId, waiting.RefundDay, line.Day, line.Class, waiting.Refund.AmountFen);
        CheckAgainstPaid(cabinet, sale, waiting.Refund.Line, nowUtcMs);
        return true;
    }

    /// <summary>
    /// True when the sale was in the ledger and its month was detached: waiting for it would be waiting for ever.
    /// </summary>
    private bool IsDetached(CabinetId cabinet, JournalId teller, RefundBody refund) =>
        session.SealedRuns.Holds(refund.SaleJournal, refund.SaleSeq) && Find(cabinet, teller, refund) is null;

    /// <summary>
    /// The entry behind (journal, number): where it stands, where it was carried, or where it counts. Null while it is
    /// not written.
    /// </summary>
    private StoredEntry? Find(CabinetId cabinet, JournalId teller, RefundBody refund)
    {
        if (PositionOf(cabinet, teller, refund) is not { } position
            || session.Entries.Find(session.Successions.CountedFor(position) ?? position) is not { } entry)
        {
            return null;
        }

        return entry.State == EntryState.Quarantined && session.Corrections.ClassesOf(entry.Position) is not null
            ? entry with { State = EntryState.Counted }
            : entry;
    }

    /// <summary>
    /// After a fork several sales have the same first place. The nearest history decides: the refund's own journal,
    /// then its predecessors, each by what was carried into it or, at the sale's own journal, by what stands there.
    /// </summary>
    private long? PositionOf(CabinetId cabinet, JournalId teller, RefundBody refund)
    {
        var named = session.Journals.Find(refund.SaleJournal);
        if (named is not null && named.Record.Cabinet != cabinet)
        {
            return null;
        }

        var seen = 0;
        for (var row = session.Journals.Find(teller); row is not null && seen < MaxPredecessors; seen++)
        {
            var found = row.No == named?.No
                ? session.Batches.PositionOf(row.No, refund.SaleSeq)
                : session.Successions.CarriedTo(refund.SaleJournal, refund.SaleSeq, row.No);
            if (found is not null)
            {
                return found;
            }

            row = row.Predecessor is { } predecessor ? session.Journals.Find(predecessor) : null;
        }

        return session.Successions.CarriedTo(refund.SaleJournal, refund.SaleSeq, cabinet)
            ?? (named is null ? null : session.Batches.PositionOf(named.No, refund.SaleSeq));
    }

    private ReversedLine? LineOf(StoredEntry sale, int line)
    {
        if (sale.Kind != EntryKind.Sale || !EntryHeader.TryRead(sale.Bytes, out _, out var body)
            || line >= new SaleView(body).LineCount)
        {
            return null;
        }

        var corrected = session.Corrections.ClassesOf(sale.Position);
        return new ReversedLine(sale.Position, sale.BusinessDay, sale.AssignmentId,
            (ProductClass)(corrected is null ? sale.ClassOf(line) : corrected[line]));
    }

    private void CheckAgainstPaid(CabinetId cabinet, StoredEntry sale, int line, long nowUtcMs)
    {
        if (EntryCodec.TryDecode(sale.Bytes, out _, out var body, out _) && body is SaleBody paid)
        {
            var paidFen = paid.Lines[line].PaidFen;
            var refundedFen = session.Refunds.RefundedFen(sale.Position, line);
            if (refundedFen > paidFen)
            {
                // Named by the vend, whatever the refunds call it and wherever it counts, with the sum of all of them.
                session.Findings.RaiseNewest(FindingKind.RefundAbovePaid, cabinet, $"{paid.VendId}/{line}",
                    FindingEvidence.RefundAbovePaid(paid.VendId, line, paidFen, refundedFen), nowUtcMs, sale.UtcMs);
            }
        }
    }
}
