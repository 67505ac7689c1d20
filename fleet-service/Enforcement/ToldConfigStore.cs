using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Enforcement;

/// <summary>A config that a cabinet was told, and what its hellos said of it. Moments in Unix milliseconds UTC.
/// </summary>
/// <param name="Version">Its version.</param>
/// <param name="Config">What it says.</param>
/// <param name="PlannedUtcMs">When it was made: nobody worked by it before.</param>
/// <param name="BindsUtcMs">
/// From when the cabinet certainly worked by it or a newer one, or should have; null while nobody knows.
/// </param>
/// <param name="ReportedUtcMs">Until when it certainly worked by just this one; null when it never said so.</param>
internal sealed record ToldConfig(
    string Version, CabinetConfig Config, long PlannedUtcMs, long? BindsUtcMs, long? ReportedUtcMs);

/// <summary>
/// Which config each cabinet worked by, and when, as its hellos tell. A hello that reports another config than the
/// wanted one tells only that; who is heard again a day later and still passes over what it was sent is bound by it.
/// Thread-safe.
/// </summary>
internal sealed class ToldConfigStore(FleetDatabase database)
{
    /// <summary>Notes what the newest hello of each cabinet says.</summary>
    public Task NoteHellosAsync(CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) =>
        {
            // The newest row of a version that was there when it was reported: a version may come back.
            using var reported = connection.Prepare("""
                UPDATE enforcement_answers SET binds_utc_ms = coalesce(binds_utc_ms, h.heard_utc_ms),
                       reported_utc_ms = h.heard_utc_ms
                FROM hellos h
                WHERE enforcement_answers.config_id = (
                    SELECT max(c.config_id) FROM enforcement_configs c WHERE c.cabinet_id = h.cabinet_id
                      AND c.version = h.applied_config AND c.planned_utc_ms <= h.heard_utc_ms)
                  AND reported_utc_ms IS DISTINCT FROM h.heard_utc_ms
                """);
            reported.Run();
            using var passed = connection.Prepare("""
                UPDATE enforcement_answers SET passed_utc_ms = h.heard_utc_ms
                FROM enforcement_states s JOIN hellos h ON h.cabinet_id = s.cabinet_id
                WHERE s.sent_utc_ms < h.heard_utc_ms AND h.applied_config <> s.wanted_version
                  AND enforcement_answers.config_id = (
                    SELECT max(c.config_id) FROM enforcement_configs c
                    WHERE c.cabinet_id = s.cabinet_id AND c.version = s.wanted_version)
                  AND passed_utc_ms IS NULL
                """);
            passed.Run();
            using var bound = connection.Prepare("""
                UPDATE enforcement_answers SET binds_utc_ms = h.heard_utc_ms
                FROM hellos h
                WHERE enforcement_answers.cabinet_id = h.cabinet_id AND binds_utc_ms IS NULL
                  AND passed_utc_ms <= h.heard_utc_ms - ?1
                  AND enforcement_answers.config_id > coalesce((
                    SELECT max(c.config_id) FROM enforcement_configs c
                    WHERE c.cabinet_id = h.cabinet_id AND c.version = h.applied_config), 0)
                """);
            bound.Set(1, (long)EnforcementLimits.PassedOverAfter.TotalMilliseconds).Run();
            return true;
        },
        cancellationToken);

    /// <summary>The kept configs of a cabinet, oldest first, back to the one that bound it at a moment.</summary>
    public IReadOnlyList<ToldConfig> Read(string cabinetId, long sinceUtcMs)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT c.version, c.planned_utc_ms, a.binds_utc_ms, a.reported_utc_ms, c.payload
            FROM enforcement_configs c JOIN enforcement_answers a ON a.config_id = c.config_id
            WHERE c.cabinet_id = ?1 AND c.config_id >= coalesce((
              SELECT max(config_id) FROM enforcement_answers WHERE cabinet_id = ?1 AND binds_utc_ms <= ?2), 0)
            ORDER BY c.config_id
            """);
        query.Set(1, cabinetId).Set(2, sinceUtcMs);
        var told = new List<ToldConfig>();
        while (query.Next())
        {
            if (VersionedConfig.TryParse(query.Bytes(4).ToArray(), out var config))
            {
                told.Add(new ToldConfig(query.Text(0), config.Config, query.Long(1), query.LongOrNull(2),
                    query.LongOrNull(3)));
            }
        }

        return told;
    }

    /// <summary>Cabinets that were told to block a product for quality.</summary>
    public IReadOnlyList<string> ReadBlocking()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare(
            "SELECT DISTINCT cabinet_id FROM enforcement_configs WHERE blocks = 1 ORDER BY cabinet_id");
        var cabinets = new List<string>();
        while (query.Next())
        {
            cabinets.Add(query.Text(0));
        }

        return cabinets;
    }
}
