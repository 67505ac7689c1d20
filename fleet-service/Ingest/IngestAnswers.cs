using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.Ingest;

/// <summary>Turns outcomes into receipts, counts and log lines. Thread-safe.</summary>
internal sealed class IngestAnswers(
    ReceiptSender receipts, IngestMetrics metrics, DrainSchedule schedule, IngestOptions options, WantedConfigs configs,
    ILogger<IngestAnswers> log)
{
    /// <summary>A group is gathered; the moment that <see cref="GroupDone"/> asks for.</summary>
    public long GroupBegun() => schedule.Begin();

    /// <summary>
    /// A group was committed and answered: the turns of those that wait are given by how long it took.
    /// </summary>
    public void GroupDone(int entries, long begun) => schedule.Committed(entries, begun);

    /// <summary>Answers a batch after its commit; returns the evidence to keep when it was refused.</summary>
    public async Task<IngestItem.Refused?> DecidedAsync(IngestItem.Batch batch, CommitOutcome outcome)
    {
        var journal = batch.Verified.Journal;
        switch (outcome)
        {
            case CommitOutcome.Committed committed:
                metrics.Entries(committed.Appended, committed.Quarantined);
                if (committed.Quarantined > 0)
                {
                    IngestLog.Quarantined(log, committed.Quarantined, batch.Topic.Cabinet.Value);
                }

                await HeadAsync(batch, journal, ReceiptOutcome.Committed, committed.Head);
                return null;
            case CommitOutcome.Duplicate duplicate:
                await HeadAsync(batch, journal, ReceiptOutcome.Duplicate, duplicate.Head);
                return null;
            case CommitOutcome.Rewind rewind:
                await HeadAsync(batch, journal, ReceiptOutcome.Rewind, rewind.Head);
                return null;
            case CommitOutcome.Refused refused:
                metrics.Batch(ReceiptOutcome.Refused);
                var evidence = new IngestItem.Refused(batch.Topic, batch.Hash, batch.Verified.Batch.Payload, journal,
                    refused.Refusal, Words(refused));
                await RefusedAsync(evidence);
                return evidence;
            default:
                throw new InvalidOperationException($"There is no answer to {outcome}.");
        }
    }

    /// <summary>Answers a hello; one that reports another config than wanted gets that config again.</summary>
    public Task HeardAsync(IngestItem.Greeting greeting, HelloOutcome heard)
    {
        if (heard.Refusal != Refusal.None)
        {
            return receipts.SendAsync(greeting, greeting.Hello.Journal, ReceiptOutcome.Refused,
                (heard.Refusal, default, "the ledger knows the journal otherwise"), 0);
        }

        configs.Heard(greeting.Hello.Cabinet, greeting.Hello.AppliedConfigVersion);
        var backlog = (long)Math.Min(greeting.Hello.Backlog, long.MaxValue);
        return receipts.SendAsync(greeting, greeting.Hello.Journal, ReceiptOutcome.Heard,
            (Refusal.None, heard.Head, ""), schedule.Next(backlog));
    }

    /// <summary>Answers a message that is refused.</summary>
    public Task RefusedAsync(IngestItem.Refused refused)
    {
        metrics.Refused(refused.Refusal);
        IngestLog.Refused(log, refused.Topic.Lane.ToString(), refused.Topic.Cabinet.Value, refused.Refusal.ToString(),
            refused.Detail);
        return receipts.SendAsync(refused, refused.Journal, ReceiptOutcome.Refused,
            (refused.Refusal, default, refused.Detail), 0);
    }

    /// <summary>Asks to send again later: the ledger cannot be written now.</summary>
    public Task BusyAsync(IngestItem item, JournalId journal)
    {
        metrics.Refused(Refusal.Busy);
        return receipts.SendAsync(item, journal, ReceiptOutcome.Refused,
            (Refusal.Busy, default, "the ledger cannot be written now"), 0);
    }

    private static string Words(CommitOutcome.Refused refused) => refused.Refusal switch
    {
        Refusal.Fork => "the ledger holds another history of this journal",
        Refusal.NotYourJournal => "the journal is another cabinet's, or was succeeded",
        Refusal.Malformed => "no journal reaches these numbers",
        _ => "the ledger cannot keep this batch",
    };

    private Task HeadAsync(IngestItem.Batch batch, JournalId journal, ReceiptOutcome outcome, Head head)
    {
        metrics.Batch(outcome);
        return receipts.SendAsync(
            batch, journal, outcome, (Refusal.None, head, ""),
            schedule.Next(IsFull(batch) ? options.MaxBatchEntries : 0));
    }

    /// <summary>A batch that holds as much as it may is followed by another one.</summary>
    private bool IsFull(IngestItem.Batch batch) =>
        batch.Verified.Batch.Count >= options.MaxBatchEntries || batch.PayloadBytes >= options.MaxBatchBytes / 2;
}
