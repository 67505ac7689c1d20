using System.Text.Json;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Findings;

/// <summary>A finding as the interface shows it.</summary>
internal sealed record FindingShown(
    long FindingId, string Kind, string Cabinet, string Subject, JsonElement Evidence, DateTime OpenedUtc,
    DateTime LastUtc, long Times);

/// <summary>Reads findings. Each call has its own connection; thread-safe.</summary>
internal sealed class FindingQueries(FleetDatabase database)
{
    /// <summary>Findings, newest first.</summary>
    public BackwardsPage<FindingShown> Read(string? kind, string? cabinet, long? before, int count)
    {
        count = Math.Clamp(count, 1, LedgerQueries.MaxPage);
        using var connection = database.OpenReader();
        using var query = new Statement(connection, """
            SELECT finding_id, kind, cabinet_id, subject, evidence, opened_utc_ms, last_utc_ms, times FROM findings
            WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR cabinet_id = ?2) AND finding_id < ?3
            ORDER BY finding_id DESC LIMIT ?4
            """);
        query.Set(1, kind ?? "").Set(2, cabinet ?? "").Set(3, before ?? long.MaxValue).Set(4, (long)count);
        var rows = new List<FindingShown>();
        while (query.Next())
        {
            using var evidence = JsonDocument.Parse(query.Text(4));
            rows.Add(new FindingShown(query.Long(0), query.Text(1), query.Text(2), query.Text(3),
                evidence.RootElement.Clone(), Utc(query.Long(5)), Utc(query.Long(6)), query.Long(7)));
        }

        return new BackwardsPage<FindingShown>(rows, rows.Count < count ? null : rows[^1].FindingId);
    }

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime;
}
