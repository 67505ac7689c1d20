using System.Collections.Concurrent;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Signing;
using KioskFleet.Protocol.Topics;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace KioskFleet.Simulators.Bench;

/// <summary>One simulated cabinet on the wire: connected, one message in flight, receipts awaited.</summary>
internal sealed class BenchConnection(BenchCabinet cabinet) : IDisposable
{
    private static readonly MqttClientFactory Factory = new();
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(120);

    private readonly IMqttClient _client = Factory.CreateMqttClient();
    private readonly ConcurrentDictionary<Digest, TaskCompletionSource<Receipt>> _waiting = new();
    private Task _pause = Task.CompletedTask;

    /// <summary>Connects and subscribes.</summary>
    public async Task ConnectAsync(int port, CancellationToken ct)
    {
        _client.ApplicationMessageReceivedAsync += args =>
        {
            var payload = System.Buffers.BuffersExtensions.ToArray(args.ApplicationMessage.Payload);
            if (Receipt.TryParse(payload, out var receipt) && _waiting.TryRemove(receipt.Answers, out var waiting))
            {
                waiting.TrySetResult(receipt);
            }

            return Task.CompletedTask;
        };
        await _client.ConnectAsync(new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(cabinet.Id.Value)
            .WithCredentials(cabinet.Id.Value, cabinet.Password)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(60))
            .WithTimeout(TimeSpan.FromSeconds(60))
            .Build(), ct);
        await _client.SubscribeAsync(
            CabinetTopic.AllDown(cabinet.Id), MqttQualityOfServiceLevel.AtLeastOnce, ct);
    }

    /// <summary>Says hello and waits for the answer.</summary>
    public async Task HelloAsync(CancellationToken ct)
    {
        var genesis = Head.Genesis(cabinet.Journal);
        var hello = new Hello(cabinet.Id, cabinet.Journal, cabinet.Signer.KeyId, BenchSales.Boot, 0,
            BenchSales.StartUtcMs, genesis, genesis, 1, 0, 0, default, false, "", "bench").Sign(cabinet.Signer);
        var receipt = await AskAsync(Lane.Hello, hello, ct);
        if (receipt.Outcome != ReceiptOutcome.Heard)
        {
            throw new InvalidOperationException($"Cabinet {cabinet.Id}: hello was answered {receipt}.");
        }
    }

    /// <summary>
    /// Waits as the receipt before asked for, and sends a batch until it is committed.
    /// </summary>
    public async Task SendAsync(SignedMessage batch, CancellationToken ct)
    {
        await _pause;
        while (true)
        {
            var receipt = await AskAsync(Lane.Batch, batch, ct);
            if (receipt.Outcome is ReceiptOutcome.Committed or ReceiptOutcome.Duplicate)
            {
                _pause = Task.Delay((int)receipt.PaceMs, ct);
                return;
            }

            if (receipt.Refusal != Refusal.Busy)
            {
                throw new InvalidOperationException($"Cabinet {cabinet.Id}: a batch was answered {receipt}.");
            }

            await Task.Delay((int)Math.Max(1_000, receipt.PaceMs), ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<Receipt> AskAsync(Lane lane, SignedMessage message, CancellationToken ct)
    {
        var waiting = new TaskCompletionSource<Receipt>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[message.Hash] = waiting;
        await _client.PublishAsync(new MqttApplicationMessage
        {
            Topic = new CabinetTopic(cabinet.Id, lane).ToString(),
            Payload = new System.Buffers.ReadOnlySequence<byte>(message.Payload),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        }, ct);
        return await waiting.Task.WaitAsync(AnswerLimit, ct);
    }
}
