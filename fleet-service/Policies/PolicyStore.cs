using System.Globalization;
using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Policies;

/// <summary>The policies' tables. The caller brings the connection and, for writing, the transaction.</summary>
internal static class PolicyStore
{
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>All policies with their story: those that people made, then those of the data set.</summary>
    /// <param name="connection">Reads what its transaction sees.</param>
    /// <param name="shipped">The policies of the data set.</param>
    public static (IReadOnlyList<PolicyRecord> Records, long Revision) Read(
        SqliteConnection connection, IEnumerable<Policy> shipped)
    {
        var decided = Rows(connection, """
            SELECT policy_id, version, to_day, reason, ended_utc_ms, ended_by FROM policy_ends ORDER BY end_no
            """,
            r => (Of: (r.GetString(0), r.GetInt32(1)),
                Ending: new PolicyEnding(Day(r.GetString(2)), r.GetString(3), r.GetInt64(4), r.GetString(5))));
        var ends = decided.ToLookup(e => e.Of, e => e.Ending);
        var made = Rows(connection, """
            SELECT terms, made_utc_ms, made_by FROM policy_versions ORDER BY policy_id, version
            """,
            r => (Policy: PolicyJson.Read(r.GetString(0)), Made: (r.GetInt64(1), r.GetString(2))));
        var records = made
            .Select(m => Record(m.Policy, PolicyOrigin.Made, m.Made, ends))
            .Concat(shipped.Select(p => Record(p, PolicyOrigin.DataSet, null, ends)));

        // Both tables only grow, so that a later state has more rows.
        return ([.. records], made.Count + decided.Count);
    }

    /// <summary>The policies as they are judged by.</summary>
    public static PolicyBook ReadBook(SqliteConnection connection, IEnumerable<Policy> shipped)
    {
        var (records, revision) = Read(connection, shipped);
        return new PolicyBook(records.Select(r => r.Effective), revision);
    }

    /// <summary>Writes a new version with its audit row.</summary>
    public static void Write(SqliteConnection connection, Policy policy, (long UtcMs, string By) made)
    {
        Run(connection, """
            INSERT INTO policy_versions (policy_id, version, terms, made_utc_ms, made_by)
            VALUES ($id, $version, $terms, $now, $by)
            """,
            ("$id", policy.Id), ("$version", policy.Version), ("$terms", PolicyJson.Write(policy).ToJsonString()),
            ("$now", made.UtcMs), ("$by", made.By));
        AuditLog.Write(connection, new AuditEntry(
            made.UtcMs, made.By, "policy.made", $"policy:{policy.Id}", null, PolicyJson.Write(policy)));
    }

    /// <summary>Writes the ends of versions, each with its audit row.</summary>
    public static void WriteEnds(
        SqliteConnection connection, IReadOnlyList<PolicyEnd> ends, string reason, (long UtcMs, string By) made)
    {
        foreach (var end in ends)
        {
            Run(connection, """
                INSERT INTO policy_ends (policy_id, version, to_day, reason, ended_utc_ms, ended_by)
                VALUES ($id, $version, $to, $reason, $now, $by)
                """,
                ("$id", end.Policy.Id), ("$version", end.Policy.Version), ("$to", PolicyJson.Day(end.To)!),
                ("$reason", reason), ("$now", made.UtcMs), ("$by", made.By));
            AuditLog.Write(connection, new AuditEntry(
                made.UtcMs, made.By, "policy.ended", $"policy:{end.Policy.Id}",
                new { end.Policy.Version, to = PolicyJson.Day(end.Policy.To) },
                new { end.Policy.Version, to = PolicyJson.Day(end.To), reason }));
        }
    }

    /// <summary>Operator and county of a registered cabinet at a moment, or null.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cabinetId">The cabinet.</param>
    /// <param name="utcMs">Unix milliseconds UTC; before the first assignment the first one holds.</param>
    public static PolicySubject? SubjectOf(SqliteConnection connection, string cabinetId, long utcMs)
    {
        using var command = Command(connection, """
            SELECT operator_id, county_code FROM assignments WHERE cabinet_id = $cabinet
            ORDER BY from_utc_ms <= $at DESC, CASE WHEN from_utc_ms <= $at THEN -from_utc_ms ELSE from_utc_ms END
            LIMIT 1
            """, ("$cabinet", cabinetId), ("$at", utcMs));
        using var row = command.ExecuteReader();
        return row.Read() ? new PolicySubject(cabinetId, row.GetString(0), row.GetString(1)) : null;
    }

    private static PolicyRecord Record(
        Policy terms, PolicyOrigin origin, (long UtcMs, string By)? made,
        ILookup<(string, int), PolicyEnding> ends)
    {
        var end = ends[(terms.Id, terms.Version)].MinBy(e => e.To);
        return new PolicyRecord(
            terms, end is null || terms.To <= end.To ? terms : terms with { To = end.To }, origin, made, end);
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, DayFormat, CultureInfo.InvariantCulture);

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = Command(connection, sql);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static void Run(
        SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(
        SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
