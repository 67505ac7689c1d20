using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// The write path: messages come from the broker, are checked on a few threads, and are committed in groups. The bytes
/// that wait for a decision are capped: beyond that the broker's connections wait, and with them the cabinets.
/// </summary>
internal sealed class IngestPipeline(
    MessageVerification verification, GroupCommitter committer, ByteBudget budget, IngestOptions options,
    TimeProvider time, ILogger<IngestPipeline> log) : BackgroundService, IUpMessageHandler
{
    // Both queues are bounded by the byte budget that every message takes before it enters.
    private readonly FairQueue<UpMessage> _unchecked = new();
    private readonly FairQueue<IngestItem> _checked = new();

    /// <summary>False while the ledger cannot be written.</summary>
    public bool IsHealthy => committer.IsHealthy;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(UpMessage message, CancellationToken ct)
    {
        if (message.Topic.Lane is not (Lane.Hello or Lane.Batch))
        {
            return;
        }

        // A connection that ends while it waits takes its bytes along: else every reconnect would add some.
        var bytes = message.Payload.Length;
        await budget.TakeAsync(bytes, bytes <= FairQueue<UpMessage>.LightBytes, ct);
        if (!_unchecked.TryWrite(message, bytes))
        {
            budget.Return(message.Payload.Length);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IngestLog.Started(log, options.Verifiers);
        var checkers = Enumerable.Range(0, options.Verifiers).Select(_ => Task.Run(CheckAsync, CancellationToken.None));
        var checking = Task.WhenAll(checkers).ContinueWith(
            done => _checked.TryComplete(done.Exception), TaskScheduler.Default);
        await using var stop = stoppingToken.Register(() => _unchecked.TryComplete());
        await Task.Run(() => committer.RunAsync(_checked, options.MaxGroupEntries, CancellationToken.None),
            CancellationToken.None);
        await checking;
    }

    private async Task CheckAsync()
    {
        var chain = new HashChain();
        while (await _unchecked.WaitToReadAsync(CancellationToken.None))
        {
            while (_unchecked.TryRead(out var message))
            {
                Check(message, chain);
            }
        }
    }

    private void Check(in UpMessage message, HashChain chain)
    {
        try
        {
            _checked.TryWrite(verification.Check(message, chain, time.GetUtcNow().ToUnixTimeMilliseconds()),
                message.Payload.Length);
        }
        catch (Exception error)
        {
            // A bug, not an expected outcome: the message gets no answer, everybody else goes on.
            IngestLog.CheckFailed(log, message.Topic.Cabinet.Value, error);
            budget.Return(message.Payload.Length);
        }
    }
}
