using System.Globalization;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Fleet;

/// <summary>The register's tables. Reading opens its own connection; writing joins the caller's transaction.</summary>
internal sealed class FleetStore(FleetDatabase database)
{
    /// <summary>All cabinets.</summary>
    public IReadOnlyList<CabinetModel> ReadAll()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        return Read(connection, null);
    }

    /// <summary>Some cabinets; those that are not registered are left out.</summary>
    public IReadOnlyList<CabinetModel> Read(IReadOnlyCollection<CabinetId> ids)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        return [.. ids.SelectMany(id => Read(connection, id))];
    }

    /// <summary>One cabinet as the caller's transaction sees it, or null.</summary>
    public static CabinetModel? Find(FleetConnection connection, CabinetId id) =>
        Read(connection, id).SingleOrDefault();

    /// <summary>Adds a cabinet with its first assignment.</summary>
    public static void Insert(
        FleetConnection connection, CabinetId id, AssignmentModel first, long nowUtcMs,
        CabinetKind kind = CabinetKind.Slot)
    {
        connection.Execute("""
            INSERT INTO cabinets (cabinet_id, life, closed_until_utc_ms, registered_utc_ms, changed_utc_ms, kind)
            VALUES ($cabinet, 'Registered', NULL, $now, $now, $kind)
            """, ("$cabinet", id.Value), ("$now", nowUtcMs), ("$kind", kind.ToString()));
        InsertAssignment(connection, id, first);
    }

    /// <summary>States how a cabinet hands goods out.</summary>
    public static void SetKind(FleetConnection connection, CabinetId id, CabinetKind kind, long nowUtcMs) =>
        connection.Execute("UPDATE cabinets SET kind = $kind, changed_utc_ms = $now WHERE cabinet_id = $cabinet",
            ("$cabinet", id.Value), ("$kind", kind.ToString()), ("$now", nowUtcMs));

    /// <summary>Ends the open assignment at a moment and opens the next one from there.</summary>
    public static void Move(FleetConnection connection, CabinetId id, AssignmentModel next)
    {
        connection.Execute(
            "UPDATE assignments SET to_utc_ms = $to WHERE cabinet_id = $cabinet AND to_utc_ms IS NULL",
            ("$cabinet", id.Value), ("$to", next.FromUtcMs));
        InsertAssignment(connection, id, next);
    }

    /// <summary>Sets a cabinet's state.</summary>
    public static void SetLife(
        FleetConnection connection, CabinetId id, CabinetLife life, long? closedUntilUtcMs, long nowUtcMs) =>
        connection.Execute("""
            UPDATE cabinets SET life = $life, closed_until_utc_ms = $until, changed_utc_ms = $now
            WHERE cabinet_id = $cabinet
            """, ("$cabinet", id.Value), ("$life", life.ToString()),
            ("$until", closedUntilUtcMs), ("$now", nowUtcMs));

    /// <summary>Adds a key unless the cabinet has it; false when it is another cabinet's.</summary>
    public static bool AddKey(FleetConnection connection, CabinetId id, byte[] spki, long nowUtcMs)
    {
        connection.Execute("""
            INSERT INTO cabinet_keys (cabinet_id, key_id, spki, from_utc_ms) VALUES ($cabinet, $key, $spki, $now)
            ON CONFLICT DO NOTHING
            """, ("$cabinet", id.Value), ("$key", KeyId.Of(spki).ToString()), ("$spki", spki), ("$now", nowUtcMs));
        return connection.Query("SELECT cabinet_id = $cabinet FROM cabinet_keys WHERE spki = $spki",
            row => row.Long(0) == 1, ("$cabinet", id.Value), ("$spki", spki)) is [true];
    }

    /// <summary>Adds an operator known by its id only, unless it is there.</summary>
    public static void EnsureOperator(FleetConnection connection, string operatorId, long nowUtcMs) =>
        connection.Execute("""
            INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ($id, $id, $now) ON CONFLICT DO NOTHING
            """, ("$id", operatorId), ("$now", nowUtcMs));

    private static void InsertAssignment(FleetConnection connection, CabinetId id, AssignmentModel assignment)
    {
        EnsureOperator(connection, assignment.OperatorId, assignment.FromUtcMs);
        connection.Execute("""
            INSERT INTO assignments
              (cabinet_id, operator_id, county_code, site_name, site_kind, from_utc_ms, to_utc_ms)
            VALUES ($cabinet, $operator, $county, $site, $kind, $from, NULL)
            """, ("$cabinet", id.Value), ("$operator", assignment.OperatorId), ("$county", assignment.County.Value),
            ("$site", assignment.SiteName), ("$kind", assignment.SiteKind), ("$from", assignment.FromUtcMs));
    }

    private static List<CabinetModel> Read(FleetConnection connection, CabinetId? only)
    {
        var keys = Rows(
            connection, "SELECT cabinet_id, key_id, spki, from_utc_ms FROM cabinet_keys", only, "from_utc_ms",
            r => (Cabinet: r.Text(0),
                Key: new CabinetKey(ReadKeyId(r.Text(1)), r.Bytes(2).ToArray(), r.Long(3))))
            .ToLookup(r => r.Cabinet, r => r.Key);
        var assignments = Rows(connection, """
            SELECT cabinet_id, assignment_id, operator_id, county_code, site_name, site_kind, from_utc_ms, to_utc_ms
            FROM assignments
            """, only, "from_utc_ms",
            r => (Cabinet: r.Text(0), Assignment: new AssignmentModel(
                r.Long(1), r.Text(2), CountyCode.Parse(r.Text(3)), r.Text(4), r.Text(5),
                r.Long(6), r.LongOrNull(7))))
            .ToLookup(r => r.Cabinet, r => r.Assignment);
        return Rows(
            connection, "SELECT cabinet_id, life, closed_until_utc_ms, registered_utc_ms, kind FROM cabinets", only,
            "cabinet_id",
            r => new CabinetModel(
                CabinetId.Parse(r.Text(0)), Enum.Parse<CabinetLife>(r.Text(1)),
                r.LongOrNull(2), r.Long(3), [.. keys[r.Text(0)]],
                [.. assignments[r.Text(0)]], Enum.Parse<CabinetKind>(r.Text(4))));
    }

    private static List<T> Rows<T>(
        FleetConnection connection, string select, CabinetId? only, string order, Func<Statement, T> read) =>
        connection.Query(
            select + (only is null ? "" : " WHERE cabinet_id = $cabinet") + " ORDER BY " + order, read,
            ("$cabinet", only?.Value));

    private static KeyId ReadKeyId(string hex) =>
        new(ulong.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
}
