using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>What becomes of a batch, by the head in the database.</summary>
public abstract class AppendTests(string dataSet) : IDisposable
{
    private readonly BooksRig _books = new(dataSet);

    public void Dispose() => _books.Dispose();

    [Fact]
    public async Task A_first_batch_moves_the_head_and_the_totals_and_is_proven()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 300), ("cola", 200));
        journal.Sell("v2", ("tea", 100));
        journal.Sell("v3", ("nobody", 50));
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 3, 0), await _books.Commit(journal));
        Assert.Equal(
            ["cab-1|op-a|20200901|1|400|2|0|0", "cab-1|op-a|20200901|2|200|1|0|0", "cab-1|op-a|20200901|3|50|1|0|0"],
            _books.Totals());
        Assert.Equal(["1|1|1|300|200|0|0", "2|1|2|100|0|0|1", "3|1|3|0|0|50|3"], _books.Rows(
            "SELECT position, batch_id, seq, aid_fen, ordinary_fen, unmapped_fen, line_class FROM entries"));
        Assert.Equal([$"3|{Convert.ToHexString(journal.Tail.Hash.ToArray())}"],
            _books.Rows("SELECT head_seq, hex(head_hash) FROM journals"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_batch_sent_again_is_a_duplicate_by_its_hashes_and_changes_nothing()
    {
        var journal = Sold(5);
        await _books.Commit(journal, 1, 3);
        await _books.Commit(journal, 4, 5);
        var before = _books.Totals();
        Assert.Equal(new CommitOutcome.Duplicate(journal.Tail), await _books.Commit(journal, 4, 5));
        Assert.Equal(new CommitOutcome.Duplicate(journal.Tail), await _books.Commit(journal, 1, 3));
        Assert.Equal(new CommitOutcome.Duplicate(journal.Tail), await _books.Commit(journal, 2, 2));
        Assert.Equal(before, _books.Totals());
        Assert.Equal(2, _books.Scalar("SELECT count(*) FROM batches"));
        _books.AssertProven();
    }

    [Fact]
    public async Task Of_a_batch_that_overlaps_the_head_only_what_is_new_is_appended()
    {
        var journal = Sold(6);
        await _books.Commit(journal, 1, 3);
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 4 - 1, 0), await _books.Commit(journal, 2, 6));
        Assert.Equal(6, _books.Scalar("SELECT count(*) FROM entries"));
        Assert.Equal(600, _books.Scalar("SELECT sum(sales_fen) FROM totals"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_batch_beyond_the_head_is_answered_with_the_head()
    {
        var journal = Sold(4);
        Assert.Equal(new CommitOutcome.Rewind(journal.HeadAt(0)), await _books.Commit(journal, 3, 4));
        await _books.Commit(journal, 1, 1);
        Assert.Equal(new CommitOutcome.Rewind(journal.HeadAt(1)), await _books.Commit(journal, 3, 4));
        Assert.Equal(1, _books.Scalar("SELECT count(*) FROM entries"));
    }

    [Fact]
    public async Task Another_history_at_the_same_numbers_is_a_fork_wherever_it_parts()
    {
        var journal = Sold(4);
        await _books.Commit(journal, 1, 2);
        await _books.Commit(journal, 3, 4);
        var fork = journal.Fork(1);
        fork.Sell("other", ("cola", 900));
        fork.Sell("other 2", ("cola", 900));
        var refused = new CommitOutcome.Refused(Refusal.Fork);
        Assert.Equal(refused, await _books.Commit(fork, 1, 2));
        Assert.Equal(refused, await _books.Commit(fork, 2, 3));
        fork.Sell("other 3", ("cola", 900));
        fork.Sell("other 4", ("cola", 900));
        Assert.Equal(refused, await _books.Commit(fork, 5, 5));
        Assert.Equal(400, _books.Scalar("SELECT sum(sales_fen) FROM totals"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_journal_takes_entries_from_its_own_cabinet_only_and_none_behind_a_successor()
    {
        var journal = Sold(4);
        await _books.Commit(journal, 1, 2);
        var thief = new JournalOnPaper(_books.Cabinet("cab-2"), 1);
        thief.Sell("x", ("tea", 1));
        Assert.Equal(new CommitOutcome.Refused(Refusal.NotYourJournal), await _books.Commit(thief));
        var successor = _books.Journal().Succeed(journal, 3, SuccessionReason.Lost);
        await _books.Commit(successor);
        Assert.Equal(new CommitOutcome.Refused(Refusal.NotYourJournal), await _books.Commit(journal, 3, 4));
        Assert.Equal(new CommitOutcome.Committed(journal.HeadAt(3), 1, 0), await _books.Commit(journal, 3, 3));
    }

    [Fact]
    public async Task A_signed_gap_moves_the_head_and_stays_a_finding()
    {
        var journal = Sold(9);
        await _books.Commit(journal, 1, 2);
        Assert.Equal(
            new CommitOutcome.Rewind(journal.HeadAt(2)), await _books.Commit(journal, 6, 9, journal.HeadAt(1)));
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 4, 0),
            await _books.Commit(journal, 6, 9, journal.HeadAt(2)));
        Assert.Equal([$"SequenceGap|cab-1|{journal.Id}/3-5"],
            _books.Rows("SELECT kind, cabinet_id, subject FROM findings"));
        Assert.Equal(3, _books.Scalar("SELECT skipped FROM journals"));
        _books.AssertProven();

        // Inside the gap nothing can be compared: the head is the answer. Across it the hash of the known side decides.
        Assert.Equal(new CommitOutcome.Rewind(journal.Tail), await _books.Commit(journal, 3, 4));
        Assert.Equal(new CommitOutcome.Duplicate(journal.Tail), await _books.Commit(journal, 4, 9));
        Assert.Equal(new CommitOutcome.Duplicate(journal.Tail), await _books.Commit(journal, 6, 9, journal.HeadAt(2)));
    }

    [Fact]
    public async Task A_gap_that_is_not_needed_is_not_declared()
    {
        var journal = Sold(5);
        await _books.Commit(journal, 1, 4);
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 1, 0),
            await _books.Commit(journal, 3, 5, journal.HeadAt(1)));
        Assert.Empty(_books.Findings());
        Assert.Equal(0, _books.Scalar("SELECT count(*) FROM gaps"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_journal_may_begin_with_a_gap()
    {
        var journal = Sold(9);
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 4, 0),
            await _books.Commit(journal, 6, 9, journal.HeadAt(0)));
        _books.AssertProven();
    }

    [Fact]
    public async Task Batches_of_many_cabinets_and_two_of_one_journal_go_into_one_transaction()
    {
        var group = new List<VerifiedBatch>();
        var journals = new List<JournalOnPaper>();
        for (var i = 0; i < 40; i++)
        {
            var journal = _books.Journal($"cab-{i}");
            journal.Sell("v1", ("tea", 10));
            journal.Sell("v2", ("cola", 5));
            journals.Add(journal);
            group.Add(_books.Batch(journal, 1, 1));
            group.Add(_books.Batch(journal, 2, 2));
        }

        var outcomes = await _books.Commit([.. group]);
        Assert.All(outcomes, (o, i) =>
            Assert.Equal(new CommitOutcome.Committed(journals[i / 2].HeadAt((ulong)(i % 2) + 1), 1, 0), o));
        Assert.Equal(600, _books.Scalar("SELECT sum(sales_fen) FROM totals"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_batch_twice_in_one_group_counts_once()
    {
        var journal = Sold(3);
        var outcomes = await _books.Commit(_books.Batch(journal), _books.Batch(journal), _books.Batch(journal, 1, 2));
        Assert.Equal(
            [new CommitOutcome.Committed(journal.Tail, 3, 0), new CommitOutcome.Duplicate(journal.Tail),
                new CommitOutcome.Duplicate(journal.Tail)], outcomes);
        Assert.Equal(300, _books.Scalar("SELECT sum(sales_fen) FROM totals"));
    }

    [Fact]
    public async Task Two_services_that_race_on_one_file_count_everything_exactly_once()
    {
        using var second = FleetDatabase.Open(_books.Files.Options, TimeProvider.System,
            NullLogger<FleetDatabase>.Instance);
        using var rival = _books.NewWriter(second);
        var journals = Enumerable.Range(0, 4).Select(i => Sold(60, $"cab-{i}")).ToList();
        var batches = new List<VerifiedBatch>();
        for (ulong first = 1; first <= 60; first += 3)
        {
            batches.AddRange(journals.Select(j => _books.Batch(j, first, first + 2)));
        }

        await Task.WhenAll(Drain(_books.Writer), Drain(rival));
        Assert.Equal(240, _books.Scalar("SELECT count(*) FROM entries"));
        Assert.Equal(24_000, _books.Scalar("SELECT sum(sales_fen) FROM totals"));
        Assert.Equal(240, _books.Scalar("SELECT sum(sales_lines) FROM totals"));
        _books.AssertProven();

        Task Drain(LedgerWriter writer) => Task.Run(async () =>
        {
            foreach (var group in batches.Chunk(6))
            {
                // Whoever comes late sends until the head is behind its batch, as agents do.
                while ((await writer.CommitAsync(group, BooksRig.Stop)).Any(o => o is CommitOutcome.Rewind))
                {
                    await Task.Yield();
                }
            }
        });
    }

    [Fact]
    public async Task A_head_moves_only_from_where_it_was_read()
    {
        var journal = Sold(3);
        await _books.Commit(journal, 1, 1);
        using var session = new LedgerSession(_books.Database);
        var read = session.Journals.Find(journal.Id)!;
        await _books.Commit(journal, 2, 2);
        Assert.False(Moves(read));
        Assert.False(Moves(read with { Record = read.Record with { Head = new Head(2, Digest.Of([1])) } }));
        Assert.True(Moves(session.Journals.Find(journal.Id)!));

        // One engine says so at once, the other when the group's heads are written.
        bool Moves(JournalRow from)
        {
            session.Begin();
            try
            {
                if (!session.Journals.Advance(from, journal.Tail, 0, 0, isFirst: false))
                {
                    return false;
                }

                session.Flush();
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
            finally
            {
                session.Rollback();
            }
        }
    }

    [Fact]
    public async Task A_number_that_no_integer_of_the_ledger_holds_is_refused_and_blocks_nobody()
    {
        var far = new JournalOnPaper(_books.Cabinet("cab-far"), 77);
        var message = FarBatch(far, ulong.MaxValue - 600);
        var honest = Sold(2);
        var outcomes = await _books.Commit(message, _books.Batch(honest));
        Assert.Equal(new CommitOutcome.Refused(Refusal.Malformed), outcomes[0]);
        Assert.Equal(new CommitOutcome.Committed(honest.Tail, 2, 0), outcomes[1]);
        _books.AssertProven();
    }

    private VerifiedBatch FarBatch(JournalOnPaper journal, ulong previous)
    {
        var chain = new Protocol.Chain.HashChain();
        var entry = EntryCodec.Encode(previous + 1, JournalOnPaper.At(BooksRig.StartUtcMs),
            JournalOnPaper.SaleOf("far", ("tea", 5)));
        var before = new Head(previous, Digest.Of([1]));
        var writer = new BatchWriter();
        writer.TryAdd(entry, 1, int.MaxValue);
        var message = writer.Sign(new BatchHeader(journal.Cabinet.Id, journal.Id, journal.Cabinet.Signer.KeyId,
            journal.HeadAt(0), before, new Head(previous + 1, chain.Next(before.Hash, entry)), journal.Clocks),
            journal.Cabinet.Signer);
        Assert.True(ReceivedBatch.TryParse(message.Payload, out var batch));
        Assert.True(batch.ComputeHashes(chain));
        Assert.True(_books.Register.Current.TryGet(journal.Cabinet.Id, out var model));
        return new VerifiedBatch(batch, model, journal.Cabinet.Signer.PublicKey, BooksRig.StartUtcMs);
    }

    private JournalOnPaper Sold(int sales, string cabinet = "cab-1")
    {
        var journal = _books.Journal(cabinet);
        for (var i = 1; i <= sales; i++)
        {
            journal.Sell($"v{i}", ("tea", 100));
        }

        return journal;
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouAppendTests() : AppendTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangAppendTests() : AppendTests("linjiang-2027");
