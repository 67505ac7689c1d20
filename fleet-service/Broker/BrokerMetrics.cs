using System.Diagnostics.Metrics;

namespace KioskFleet.Service.Broker;

/// <summary>The measurements of the broker link; meter <c>KioskFleet.Broker</c>. Thread-safe.</summary>
internal sealed class BrokerMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KioskFleet.Broker";

    private readonly Counter<long> _received;
    private readonly Counter<long> _receivedBytes;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _connectionsRefused;
    private readonly Counter<long> _slowed;
    private readonly UpDownCounter<long> _connected;

    /// <summary>Makes the instruments.</summary>
    public BrokerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _received = meter.CreateCounter<long>("kf_broker_messages_received");
        _receivedBytes = meter.CreateCounter<long>("kf_broker_received_bytes");
        _refused = meter.CreateCounter<long>("kf_broker_messages_refused");
        _sent = meter.CreateCounter<long>("kf_broker_messages_sent");
        _dropped = meter.CreateCounter<long>("kf_broker_messages_dropped");
        _connectionsRefused = meter.CreateCounter<long>("kf_broker_connections_refused");
        _slowed = meter.CreateCounter<long>("kf_broker_messages_slowed");
        _connected = meter.CreateUpDownCounter<long>("kf_broker_cabinets_connected");
    }

    /// <summary>A message was handed over.</summary>
    public void Received(int bytes)
    {
        _received.Add(1);
        _receivedBytes.Add(bytes);
    }

    /// <summary>A message was refused.</summary>
    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A message went to a cabinet.</summary>
    public void Sent() => _sent.Add(1);

    /// <summary>A message for a cabinet had nowhere to go.</summary>
    public void Dropped() => _dropped.Add(1);

    /// <summary>A connection was refused.</summary>
    public void ConnectionRefused(string reason) =>
        _connectionsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A message waited for the cabinet's rate.</summary>
    public void Slowed() => _slowed.Add(1);

    /// <summary>Cabinets came (positive) or left (negative).</summary>
    public void Connected(int change) => _connected.Add(change);
}
