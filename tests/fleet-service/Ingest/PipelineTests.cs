using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Signing;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Ingest;

/// <summary>The whole write path: messages in, receipts out, the ledger between.</summary>
public abstract class PipelineTests(string dataSet)
{
    [Fact]
    public async Task A_hello_and_batches_are_answered_with_the_head_and_committed()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var journal = Sold(rig, 5);
        var hello = await rig.Ask(journal, journal.Hello().Sign(journal.Cabinet.Signer), Lane.Hello);
        Assert.Equal((ReceiptOutcome.Heard, journal.HeadAt(0), BooksRig.StartUtcMs),
            (hello.Outcome, hello.Head, hello.ServerUtcMs));
        var first = await rig.Ask(journal, journal.Message(1, 3));
        Assert.Equal((ReceiptOutcome.Committed, journal.HeadAt(3), 500), (first.Outcome, first.Head, first.MaxEntries));
        Assert.Equal(ReceiptOutcome.Duplicate, (await rig.Ask(journal, journal.Message(1, 3))).Outcome);
        var rewound = await rig.Ask(journal, journal.Message(5, 5));
        Assert.Equal((ReceiptOutcome.Rewind, journal.HeadAt(3)), (rewound.Outcome, rewound.Head));
        Assert.Equal(journal.Tail, (await rig.Ask(journal, journal.Message(4, 5))).Head);
        Assert.Equal(500, rig.Books.Scalar("SELECT sum(sales_fen) FROM totals"));
        Assert.Equal(0, rig.Budget.Taken);
        rig.Books.AssertProven();
    }

    [Fact]
    public async Task Every_refusal_is_answered_with_its_reason_and_kept_as_evidence_once()
    {
        await using var rig = await IngestRig.StartAsync(dataSet, ("MaxBatchBytes", "65536"), ("MaxBatchEntries", "3"));
        var journal = Sold(rig, 4);
        var stranger = new JournalOnPaper(new CabinetOnPaper("stranger"), 900);
        stranger.Sell("x", ("tea", 1));
        Assert.Equal(Refusal.UnknownCabinet, (await rig.Ask(stranger, stranger.Message())).Refusal);
        var wrongKey = new JournalOnPaper(new CabinetOnPaper("cab-9"), 901);
        rig.Books.Cabinet("cab-9");
        Run(rig, "DELETE FROM cabinet_keys WHERE cabinet_id = 'cab-9'");
        rig.Books.Register.Load();
        wrongKey.Sell("x", ("tea", 1));
        Assert.Equal(Refusal.UnknownKey, (await rig.Ask(wrongKey, wrongKey.Message())).Refusal);
        Assert.Equal(Refusal.BadSignature, (await rig.Ask(journal, Spoil(journal.Message(1, 2), ^1))).Refusal);
        Assert.Equal(Refusal.TooLarge, (await rig.Ask(journal, journal.Message(1, 4))).Refusal);
        var huge = new byte[65_537];
        Assert.Equal(Refusal.TooLarge,
            (await rig.Ask(journal, new SignedMessage(huge, SignedMessage.HashOf(huge)))).Refusal);
        Assert.Equal(Refusal.Malformed,
            (await rig.Ask(journal, new SignedMessage(new byte[100], SignedMessage.HashOf(new byte[100])))).Refusal);
        Assert.Equal(Refusal.Malformed, (await rig.Ask(journal, new SignedMessage(new byte[3], default))).Refusal);
        Assert.Equal(Refusal.BrokenChain, (await rig.Ask(journal, Broken(journal))).Refusal);
        var other = rig.Books.Journal("cab-2");
        await rig.Send(other.Cabinet.Id, Lane.Batch, journal.Message(1, 2).Payload);
        Assert.Equal(Refusal.ForeignCabinet, (await rig.Link.NextAsync()).Receipt.Refusal);
        Assert.Equal(ReceiptOutcome.Committed, (await rig.Ask(journal, journal.Message(1, 2))).Outcome);
        var fork = journal.Fork(1);
        fork.Sell("other", ("cola", 1));
        Assert.Equal(Refusal.Fork, (await rig.Ask(fork, fork.Message())).Refusal);
        var badHello = Spoil(journal.Hello().Sign(journal.Cabinet.Signer), ^1);
        Assert.Equal(Refusal.BadSignature, (await rig.Ask(journal, badHello, Lane.Hello)).Refusal);
        Assert.Equal(Refusal.BadSignature, (await rig.Ask(journal, badHello, Lane.Hello)).Refusal);
        await Until(() => rig.Books.Scalar("SELECT sum(times) FROM refused_messages") == 12);
        Assert.Equal(11, rig.Books.Scalar("SELECT count(*) FROM refused_messages"));
        Assert.Equal(2, rig.Books.Scalar("SELECT times FROM refused_messages WHERE lane = 'Hello'"));
        Assert.Equal(200, rig.Books.Scalar("SELECT sum(sales_fen) FROM totals"));
        await Until(() => rig.Budget.Taken == 0);
    }

    [Fact]
    public async Task Evidence_is_kept_apart_for_each_cabinet_and_bounded_in_number()
    {
        await using var rig = await IngestRig.StartAsync(dataSet, ("MaxRefusedMessages", "5"));
        var bytes = new byte[80];
        rig.Books.Cabinet("cab-1");
        rig.Books.Cabinet("cab-2");
        await rig.Send(CabinetId.Parse("cab-1"), Lane.Batch, bytes);
        await rig.Link.NextAsync();
        await rig.Send(CabinetId.Parse("cab-2"), Lane.Batch, bytes);
        await rig.Link.NextAsync();
        Assert.Equal(["cab-1|1", "cab-2|1"],
            rig.Books.Rows("SELECT cabinet_id, times FROM refused_messages ORDER BY 1"));
        await rig.Send(CabinetId.Parse("cab-1"), Lane.Batch, new byte[] { 1 });
        await rig.Link.NextAsync();
        await rig.Send(CabinetId.Parse("cab-1"), Lane.Batch, new byte[] { 2 });
        await rig.Link.NextAsync();
        Assert.Equal(4, rig.Books.Scalar("SELECT count(*) FROM refused_messages"));
        for (byte i = 0; i < 20; i++)
        {
            rig.Books.Time.Advance(TimeSpan.FromSeconds(1));
            await rig.Send(CabinetId.Parse("cab-1"), Lane.Batch, Enumerable.Repeat(i, 90).ToArray());
            await rig.Link.NextAsync();
        }

        Assert.Equal(["0F", "10", "11", "12", "13"],
            rig.Books.Rows("SELECT substr(hex(payload), 1, 2) FROM refused_messages ORDER BY last_utc_ms"));
    }

    [Fact]
    public async Task While_the_ledger_is_held_undecided_bytes_are_capped_and_all_is_answered_afterwards()
    {
        await using var rig = await IngestRig.StartAsync(
            dataSet, ("MaxUndecidedBytes", "1048576"), ("MaxPaceMs", "1000"));
        var journals = Enumerable.Range(0, 40).Select(i => Sold(rig, 500, $"cab-{i}")).ToList();
        var messages = journals.Select(j => j.Message()).ToList();
        Assert.True(messages.Sum(m => m.Payload.Length) > 2 * 1_048_576);
        List<Task> sending;
        using (await rig.Books.Database.Writers.EnterAsync(BooksRig.Stop))
        {
            sending = [.. journals.Zip(messages, (j, m) => rig.Send(j, m).AsTask())];
            await Until(() => sending.Count(s => s.IsCompleted) > 8);
            await Task.Delay(300, BooksRig.Stop);
            Assert.InRange(rig.Budget.Taken, 1, 1_048_576);
            Assert.Contains(sending, s => !s.IsCompleted);
            Assert.False(rig.Link.TryNext(out _));
        }

        var receipts = new List<Receipt>();
        while (receipts.Count < 40)
        {
            receipts.Add((await rig.Link.NextAsync()).Receipt);
        }

        await Task.WhenAll(sending);
        Assert.All(receipts, r => Assert.Equal(ReceiptOutcome.Committed, r.Outcome));
        Assert.Contains(receipts, r => r.PaceMs > 0);
        Assert.All(receipts, r => Assert.InRange(r.PaceMs, 0u, 1000u));
        await Until(() => rig.Budget.Taken == 0);
        Assert.Equal(20_000, rig.Books.Scalar("SELECT count(*) FROM entries"));
    }

    [Fact]
    public async Task A_connection_that_ends_while_it_waits_takes_its_bytes_along()
    {
        var budget = new ByteBudget(100);
        await budget.TakeAsync(80, false, BooksRig.Stop);
        using var gone = new CancellationTokenSource();
        var first = budget.TakeAsync(50, false, gone.Token).AsTask();
        var second = budget.TakeAsync(20, false, BooksRig.Stop).AsTask();
        Assert.False(second.IsCompleted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await second.WaitAsync(TimeSpan.FromSeconds(5), BooksRig.Stop);
        Assert.Equal(100, budget.Taken);
        budget.Return(80);
        budget.Return(20);
        Assert.Equal(0, budget.Taken);
        await budget.TakeAsync(1_000, false, BooksRig.Stop);
        Assert.Equal(1, budget.Fullness);
        budget.Return(1_000);
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_written_answers_busy_and_recovers_alone()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var journal = Sold(rig, 200);
        await rig.Ask(journal, journal.Message(1, 1));
        Run(rig, "ALTER TABLE entries RENAME TO entries_away");
        var busy = await rig.Ask(journal, journal.Message(2, 200));
        Assert.Equal((ReceiptOutcome.Refused, Refusal.Busy), (busy.Outcome, busy.Refusal));
        await Until(() => !rig.Pipeline.IsHealthy);
        Run(rig, "ALTER TABLE entries_away RENAME TO entries");
        Assert.Equal(ReceiptOutcome.Committed, (await rig.Ask(journal, journal.Message(2, 200))).Outcome);
        Assert.True(rig.Pipeline.IsHealthy);
        Assert.Empty(rig.Books.Quarantine());
        Assert.Equal(0, rig.Books.Scalar("SELECT count(*) FROM refused_messages"));
        rig.Books.AssertProven();
    }

    [Fact]
    public async Task A_commit_of_unknown_outcome_is_not_answered_and_the_next_question_is()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var journal = Sold(rig, 3);
        Run(rig, """
            CREATE TABLE parent (id INTEGER PRIMARY KEY);
            CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER spoil AFTER INSERT ON entries BEGIN INSERT INTO child VALUES (99); END;
            """);
        await rig.Send(journal, journal.Message());
        await Until(() => !rig.Pipeline.IsHealthy);
        Assert.False(rig.Link.TryNext(out _));
        Run(rig, "DROP TRIGGER spoil");
        Assert.Equal(ReceiptOutcome.Committed, (await rig.Ask(journal, journal.Message())).Outcome);
    }

    [Fact]
    public async Task A_stop_commits_and_answers_what_was_taken()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var journals = Enumerable.Range(0, 20).Select(i => Sold(rig, 50, $"cab-{i}")).ToList();
        Task stopping;
        using (await rig.Books.Database.Writers.EnterAsync(BooksRig.Stop))
        {
            foreach (var journal in journals)
            {
                await rig.Send(journal, journal.Message());
            }

            stopping = rig.Pipeline.StopAsync(BooksRig.Stop);
        }

        await stopping.WaitAsync(TimeSpan.FromSeconds(20), BooksRig.Stop);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(rig.Link.TryNext(out var answer));
            Assert.Equal(ReceiptOutcome.Committed, answer.Receipt.Outcome);
        }

        Assert.Equal(1_000, rig.Books.Scalar("SELECT count(*) FROM entries"));
        Assert.Equal(0, rig.Budget.Taken);
    }

    [Fact]
    public async Task A_receipt_that_cannot_be_sent_loses_nothing()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var journal = Sold(rig, 3);
        rig.Link.IsReady = false;
        await rig.Send(journal, journal.Message());
        await Until(() => rig.Link.Refused == 1);
        Assert.Equal(3, rig.Books.Scalar("SELECT count(*) FROM entries"));
        rig.Link.IsReady = true;
        var again = await rig.Ask(journal, journal.Message());
        Assert.Equal((ReceiptOutcome.Duplicate, journal.Tail), (again.Outcome, again.Head));
    }

    [Fact]
    public async Task Many_cabinets_at_once_with_lost_and_doubled_messages_count_once()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var journals = Enumerable.Range(0, 30).Select(i => Sold(rig, 20, $"cab-{i}")).ToList();
        for (ulong first = 1; first <= 20; first += 4)
        {
            await Task.WhenAll(journals.Select(async j =>
            {
                await rig.Send(j, j.Message(first, first + 3));
                await rig.Send(j, j.Message(first, first + 3));
            }));
        }

        await Until(() => rig.Books.Scalar("SELECT coalesce(sum(head_seq), 0) FROM journals") == 600);
        await Until(() => rig.Budget.Taken == 0);
        Assert.Equal(60_000, rig.Books.Scalar("SELECT sum(sales_fen) FROM totals"));
        rig.Books.AssertProven();
    }

    private static SignedMessage Spoil(SignedMessage message, Index at)
    {
        var bytes = message.Payload.ToArray();
        bytes[at] ^= 1;
        return new SignedMessage(bytes, SignedMessage.HashOf(bytes));
    }

    private static SignedMessage Broken(JournalOnPaper journal)
    {
        var liar = journal.Fork(1);
        liar.AddRaw(journal.EntryAt(3));
        return liar.Message();
    }

    private static async Task Until(Func<bool> reached)
    {
        for (var i = 0; i < 1_000 && !reached(); i++)
        {
            await Task.Delay(20, BooksRig.Stop);
        }

        Assert.True(reached());
    }

    private static void Run(IngestRig rig, string sql) => rig.Books.Files.Run(sql);

    private static JournalOnPaper Sold(IngestRig rig, int sales, string cabinet = "cab-1")
    {
        var journal = rig.Books.Journal(cabinet);
        for (var i = 1; i <= sales; i++)
        {
            journal.Sell($"v{i}", ("tea", 100));
        }

        return journal;
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPipelineTests() : PipelineTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPipelineTests() : PipelineTests("linjiang-2027");
