using System.Diagnostics.Metrics;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Series;

/// <summary>
/// The meter <c>KioskFleet.Series</c>: how far the writer is behind the ledger, and what it could not write. Read from
/// the database, so that every service tells the same. Thread-safe.
/// </summary>
internal sealed class SeriesMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KioskFleet.Series";

    /// <summary>Makes the instruments.</summary>
    public SeriesMetrics(IMeterFactory meters, FleetDatabase database)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "kioskfleet.series.behind", () => Read(database, """
                SELECT coalesce((SELECT max(position) FROM entries), 0)
                  - coalesce((SELECT max(position) FROM series_cursor), 0)
                """), "{entry}", "Ledger entries that the writer has not read");
        meter.CreateObservableGauge(
            "kioskfleet.series.waiting", () => Read(database, """
                SELECT count(*) FROM series_outbox
                WHERE line_no > coalesce((SELECT max(last_line_no) FROM series_sent), 0)
                """), "{line}", "Lines that the server has not taken yet");
        meter.CreateObservableGauge(
            "kioskfleet.series.dead_letters", () => Read(database, "SELECT count(*) FROM series_dead_letters"),
            "{line}", "Lines that the server refused for good");
    }

    private static long Read(FleetDatabase database, string sql)
    {
        using var connection = database.OpenReader();
        return connection.Query(sql, row => row.Long(0))[0];
    }
}
