using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Broker;

/// <summary>The table of presence. The caller brings the connection and, for writing, the transaction.</summary>
internal static class PresenceTable
{
    /// <summary>All rows.</summary>
    public static IReadOnlyList<(CabinetId Cabinet, CabinetPresence Presence)> Read(FleetConnection connection) =>
        connection.Query(
            "SELECT cabinet_id, session, is_online, since_utc_ms FROM cabinet_presence",
            row => (CabinetId.Parse(row.Text(0)),
                new CabinetPresence((ulong)row.Long(1), row.Long(2) == 1, row.Long(3))));

    /// <summary>Cabinets whose newest hello came after a moment, Unix milliseconds UTC, to whichever service.</summary>
    public static IReadOnlyList<CabinetId> HeardSince(FleetConnection connection, long utcMs) => connection.Query(
        "SELECT cabinet_id FROM hellos WHERE heard_utc_ms > $since", row => CabinetId.Parse(row.Text(0)),
        ("$since", utcMs));

    /// <summary>Keeps what is known, unless another service already keeps a newer word of the cabinet.</summary>
    public static void Put(
        FleetConnection connection, IEnumerable<(CabinetId Cabinet, CabinetPresence Presence)> rows)
    {
        using var put = connection.Prepare("""
            INSERT INTO cabinet_presence (cabinet_id, session, is_online, since_utc_ms) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (cabinet_id) DO UPDATE SET session = excluded.session, is_online = excluded.is_online,
              since_utc_ms = excluded.since_utc_ms
            WHERE excluded.session > cabinet_presence.session
              OR (excluded.session = cabinet_presence.session AND cabinet_presence.is_online = 1
                AND excluded.is_online = 0)
            """);
        foreach (var (cabinet, presence) in rows)
        {
            put.Set(1, cabinet.Value).Set(2, (long)presence.Session).Set(3, presence.IsOnline ? 1 : 0)
                .Set(4, presence.SinceUtcMs).Run();
        }
    }

    /// <summary>Forgets a cabinet: a new disk may count its sessions anew.</summary>
    public static void Forget(FleetConnection connection, CabinetId cabinet) => connection.Execute(
        "DELETE FROM cabinet_presence WHERE cabinet_id = $cabinet", ("$cabinet", cabinet.Value));
}
