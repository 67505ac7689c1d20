using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Ledger;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Findings;

/// <summary>
/// Writes findings inside somebody's transaction. The same kind and subject is one finding, seen more often. Belongs to
/// one session.
/// </summary>
internal sealed class FindingTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _raise = new(connection, """
        INSERT INTO findings (kind, cabinet_id, subject, evidence, opened_utc_ms, last_utc_ms, times)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1)
        ON CONFLICT DO UPDATE SET last_utc_ms = excluded.last_utc_ms, times = times + 1
        """);

    private readonly Statement _raiseNewest = new(connection, """
        INSERT INTO findings (kind, cabinet_id, subject, evidence, opened_utc_ms, last_utc_ms, times)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1)
        ON CONFLICT DO UPDATE SET evidence = excluded.evidence, last_utc_ms = excluded.last_utc_ms, times = times + 1
        """);

    /// <summary>Raises a finding.</summary>
    /// <param name="kind">What.</param>
    /// <param name="cabinet">Where.</param>
    /// <param name="subject">What exactly; equal subjects are one finding.</param>
    /// <param name="evidence">JSON.</param>
    /// <param name="utcMs">When, Unix milliseconds UTC.</param>
    public void Raise(FindingKind kind, CabinetId cabinet, string subject, string evidence, long utcMs) =>
        _raise.Set(1, kind.ToString()).Set(2, cabinet.Value).Set(3, subject).Set(4, evidence).Set(5, utcMs).Run();

    /// <summary>Raises a finding whose newest evidence holds the older one's.</summary>
    public void RaiseNewest(FindingKind kind, CabinetId cabinet, string subject, string evidence, long utcMs) =>
        _raiseNewest.Set(1, kind.ToString()).Set(2, cabinet.Value).Set(3, subject).Set(4, evidence).Set(5, utcMs).Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        _raise.Dispose();
        _raiseNewest.Dispose();
    }
}
