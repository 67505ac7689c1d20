using System.Diagnostics.Metrics;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Ingest;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Ingest;

/// <summary>What comes while a group waits for its turn to write.</summary>
public abstract class GroupGrowthTests(string dataSet)
{
    [Fact]
    public async Task All_that_comes_until_the_groups_turn_is_committed_with_it_and_answered()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var (first, second, third) = (Sold(rig, "cab-1"), Sold(rig, "cab-2"), Sold(rig, "cab-3"));
        var greeter = Sold(rig, "cab-4");
        var answers = await CommitAsync(
            rig, 20_000, Batch(rig, first),
            [
                Batch(rig, second), Greeting(greeter), Refused(greeter),
                new IngestItem.Batch(TopicOf(first), rig.Books.Batch(first)), Batch(rig, third),
            ]);
        Assert.Equal(1, answers.Commits);
        Assert.Equal(
            [
                $"cab-1 {ReceiptOutcome.Committed}", $"cab-1 {ReceiptOutcome.Duplicate}",
                $"cab-2 {ReceiptOutcome.Committed}", $"cab-3 {ReceiptOutcome.Committed}",
                $"cab-4 {ReceiptOutcome.Heard}", $"cab-4 {ReceiptOutcome.Refused}",
            ], answers.Receipts);
        Assert.Equal(0, rig.Budget.Taken);
        Assert.Equal(900, rig.Books.Scalar("SELECT sum(sales_fen) FROM totals"));
        Assert.Equal(1, rig.Books.Scalar("SELECT count(*) FROM refused_messages"));
        rig.Books.AssertProven();
    }

    [Fact]
    public async Task A_group_grows_no_further_than_its_limit()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        var answers = await CommitAsync(
            rig, 5, Batch(rig, Sold(rig, "cab-1")),
            [.. Enumerable.Range(2, 3).Select(i => Batch(rig, Sold(rig, $"cab-{i}")))]);

        // Three entries each: the second fills the first group, the fourth the second.
        Assert.Equal(2, answers.Commits);
        Assert.Equal(
            Enumerable.Range(1, 4).Select(i => $"cab-{i} {ReceiptOutcome.Committed}"), answers.Receipts);
        Assert.Equal(0, rig.Budget.Taken);
    }

    [Fact]
    public async Task A_group_that_cannot_be_written_takes_all_of_it_back_to_the_cabinets()
    {
        await using var rig = await IngestRig.StartAsync(dataSet);
        rig.Books.Files.Run("ALTER TABLE entries RENAME TO entries_away; ALTER TABLE hellos RENAME TO hellos_away");
        var answers = await CommitAsync(
            rig, 20_000, Batch(rig, Sold(rig, "cab-1")),
            [Batch(rig, Sold(rig, "cab-2")), Greeting(Sold(rig, "cab-3"))]);
        Assert.Equal(
            [$"cab-1 {Refusal.Busy}", $"cab-2 {Refusal.Busy}", $"cab-3 {Refusal.Busy}"], answers.Receipts);
        Assert.Equal((0, 0), (answers.Commits, rig.Budget.Taken));
    }

    [Fact]
    public async Task Nothing_more_is_asked_for_when_the_turn_does_not_come()
    {
        using var books = new BooksRig(dataSet);
        var journal = books.Journal();
        journal.Sell("x", ("tea", 1));
        using var cancelled = new CancellationTokenSource();
        using (await books.Database.Writers.EnterAsync(BooksRig.Stop))
        {
            var waiting = books.Writer.CommitAsync([books.Batch(journal)], cancelled.Token, Never);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        static IEnumerable<VerifiedBatch> Never() => throw new InvalidOperationException("Asked too early.");
    }

    /// <summary>One item is gathered while somebody else writes; the others come before the turn.</summary>
    private static async Task<(int Commits, List<string> Receipts)> CommitAsync(
        IngestRig rig, int maxGroupEntries, IngestItem first, IngestItem[] late)
    {
        var commits = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter == rig.Metrics.Meter)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref commits));
        listener.Start();
        var items = new FairQueue<IngestItem>();
        Task running;
        using (await rig.Books.Database.Writers.EnterAsync(BooksRig.Stop))
        {
            await PutAsync(rig, items, first);
            running = rig.Committer.RunAsync(items, maxGroupEntries, BooksRig.Stop);
            Assert.Equal(1, rig.Books.Database.Writers.Waiting);
            foreach (var item in late)
            {
                await PutAsync(rig, items, item);
            }

            items.TryComplete();
        }

        await running.WaitAsync(TimeSpan.FromSeconds(20), BooksRig.Stop);
        var receipts = new List<string>();
        while (rig.Link.TryNext(out var next))
        {
            var said = next.Receipt.Refusal == Refusal.Busy ? $"{Refusal.Busy}" : $"{next.Receipt.Outcome}";
            receipts.Add($"{next.Topic.Cabinet} {said}");
        }

        return (commits, [.. receipts.Order(StringComparer.Ordinal)]);
    }

    private static async Task PutAsync(IngestRig rig, FairQueue<IngestItem> items, IngestItem item)
    {
        await rig.Budget.TakeAsync(item.PayloadBytes, isLight: true, BooksRig.Stop);
        items.TryWrite(item, item.PayloadBytes);
    }

    private static IngestItem.Batch Batch(IngestRig rig, JournalOnPaper journal) =>
        new(TopicOf(journal), rig.Books.Batch(journal));

    private static IngestItem.Greeting Greeting(JournalOnPaper journal)
    {
        var hello = journal.Hello();
        var message = hello.Sign(journal.Cabinet.Signer);
        return new IngestItem.Greeting(TopicOf(journal), message.Hash, message.Payload.Length, hello);
    }

    private static IngestItem.Refused Refused(JournalOnPaper journal) => new(
        TopicOf(journal), journal.Message().Hash, new byte[10], journal.Id, Refusal.Malformed, "made so");

    private static CabinetTopic TopicOf(JournalOnPaper journal) => new(journal.Cabinet.Id, Lane.Batch);

    private static JournalOnPaper Sold(IngestRig rig, string cabinet)
    {
        var journal = rig.Books.Journal(cabinet);
        for (var i = 1; i <= 3; i++)
        {
            journal.Sell($"v{i}", ("tea", 100));
        }

        return journal;
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouGroupGrowthTests() : GroupGrowthTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangGroupGrowthTests() : GroupGrowthTests("linjiang-2027");
