using KioskFleet.Protocol;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Proves the ledger from its own rows: every journal's chain from its genesis to its head, every batch's signature
/// over the entries as they are stored now, amounts against the entries' bytes, count of a journal against its head,
/// totals against the sum of entries, refunds and corrections. Of a month that was detached, its seal and the rows that
/// stay. Names the single entry that does not fit. Reads one snapshot; writers go on. Safe to run several at a time.
/// </summary>
internal sealed class LedgerProof(FleetDatabase database)
{
    /// <summary>Runs the proof.</summary>
    /// <param name="progress">Told the entries checked so far, now and then.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public ProofReport Run(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        return Run(connection, progress, cancellationToken);
    }

    /// <summary>Runs the proof on a connection, for a ledger whose service does not run.</summary>
    public static ProofReport Run(
        FleetConnection connection, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var transaction = connection.BeginRead();
        using var rows = new ProofRows(connection);
        var problems = new ProofProblems();
        var totals = new TotalsProof(problems);
        using var months = new SealedMonthsProof(connection, problems);
        months.AddTo(totals);
        long batches = 0, entries = 0;
        var journals = rows.Journals();
        foreach (var journal in journals)
        {
            var walk = new JournalWalk(journal, rows, problems, totals, months);
            foreach (var batch in rows.Batches(journal.No))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (walk.Batch(batch))
                {
                    batches++;
                    entries += batch.Range.Entries;
                    progress?.Report(entries);
                }
            }

            walk.End();
        }

        months.End();

        foreach (var (subject, detail) in rows.Strays())
        {
            problems.Add("", subject, detail);
        }

        var counts = rows.Counts();
        if (counts.Entries != counts.InBatches)
        {
            problems.Add("", "entries",
                $"the table holds {counts.Entries} entries, the batches account for {counts.InBatches}");
        }

        totals.Compare(connection);
        return new ProofReport(journals.Count, batches, entries, problems.Count, problems.First)
        {
            Sealed = months.Sealed,
        };
    }

    /// <summary>Walks one journal from its genesis to its head.</summary>
    private sealed class JournalWalk(
        ProofJournal journal, ProofRows rows, ProofProblems problems, TotalsProof totals, SealedMonthsProof months)
    {
        private readonly Queue<SealedRun> _runs = months.RunsOf(journal.No);
        private readonly HashChain _chain = new();
        private readonly IReadOnlyList<ProofGap> _gaps = rows.Gaps(journal.No);
        private readonly IReadOnlySet<long> _assignments = rows.Assignments(journal.Cabinet);
        private readonly List<ProofEntry> _earlier = [];
        private Digest _previous = Head.Genesis(journal.Journal).Hash;
        private Digest _previousRecomputed = Head.Genesis(journal.Journal).Hash;
        private SealedRun? _run;
        private long _seq;
        private long _count;

        /// <summary>Proves a batch; false when it only stays of a sealed month.</summary>
        public bool Batch(ProofBatch batch)
        {
            while (_runs.TryPeek(out var run) && run.FirstSeq <= batch.Range.FirstSeq)
            {
                Run(_runs.Dequeue());
            }

            if (_run is { } around && batch.Range.FirstSeq <= around.LastSeq)
            {
                Kept(around, batch);
                return false;
            }

            Attached(batch);
            return true;
        }

        /// <summary>Goes over a run of a sealed month, whose entries are not here.</summary>
        private void Run(SealedRun run)
        {
            OverGap(run.FirstSeq);
            if (run.FirstSeq != _seq + 1 || ((long)run.Base.Seq == _seq && run.Base.Hash != _previous))
            {
                Problem($"detached month {run.Month}",
                    $"its run begins at {run.FirstSeq} behind {run.Base}; expected {_seq + 1}");
            }

            _run = run;
            _seq = run.LastSeq;
            _count += run.Entries;
            _previous = _previousRecomputed = run.LastHash;
            _earlier.Clear();
        }

        private void Kept(SealedRun run, ProofBatch batch)
        {
            var entries = EntriesOf(batch);
            foreach (var entry in entries)
            {
                if (EntryRowProof.Check(entry, _assignments) is { } wrong)
                {
                    Problem($"entry {entry.Seq} (position {entry.Position})", wrong);
                }

                totals.AddKept(journal.Cabinet, entry);
            }

            months.Kept(run, batch, entries);
            Remember(entries);
        }

        private void OverGap(long firstSeq)
        {
            if (_gaps.FirstOrDefault(g => g.FirstSeq == _seq + 1) is { LastSeq: > 0 } gap
                && firstSeq == gap.LastSeq + 1)
            {
                _seq = gap.LastSeq;
                _previous = _previousRecomputed = gap.LastHash;
            }
        }

        private IReadOnlyList<ProofEntry> EntriesOf(ProofBatch batch) => rows.Entries(
            batch.Range.FirstPosition, batch.Range.FirstPosition + batch.Range.Entries - 1);

        private void Attached(ProofBatch batch)
        {
            OverGap(batch.Range.FirstSeq);
            if (batch.Range.FirstSeq != _seq + 1 || SignedFirstSeqOf(batch.Envelope) != (ulong)batch.SignedFirstSeq)
            {
                Problem($"batch {batch.BatchId}",
                    $"says that it begins at {batch.Range.FirstSeq}, signed from {batch.SignedFirstSeq}; "
                    + $"expected {_seq + 1}, signed from {SignedFirstSeqOf(batch.Envelope)}");
            }

            var entries = EntriesOf(batch);
            if (entries.Count != batch.Range.Entries)
            {
                Problem($"batch {batch.BatchId}",
                    $"{batch.Range.Entries} entries were committed, {entries.Count} are there");
            }

            foreach (var entry in entries)
            {
                Entry(batch, entry);
            }

            Signature(batch, entries);
            Remember(entries);
        }

        /// <summary>A later message may have been signed over entries that are here already.</summary>
        private void Remember(IReadOnlyList<ProofEntry> entries)
        {
            _earlier.AddRange(entries);
            if (_earlier.Count > Limits.MaxBatchEntries)
            {
                _earlier.RemoveRange(0, _earlier.Count - Limits.MaxBatchEntries);
            }
        }

        public void End()
        {
            while (_runs.TryDequeue(out var run))
            {
                Run(run);
            }

            if ((ulong)_seq != journal.Head.Seq || (_previous != journal.Head.Hash))
            {
                Problem("head",
                    $"the head says {journal.Head}, the entries lead to {new Head((ulong)_seq, _previous)}");
            }

            if (_count != (long)journal.Head.Seq - journal.Skipped)
            {
                Problem("count", $"{_count} entries for head {journal.Head.Seq} with {journal.Skipped} declared gone");
            }
        }

        private void Entry(ProofBatch batch, ProofEntry entry)
        {
            _seq++;
            _count++;
            var where = $"entry {entry.Seq} (position {entry.Position})";
            if (entry.Seq != _seq || entry.BatchId != batch.BatchId)
            {
                Problem(where, $"expected entry {_seq} of batch {batch.BatchId}; removed, inserted or moved");
            }

            // Either chain leads on: after a damaged hash the recomputed one does, after damaged bytes the stored one.
            var hash = _chain.Next(_previous, entry.Bytes);
            var recomputed = _chain.Next(_previousRecomputed, entry.Bytes);
            if (hash != entry.Hash && recomputed != entry.Hash)
            {
                Problem(where, "its bytes or its hash were changed after commit");
            }

            _previous = entry.Hash;
            _previousRecomputed = hash == entry.Hash ? hash : recomputed;
            if (EntryRowProof.Check(entry, _assignments) is { } wrong)
            {
                Problem(where, wrong);
            }

            totals.Add(journal.Cabinet, entry);
        }

        /// <summary>The first number that a signed message states; 0 when it cannot be read.</summary>
        private static ulong SignedFirstSeqOf(ReadOnlySpan<byte> envelope) =>
            BatchEnvelope.HeadBefore(envelope) is { } head ? head.Seq + 1 : 0;

        /// <summary>Puts the signed message together again from the stored entries.</summary>
        private void Signature(ProofBatch batch, IReadOnlyList<ProofEntry> entries)
        {
            var message = new ByteWriter(batch.Envelope.Length + entries.Sum(e => e.Bytes.Length + sizeof(uint)));
            message.Bytes(batch.Envelope);
            foreach (var entry in _earlier.Where(e => e.Seq >= batch.SignedFirstSeq).Concat(entries))
            {
                message.U32((uint)entry.Bytes.Length);
                message.Bytes(entry.Bytes);
            }

            var hash = Digest.Of(message.Written);
            message.Bytes(batch.Signature);
            var where = $"batch {batch.BatchId} (entries {batch.Range.FirstSeq} to "
                + $"{batch.Range.FirstSeq + batch.Range.Entries - 1})";
            if (!MessageVerifier.TryImport(batch.KeySpki, out var verifier))
            {
                Problem(where, "its public key cannot be read");
                return;
            }

            using (verifier)
            {
                if (!SignedMessage.Verify(message.Written, hash, verifier))
                {
                    Problem(where, "the cabinet's signature does not fit the stored entries");
                }
                else if (!rows.IsKeyKnown(journal.Cabinet, batch.KeySpki))
                {
                    Problem(where,
                        $"signed with key {verifier.KeyId}, which the register does not hold for the cabinet");
                }
            }
        }

        private void Problem(string subject, string detail) =>
            problems.Add(journal.Cabinet.Value, $"journal {journal.Journal} {subject}", detail);
    }
}
