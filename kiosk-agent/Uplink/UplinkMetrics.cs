using System.Diagnostics.Metrics;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Agent.Uplink;

/// <summary>The uplink's meter <c>KioskFleet.Agent.Uplink</c>. Thread-safe.</summary>
internal sealed class UplinkMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KioskFleet.Agent.Uplink";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _spare;
    private readonly Counter<long> _receipts;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _links;
    private readonly Counter<long> _watchdog;
    private readonly Counter<long> _failures;

    /// <summary>Makes the instruments.</summary>
    public UplinkMetrics()
    {
        _messages = _meter.CreateCounter<long>(
            "kioskfleet.agent.uplink.messages", "{message}", "Hellos and batches sent");
        _bytes = _meter.CreateCounter<long>("kioskfleet.agent.uplink.bytes", "By", "Bytes of hellos and batches sent");
        _spare = _meter.CreateCounter<long>(
            "kioskfleet.agent.uplink.spare", "By", "Bytes of telemetry sent while the journals left the link alone");
        _receipts = _meter.CreateCounter<long>("kioskfleet.agent.uplink.receipts", "{receipt}", "Receipts by outcome");
        _refusals = _meter.CreateCounter<long>("kioskfleet.agent.uplink.refusals", "{refusal}", "Refusals by reason");
        _links = _meter.CreateCounter<long>("kioskfleet.agent.uplink.links", "{link}", "Links made");
        _watchdog = _meter.CreateCounter<long>(
            "kioskfleet.agent.uplink.watchdog", "{trip}", "Links dropped by the watchdog");
        _failures = _meter.CreateCounter<long>("kioskfleet.agent.uplink.failures", "{failure}", "Failed steps");
    }

    /// <summary>A message was sent.</summary>
    public void Sent(int bytes)
    {
        _messages.Add(1);
        _bytes.Add(bytes);
    }

    /// <summary>A message that waits for no receipt was sent.</summary>
    public void SentSpare(int bytes) => _spare.Add(bytes);

    /// <summary>A receipt came.</summary>
    public void Received(Receipt receipt)
    {
        _receipts.Add(1, new KeyValuePair<string, object?>("outcome", receipt.Outcome.ToString()));
        if (receipt.Refusal != Refusal.None)
        {
            _refusals.Add(1, new KeyValuePair<string, object?>("reason", receipt.Refusal.ToString()));
        }
    }

    /// <summary>A link was made.</summary>
    public void Linked() => _links.Add(1);

    /// <summary>The watchdog dropped a link.</summary>
    public void WatchdogTripped() => _watchdog.Add(1);

    /// <summary>A step failed.</summary>
    public void Failed() => _failures.Add(1);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
