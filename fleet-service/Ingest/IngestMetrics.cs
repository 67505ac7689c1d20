using System.Diagnostics.Metrics;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Service.Ingest;

/// <summary>The meter <c>KioskFleet.Ingest</c>. Thread-safe.</summary>
internal sealed class IngestMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KioskFleet.Ingest";

    // Seconds: a group takes milliseconds, and up to some seconds on a slow disk.
    private static readonly double[] CommitBuckets =
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

    private readonly Counter<long> _batches;
    private readonly Counter<long> _entries;
    private readonly Counter<long> _quarantined;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _commitSeconds;

    /// <summary>Makes the instruments.</summary>
    public IngestMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _batches = meter.CreateCounter<long>("kioskfleet.ingest.batches", "{batch}", "Batches by outcome");
        _entries = meter.CreateCounter<long>("kioskfleet.ingest.entries", "{entry}", "Entries committed");
        _quarantined = meter.CreateCounter<long>("kioskfleet.ingest.quarantined", "{entry}", "Entries kept apart");
        _refusals = meter.CreateCounter<long>("kioskfleet.ingest.refusals", "{message}", "Messages refused by reason");
        _commitSeconds = meter.CreateHistogram<double>("kioskfleet.ingest.commit", "s", "Time of one group commit",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = CommitBuckets });
        Meter = meter;
    }

    /// <summary>The meter, for gauges of the pipeline.</summary>
    public Meter Meter { get; }

    /// <summary>Counts a batch.</summary>
    public void Batch(ReceiptOutcome outcome) =>
        _batches.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));

    /// <summary>Counts committed entries.</summary>
    public void Entries(int appended, int quarantined)
    {
        _entries.Add(appended);
        if (quarantined > 0)
        {
            _quarantined.Add(quarantined);
        }
    }

    /// <summary>Counts a refusal.</summary>
    public void Refused(Refusal refusal) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", refusal.ToString()));

    /// <summary>Notes the time of a group commit.</summary>
    public void Committed(TimeSpan took) => _commitSeconds.Record(took.TotalSeconds);
}
