using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Receiving;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Appends the batches of one group inside the session's transaction: asks the receiver with the head as it is in the
/// database now, judges the entries, writes them and gathers the totals. Made anew for each attempt.
/// </summary>
internal sealed class BatchAppender
{
    private readonly LedgerSession _session;
    private readonly EntryJudge _judge;
    private readonly long _catalogueVersion;
    private readonly RefundBook _refunds;
    private readonly SuccessionBook _successions;
    private long _position;
    private long _batchId;
    private int _firstEntry;
    private int? _entryInHand;

    /// <summary>Begins behind what is in the ledger.</summary>
    public BatchAppender(LedgerSession session, EntryJudge judge, long catalogueVersion)
    {
        (_session, _judge, _catalogueVersion) = (session, judge, catalogueVersion);
        (_refunds, _successions) = (new RefundBook(session), new SuccessionBook(session));
        (_position, _batchId) = session.Newest();
    }

    /// <summary>
    /// The entry of the batch in hand, from 0, at which the database failed; null when that is not known. Of several
    /// batches the answer means nothing.
    /// </summary>
    public int? EntryAt(EntryTable entries) => entries.IsRefused
        ? _firstEntry + (int?)entries.RefusedRow
        : _entryInHand;

    /// <summary>Decides a batch and appends what is new in it.</summary>
    /// <param name="verified">The batch.</param>
    /// <param name="isolation">Which entries are kept apart whatever they say, and how many are tried at all.</param>
    public CommitOutcome Append(VerifiedBatch verified, Isolation isolation)
    {
        var facts = verified.Batch.Facts;
        if (facts.Last.Seq > long.MaxValue)
        {
            // The ledger's integers end there, and no journal comes near it: nothing behind it could be ordered.
            return new CommitOutcome.Refused(Refusal.Malformed);
        }

        var row = _session.Journals.FindFor(verified.Journal, verified.Cabinet.Id);
        var decision = JournalReceiver.Decide(row?.Record, facts);
        if (decision is ReceiverDecision.NeedHash need && row is not null)
        {
            if (_session.Batches.PositionOf(row.No, need.Seq) is not { } position
                || _session.Entries.HashAt(position) is not { } hash)
            {
                // The number lies in a declared gap or a detached month: nothing to compare with, so the head alone is
                // the answer.
                return new CommitOutcome.Rewind(row.Record.Head);
            }

            decision = JournalReceiver.Decide(row.Record, facts, hash);
        }

        var head = row?.Record.Head ?? Head.Genesis(verified.Journal);
        return decision switch
        {
            // Nobody could verify the signature again without the detached entries: the agent sends from the head on.
            ReceiverDecision.Append { Skip: > 0 } append when row is not null && _session.SealedRuns.HoldsAny(
                row.No, verified.Batch.FirstSeq, row.Record.Head.Seq) => new CommitOutcome.Rewind(head),
            ReceiverDecision.Append append => AppendEntries(verified, append, isolation),
            ReceiverDecision.AlreadyCommitted => new CommitOutcome.Duplicate(head),
            ReceiverDecision.Rewind => new CommitOutcome.Rewind(head),
            ReceiverDecision.Refuse refuse => new CommitOutcome.Refused(refuse.Why),
            _ => throw new InvalidOperationException($"The receiver decided {decision} for a known hash."),
        };
    }

    private CommitOutcome.Committed AppendEntries(
        VerifiedBatch verified, ReceiverDecision.Append append, Isolation isolation)
    {
        var batch = verified.Batch;
        var row = _session.Journals.FindOrAdd(verified.Journal, verified.Cabinet.Id);
        if (append.Gap is { } gap)
        {
            DeclareGap(verified, row, gap);
        }

        var last = Math.Min(batch.Count, isolation.TryEntries);
        var range = new BatchRange((long)batch.FirstSeq + append.Skip, last - append.Skip, _position + 1);
        _session.Batches.Insert(++_batchId, row.No, range, verified, _catalogueVersion);
        var journal = new JournalInAppend(row, verified, _refunds.WaitingIn(verified.Journal, batch.FirstSeq,
            append.NewHead.Seq), new EntryDating(batch.Header.Clocks, row.LastUtcMs));
        _successions.GuardIfSeveral(journal);
        var quarantined = 0;
        _firstEntry = append.Skip;
        for (var i = append.Skip; i < last; i++)
        {
            _entryInHand = i;
            quarantined += AppendEntry(journal, i, isolation) ? 0 : 1;
        }

        _entryInHand = null;

        var skipped = append.Gap is { } g ? (long)(g.Last - g.First + 1) : 0;
        return _session.Journals.Advance(row, append.NewHead, journal.Dating.LatestUtcMs, skipped,
            journal.IsFirst)
            ? new CommitOutcome.Committed(append.NewHead, last - append.Skip, quarantined)
            : throw new InvalidOperationException(
                $"Journal {verified.Journal}: the head moved inside the transaction.");
    }

    /// <summary>Appends one entry; false when it is kept apart.</summary>
    private bool AppendEntry(JournalInAppend journal, int index, Isolation isolation)
    {
        var apart = isolation.Apart.TryGetValue(index, out var words);
        var verified = journal.Verified;
        var bytes = verified.Batch.Entry(index).Span;
        var seq = verified.Batch.FirstSeq + (ulong)index;
        var judged = _judge.Judge(bytes, verified.Cabinet, journal.Dating);
        if (apart)
        {
            judged.Quarantine(QuarantineReason.LedgerRefused);
        }

        if (seq == 1 && judged.Kind != EntryKind.Succession)
        {
            journal.IsFirst = true;
        }

        var position = ++_position;
        Count(journal, position, seq, bytes, ref judged);
        _session.Entries.Insert(position, _batchId, seq, verified.Batch.Hash(index), bytes, judged);
        if (judged.Kind == EntryKind.Sale && judged.BusinessDay != 0)
        {
            _session.Spans.Note(position, judged.UtcMs);
        }

        if (judged.ClockImplausible && journal.IsFirstImplausibleOf(judged.Header.Time.Boot))
        {
            _session.Findings.Raise(FindingKind.ClockImplausible, verified.Cabinet.Id,
                $"{verified.Journal}/{judged.Header.Time.Boot}", FindingEvidence.Clock(seq, judged),
                verified.ReceivedUtcMs, judged.UtcMs);
        }

        if (judged.Reason != QuarantineReason.None)
        {
            _session.KeepApart(position, verified.Cabinet.Id, (verified.Journal, seq),
                (judged.Reason, words ?? ""), judged.UtcMs, verified.ReceivedUtcMs);
        }

        if (judged.State != EntryState.Quarantined)
        {
            _refunds.Release(journal, seq, judged);
        }

        return judged.Reason == QuarantineReason.None;
    }

    private void Count(
        JournalInAppend journal, long position, ulong seq, ReadOnlySpan<byte> bytes, ref JudgedEntry judged)
    {
        if (judged.State != EntryState.Counted)
        {
            return;
        }

        switch (judged.Kind)
        {
            case EntryKind.Sale:
                _successions.CountOnce(journal, position, seq, bytes, ref judged);
                if (judged.State == EntryState.Counted)
                {
                    _session.Totals.AddSale(journal.Verified.Cabinet.Id, judged.AssignmentId, judged.BusinessDay,
                        judged.Amounts);
                }

                break;
            case EntryKind.NonSale:
                _successions.CountOnce(journal, position, seq, bytes, ref judged);
                break;
            case EntryKind.Refund:
                _refunds.Count(journal, position, (RefundBody)judged.Body!, ref judged);
                break;
            case EntryKind.Succession:
                _successions.Begin(journal, (SuccessionBody)judged.Body!, ref judged);
                break;
            default:
                break;
        }
    }

    private void DeclareGap(VerifiedBatch verified, JournalRow row, SkippedRange gap)
    {
        _session.Successions.Gap(row.No, gap.First, gap.Last, row.Record.Head.Hash, verified.Batch.Header.Previous.Hash,
            verified.ReceivedUtcMs);

        // What is gone followed the last entry that is there.
        _session.Findings.Raise(FindingKind.SequenceGap, verified.Cabinet.Id,
            $"{verified.Journal}/{gap.First}-{gap.Last}", FindingEvidence.Gap(verified.Journal, gap),
            verified.ReceivedUtcMs, row.LastUtcMs > 0 ? row.LastUtcMs : verified.ReceivedUtcMs);
    }
}
