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

    /// <summary>Counts a refund, leaves it waiting, or keeps it apart.</summary>
    public void Count(VerifiedBatch verified, long position, RefundBody refund, ref JudgedEntry judged)
    {
        var cabinet = verified.Cabinet.Id;
        if (session.Refunds.PositionOf(cabinet, refund.RefundNumber) is { } counted)
        {
            judged.State = EntryState.CountedBefore;
            session.Successions.Double(position, counted);
            return;
        }

        var sale = Find(verified, refund);
        ReversedLine? reversed = null;
        if (sale is { State: EntryState.Counted })
        {
            reversed = LineOf(sale, refund.Line);
            if (reversed is null)
            {
                judged.Quarantine(QuarantineReason.NoSuchLine);
                return;
            }
        }

        session.Refunds.Insert(position, cabinet, judged.BusinessDay, refund, reversed);
        if (reversed is { } line)
        {
            Apply(cabinet, judged.BusinessDay, refund.AmountFen, line);
            CheckAgainstPaid(cabinet, sale!, refund.SaleJournal, refund.SaleSeq, refund.Line, verified.ReceivedUtcMs);
        }
    }

    /// <summary>
    /// Counts the refunds that waited for a sale, under its own number and under the one it was carried from.
    /// </summary>
    public void Release(
        JournalInAppend journal, long position, ulong seq, ReadOnlySpan<byte> bytes, in JudgedEntry sale)
    {
        var verified = journal.Verified;
        if (journal.IsAwaited(seq))
        {
            Release(verified.Cabinet.Id, verified.Journal, seq, Stored(position, bytes, sale), verified.ReceivedUtcMs);
        }

        if (sale.Header.Origin is { } origin)
        {
            Release(verified.Cabinet.Id, origin.Journal, origin.Seq, Stored(position, bytes, sale),
                verified.ReceivedUtcMs);
        }
    }

    /// <summary>Counts the refunds that waited for a sale which is counted from now on.</summary>
    public void Release(CabinetId cabinet, JournalId journal, ulong seq, StoredEntry sale, long nowUtcMs)
    {
        foreach (var refund in session.Refunds.WaitingFor(journal, seq))
        {
            // A line that the sale does not have leaves the refund waiting, in sight, outside every total.
            if (LineOf(sale, refund.Line) is { } line)
            {
                session.Refunds.Release(refund.Position, line);
                Apply(cabinet, refund.RefundDay, refund.AmountFen, line);
                CheckAgainstPaid(cabinet, sale, journal, seq, refund.Line, nowUtcMs);
            }
        }
    }

    private static StoredEntry Stored(long position, ReadOnlySpan<byte> bytes, in JudgedEntry sale) => new(position,
        sale.Kind, sale.State, sale.BusinessDay, sale.AssignmentId, sale.LineClass, sale.LineClasses, bytes.ToArray());

    private void Apply(CabinetId cabinet, int refundDay, long amountFen, ReversedLine line) =>
        session.Totals.AddRefund(cabinet, line.AssignmentId, refundDay, line.Day, line.Class, amountFen);

    /// <summary>
    /// The counted entry behind (journal, number): where it stands, where it was carried, or where it counts.
    /// </summary>
    private StoredEntry? Find(VerifiedBatch verified, RefundBody refund)
    {
        var position = PositionOf(verified, refund);
        if (position is null)
        {
            return null;
        }

        var entry = session.Entries.Read(position.Value);
        if (entry.State == EntryState.CountedBefore)
        {
            return session.Successions.CountedFor(entry.Position) is { } counted
                ? session.Entries.Read(counted)
                : null;
        }

        return entry.State == EntryState.Quarantined && session.Corrections.ClassesOf(entry.Position) is not null
            ? entry with { State = EntryState.Counted }
            : entry;
    }

    /// <summary>
    /// After a fork several sales have the same first place. The nearest history decides: the refund's own journal,
    /// then its predecessors, each by what was carried into it or, at the sale's own journal, by what stands there.
    /// </summary>
    private long? PositionOf(VerifiedBatch verified, RefundBody refund)
    {
        var named = session.Journals.Find(refund.SaleJournal);
        if (named is not null && named.Record.Cabinet != verified.Cabinet.Id)
        {
            return null;
        }

        var seen = 0;
        for (var row = session.Journals.Find(verified.Journal); row is not null && seen < MaxPredecessors; seen++)
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

        return session.Successions.CarriedTo(refund.SaleJournal, refund.SaleSeq, 0)
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

    private void CheckAgainstPaid(
        CabinetId cabinet, StoredEntry sale, JournalId journal, ulong seq, int line, long nowUtcMs)
    {
        if (EntryCodec.TryDecode(sale.Bytes, out _, out var body, out _) && body is SaleBody paid)
        {
            var paidFen = paid.Lines[line].PaidFen;
            var refundedFen = session.Refunds.RefundedFen(sale.Position, journal, seq, line);
            if (refundedFen > paidFen)
            {
                session.Findings.Raise(FindingKind.RefundAbovePaid, cabinet, $"{journal}/{seq}/{line}",
                    FindingEvidence.RefundAbovePaid(journal, seq, line, paidFen, refundedFen), nowUtcMs);
            }
        }
    }
}
