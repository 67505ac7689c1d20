using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Enforcement;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// Sends receipts. A receipt that does not arrive is no loss: the agent asks again, and the answer is the same head.
/// Thread-safe.
/// </summary>
internal sealed class ReceiptSender(
    IServiceProvider services, TimeProvider time, IngestOptions options, WantedConfigs configs,
    ILogger<ReceiptSender> log)
{
    // The broker hands messages to ingest and ingest answers through the broker, so one side resolves late.
    private readonly Lazy<IBrokerLink> _broker = new(services.GetRequiredService<IBrokerLink>);

    /// <summary>Answers a message.</summary>
    /// <param name="item">The message.</param>
    /// <param name="journal">Its journal; default when it could not be read.</param>
    /// <param name="outcome">What was done.</param>
    /// <param name="answer">The refusal (or None), the head, and words for a log.</param>
    /// <param name="paceMs">The pause to ask for.</param>
    public async Task SendAsync(
        IngestItem item, JournalId journal, ReceiptOutcome outcome, (Refusal Refusal, Head Head, string Detail) answer,
        uint paceMs)
    {
        var receipt = new Receipt(item.Hash, journal, outcome, answer.Refusal, answer.Head,
            time.GetUtcNow().ToUnixTimeMilliseconds(), paceMs, (ushort)options.MaxBatchEntries,
            configs.VersionOf(item.Topic.Cabinet), answer.Detail);
        try
        {
            await _broker.Value.SendDownAsync(new CabinetTopic(item.Topic.Cabinet, Lane.Receipt), receipt.Encode(),
                retain: false, CancellationToken.None);
        }
        catch (Exception error)
        {
            IngestLog.ReceiptNotSent(log, item.Topic.Cabinet.Value, error);
        }
    }
}
