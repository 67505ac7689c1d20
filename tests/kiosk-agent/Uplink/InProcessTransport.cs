using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Agent.Tests.Uplink;

/// <summary>The way to a scripted ledger in the same process.</summary>
internal sealed class InProcessTransport(ScriptedLedger ledger) : IUplinkTransport
{
    private CabinetId _cabinet;
    private UplinkCallbacks? _callbacks;

    public int Connects { get; private set; }

    public UplinkTarget? Target { get; private set; }

    public Queue<ConnectOutcome> Refusals { get; } = new();

    public Task<ConnectOutcome> ConnectAsync(UplinkTarget target, UplinkCallbacks callbacks, CancellationToken cancel)
    {
        if (Refusals.TryDequeue(out var refusal))
        {
            return Task.FromResult(refusal);
        }

        Connects++;
        Target = target;
        _cabinet = target.Cabinet;
        _callbacks = callbacks;
        return Task.FromResult<ConnectOutcome>(new ConnectOutcome.Connected());
    }

    public Task SendAsync(CabinetTopic topic, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        var callbacks = _callbacks ?? throw new UplinkBrokenException("Not connected.");
        foreach (var receipt in ledger.Handle(payload.ToArray()))
        {
            callbacks.Received(new CabinetTopic(_cabinet, Lane.Receipt), receipt);
        }

        return Task.CompletedTask;
    }

    public Task DropAsync()
    {
        _callbacks = null;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
