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

    /// <summary>True while nobody answers a connect.</summary>
    public bool IsAway { get; set; }

    public Task<ConnectOutcome> ConnectAsync(UplinkTarget target, UplinkCallbacks callbacks, CancellationToken cancel)
    {
        if (IsAway)
        {
            throw new UplinkBrokenException("Nobody is there.");
        }

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

    public Task<Handover> SendAsync(CabinetTopic topic, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        var callbacks = _callbacks ?? throw new UplinkBrokenException("Not connected.");
        foreach (var receipt in ledger.Handle(payload.ToArray()))
        {
            callbacks.Received(new CabinetTopic(_cabinet, Lane.Receipt), receipt);
        }

        return Task.FromResult(Handover.Taken);
    }

    /// <summary>The far side sends a config down.</summary>
    public void SendConfig(ReadOnlyMemory<byte> payload) =>
        _callbacks!.Received(new CabinetTopic(_cabinet, Lane.Config), payload);

    /// <summary>The far side goes away until <see cref="IsAway"/> is false again.</summary>
    /// <param name="silently">True: only the next send notices.</param>
    public void GoAway(bool silently)
    {
        IsAway = true;
        var callbacks = _callbacks;
        _callbacks = null;
        if (!silently)
        {
            callbacks?.Disconnected("The link broke.");
        }
    }

    public Task DropAsync()
    {
        _callbacks = null;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
