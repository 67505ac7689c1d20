using System.Diagnostics.Metrics;

namespace KioskFleet.Service.Replicas;

/// <summary>Tells which works that are done once this service does.</summary>
internal sealed class LeaseMetrics
{
    /// <summary>The meter.</summary>
    public const string MeterName = "KioskFleet.Replicas";

    /// <summary>Adds the gauge.</summary>
    public LeaseMetrics(IMeterFactory meters, Leases leases) => meters.Create(MeterName).CreateObservableGauge(
        "kf.lease.held",
        () => leases.Works.Select(one => new Measurement<int>(
            one.IsHeld ? 1 : 0, new KeyValuePair<string, object?>("work", one.Work))),
        description: "1 while this service does a work that is done once among all services");
}
