using System.Globalization;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Fleet;

/// <summary>The register's tables. Reading opens its own connection; writing joins the caller's transaction.</summary>
internal sealed class FleetStore(FleetDatabase database)
{
    /// <summary>All cabinets.</summary>
    public IReadOnlyList<CabinetModel> ReadAll()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginTransaction(deferred: true);
        return Read(connection, null);
    }

    /// <summary>Some cabinets; those that are not registered are left out.</summary>
    public IReadOnlyList<CabinetModel> Read(IReadOnlyCollection<CabinetId> ids)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginTransaction(deferred: true);
        return [.. ids.SelectMany(id => Read(connection, id))];
    }

    /// <summary>One cabinet as the caller's transaction sees it, or null.</summary>
    public static CabinetModel? Find(SqliteConnection connection, CabinetId id) =>
        Read(connection, id).SingleOrDefault();

    /// <summary>Adds a cabinet with its first assignment.</summary>
    public static void Insert(
        SqliteConnection connection, CabinetId id, AssignmentModel first, long nowUtcMs,
        CabinetKind kind = CabinetKind.Slot)
    {
        Execute(connection, """
            INSERT INTO cabinets (cabinet_id, life, closed_until_utc_ms, registered_utc_ms, changed_utc_ms, kind)
            VALUES ($cabinet, 'Registered', NULL, $now, $now, $kind)
            """, ("$cabinet", id.Value), ("$now", nowUtcMs), ("$kind", kind.ToString()));
        InsertAssignment(connection, id, first);
    }

    /// <summary>States how a cabinet hands goods out.</summary>
    public static void SetKind(SqliteConnection connection, CabinetId id, CabinetKind kind, long nowUtcMs) =>
        Execute(connection, "UPDATE cabinets SET kind = $kind, changed_utc_ms = $now WHERE cabinet_id = $cabinet",
            ("$cabinet", id.Value), ("$kind", kind.ToString()), ("$now", nowUtcMs));

    /// <summary>Ends the open assignment at a moment and opens the next one from there.</summary>
    public static void Move(SqliteConnection connection, CabinetId id, AssignmentModel next)
    {
        Execute(
            connection, "UPDATE assignments SET to_utc_ms = $to WHERE cabinet_id = $cabinet AND to_utc_ms IS NULL",
            ("$cabinet", id.Value), ("$to", next.FromUtcMs));
        InsertAssignment(connection, id, next);
    }

    /// <summary>Sets a cabinet's state.</summary>
    public static void SetLife(
        SqliteConnection connection, CabinetId id, CabinetLife life, long? closedUntilUtcMs, long nowUtcMs) =>
        Execute(connection, """
            UPDATE cabinets SET life = $life, closed_until_utc_ms = $until, changed_utc_ms = $now
            WHERE cabinet_id = $cabinet
            """, ("$cabinet", id.Value), ("$life", life.ToString()),
            ("$until", (object?)closedUntilUtcMs ?? DBNull.Value), ("$now", nowUtcMs));

    /// <summary>Adds a key unless the cabinet has it; false when it is another cabinet's.</summary>
    public static bool AddKey(SqliteConnection connection, CabinetId id, byte[] spki, long nowUtcMs)
    {
        Execute(connection, """
            INSERT INTO cabinet_keys (cabinet_id, key_id, spki, from_utc_ms) VALUES ($cabinet, $key, $spki, $now)
            ON CONFLICT DO NOTHING
            """, ("$cabinet", id.Value), ("$key", KeyId.Of(spki).ToString()), ("$spki", spki), ("$now", nowUtcMs));
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT cabinet_id = $cabinet FROM cabinet_keys WHERE spki = $spki";
        command.Parameters.AddWithValue("$cabinet", id.Value);
        command.Parameters.AddWithValue("$spki", spki);
        return command.ExecuteScalar() is 1L;
    }

    /// <summary>Adds an operator known by its id only, unless it is there.</summary>
    public static void EnsureOperator(SqliteConnection connection, string operatorId, long nowUtcMs) =>
        Execute(connection, """
            INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ($id, $id, $now) ON CONFLICT DO NOTHING
            """, ("$id", operatorId), ("$now", nowUtcMs));

    private static void InsertAssignment(SqliteConnection connection, CabinetId id, AssignmentModel assignment)
    {
        EnsureOperator(connection, assignment.OperatorId, assignment.FromUtcMs);
        Execute(connection, """
            INSERT INTO assignments
              (cabinet_id, operator_id, county_code, site_name, site_kind, from_utc_ms, to_utc_ms)
            VALUES ($cabinet, $operator, $county, $site, $kind, $from, NULL)
            """, ("$cabinet", id.Value), ("$operator", assignment.OperatorId), ("$county", assignment.County.Value),
            ("$site", assignment.SiteName), ("$kind", assignment.SiteKind), ("$from", assignment.FromUtcMs));
    }

    private static List<CabinetModel> Read(SqliteConnection connection, CabinetId? only)
    {
        var keys = Rows(
            connection, "SELECT cabinet_id, key_id, spki, from_utc_ms FROM cabinet_keys", only, "from_utc_ms",
            r => (Cabinet: r.GetString(0),
                Key: new CabinetKey(ReadKeyId(r.GetString(1)), (byte[])r.GetValue(2), r.GetInt64(3))))
            .ToLookup(r => r.Cabinet, r => r.Key);
        var assignments = Rows(connection, """
            SELECT cabinet_id, assignment_id, operator_id, county_code, site_name, site_kind, from_utc_ms, to_utc_ms
            FROM assignments
            """, only, "from_utc_ms",
            r => (Cabinet: r.GetString(0), Assignment: new AssignmentModel(
                r.GetInt64(1), r.GetString(2), CountyCode.Parse(r.GetString(3)), r.GetString(4), r.GetString(5),
                r.GetInt64(6), r.IsDBNull(7) ? null : r.GetInt64(7))))
            .ToLookup(r => r.Cabinet, r => r.Assignment);
        return Rows(
            connection, "SELECT cabinet_id, life, closed_until_utc_ms, registered_utc_ms, kind FROM cabinets", only,
            "cabinet_id",
            r => new CabinetModel(
                CabinetId.Parse(r.GetString(0)), Enum.Parse<CabinetLife>(r.GetString(1)),
                r.IsDBNull(2) ? null : r.GetInt64(2), r.GetInt64(3), [.. keys[r.GetString(0)]],
                [.. assignments[r.GetString(0)]], Enum.Parse<CabinetKind>(r.GetString(4))));
    }

    private static List<T> Rows<T>(
        SqliteConnection connection, string select, CabinetId? only, string order, Func<SqliteDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = select + (only is null ? "" : " WHERE cabinet_id = $cabinet") + " ORDER BY " + order;
        command.Parameters.AddWithValue("$cabinet", only?.Value ?? "");
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static KeyId ReadKeyId(string hex) =>
        new(ulong.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    private static void Execute(
        SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}
