using System.Diagnostics.Metrics;

namespace KioskFleet.Service.Alerts;

/// <summary>The meter <c>KioskFleet.Alerts</c>. Thread-safe.</summary>
internal sealed class AlertMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KioskFleet.Alerts";

    private readonly Counter<long> _alerts;
    private readonly Counter<long> _messages;

    /// <summary>Makes the instruments.</summary>
    public AlertMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _alerts = meter.CreateCounter<long>("kioskfleet.alerts.alerts", "{alert}", "Alerts opened and closed by kind");
        _messages = meter.CreateCounter<long>(
            "kioskfleet.alerts.messages", "{message}", "Tries of messages by channel and outcome");
    }

    /// <summary>An alert opened or closed.</summary>
    public void Alert(AlertKind kind, AlertEvent what) => _alerts.Add(
        1, new KeyValuePair<string, object?>("kind", kind.ToString()),
        new KeyValuePair<string, object?>("event", what.ToString()));

    /// <summary>A message was tried.</summary>
    /// <param name="channel">How.</param>
    /// <param name="outcome">sent, failed or dead.</param>
    public void Message(string channel, string outcome) => _messages.Add(
        1, new KeyValuePair<string, object?>("channel", channel),
        new KeyValuePair<string, object?>("outcome", outcome));
}
