using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>The table of entries kept apart. Belongs to one session.</summary>
internal sealed class QuarantineTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _insert = connection.Prepare("""
        INSERT INTO quarantine (position, cabinet_id, journal_id, seq, reason, detail, quarantined_utc_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
        """);

    private readonly Statement _release = connection.Prepare("""
        UPDATE quarantine SET released_utc_ms = ?2, released_by = ?3 WHERE position = ?1 AND released_utc_ms IS NULL
        """);

    /// <summary>Writes an entry's reason.</summary>
    public void Insert(
        long position, CabinetId cabinet, JournalId journal, ulong seq, QuarantineReason reason, string detail,
        long utcMs) => _insert.Set(1, position).Set(2, cabinet.Value).Set(3, journal).Set(4, (long)seq)
            .Set(5, (long)reason).Set(6, detail).Set(7, utcMs).Run();

    /// <summary>Notes that an entry was processed after all.</summary>
    public void Release(long position, long utcMs, string by) =>
        _release.Set(1, position).Set(2, utcMs).Set(3, by).Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _release.Dispose();
    }
}
