using System.Diagnostics.Metrics;

namespace KioskFleet.Service.Telemetry;

/// <summary>The meter <c>KioskFleet.Telemetry</c>. Thread-safe.</summary>
internal sealed class TelemetryMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KioskFleet.Telemetry";

    private readonly Counter<long> _messages;
    private readonly Counter<long> _undated;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _writeSeconds;

    /// <summary>Makes the instruments.</summary>
    public TelemetryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _messages = meter.CreateCounter<long>(
            "kioskfleet.telemetry.messages", "{message}", "Telemetry messages by what became of them");
        _undated = meter.CreateCounter<long>("kioskfleet.telemetry.undated", "{sample}", "Samples that nothing dates");
        _refused = meter.CreateCounter<long>("kioskfleet.telemetry.refused", "{reading}",
            "Readings that are not kept: too many for one message or hour, or too old");
        _writeSeconds = meter.CreateHistogram<double>("kioskfleet.telemetry.write", "s", "Time of one group's writing",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.02, 0.1, 0.5, 2, 10] });
        Meter = meter;
    }

    /// <summary>The meter, for the gauge of what waits.</summary>
    public Meter Meter { get; }

    /// <summary>Counts messages.</summary>
    /// <param name="outcome">written, dropped, unreadable or unknown.</param>
    /// <param name="count">How many.</param>
    public void Messages(string outcome, long count) =>
        _messages.Add(count, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Counts samples that nothing dates.</summary>
    public void Undated(long count) => _undated.Add(count);

    /// <summary>Counts readings that are not kept.</summary>
    public void Refused(long count) => _refused.Add(count);

    /// <summary>Notes how long a group took.</summary>
    public void Wrote(TimeSpan took) => _writeSeconds.Record(took.TotalSeconds);
}
