using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Policies;

/// <summary>The policies' tables. The caller brings the connection and, for writing, the transaction.</summary>
internal static class PolicyStore
{
    private const string DayFormat = "yyyy-MM-dd";

    private static readonly string Made = PolicyJson.Name(PolicyOrigin.Made);

    /// <summary>All policies with their story: those that people made, then those of the data set.</summary>
    public static (IReadOnlyList<PolicyRecord> Records, long Revision) Read(FleetConnection connection)
    {
        var decided = connection.Query("""
            SELECT policy_id, version, to_day, reason, ended_utc_ms, ended_by FROM policy_ends ORDER BY end_no
            """,
            r => (Of: (r.Text(0), (int)r.Long(1)),
                Ending: new PolicyEnding(Day(r.Text(2)), r.Text(3), r.Long(4), r.Text(5))));
        var ends = decided.ToLookup(e => e.Of, e => e.Ending);
        var records = connection.Query("""
            SELECT terms, origin, made_utc_ms, made_by FROM policy_versions
            ORDER BY origin DESC, policy_id, version
            """,
            r => Record(PolicyJson.Read(r.Text(0)), r.Text(1) == Made ? PolicyOrigin.Made
                : PolicyOrigin.DataSet, (r.Long(2), r.Text(3)), ends));

        // Both tables only grow, so that a later state has more rows.
        return (records, records.Count + decided.Count);
    }

    /// <summary>The policies as they are judged by.</summary>
    public static PolicyBook ReadBook(FleetConnection connection)
    {
        var (records, revision) = Read(connection);
        return new PolicyBook(records.Select(r => r.Effective), revision);
    }

    /// <summary>
    /// Stores the versions of a data set that no start saw before, with the ends that they bring.
    /// </summary>
    /// <param name="connection">The connection, in a transaction.</param>
    /// <param name="places">The data set.</param>
    /// <param name="nowUtcMs">The present moment, Unix milliseconds UTC.</param>
    /// <exception cref="DataSetException">Findings stand against the data set.</exception>
    public static ShippedPolicies TakeOver(FleetConnection connection, PlacesDataSet places, long nowUtcMs)
    {
        var taken = ShippedPolicyRule.Decide(
            Read(connection).Records, Ground(connection), places, places.Zone.DayOf(nowUtcMs));
        if (taken.Findings.Count > 0)
        {
            throw new DataSetException($"Data set {places.DataSet} on this database", taken.Findings);
        }

        var seen = (nowUtcMs, places.DataSet);
        WriteEnds(connection, taken.Ends, $"a newer version in data set {places.DataSet}", seen);
        foreach (var policy in taken.New)
        {
            Write(connection, policy, PolicyOrigin.DataSet, seen);
        }

        connection.Execute("""
            INSERT INTO policy_ground (ground_no, data_set, city_code, utc_offset_minutes, seen_utc_ms)
            VALUES (1, $set, $city, $offset, $now) ON CONFLICT DO NOTHING
            """,
            ("$set", places.DataSet), ("$city", places.City.Code.Value), ("$offset", places.Zone.UtcOffsetMinutes),
            ("$now", nowUtcMs));
        return taken;
    }

    /// <summary>Writes a new version with its audit row.</summary>
    public static void Write(
        FleetConnection connection, Policy policy, PolicyOrigin origin, (long UtcMs, string By) made)
    {
        var terms = PolicyJson.Write(policy);
        var text = terms.ToJsonString();
        connection.Execute("""
            INSERT INTO policy_versions (policy_id, version, origin, terms, terms_sha256, made_utc_ms, made_by)
            VALUES ($id, $version, $origin, $terms, $hash, $now, $by)
            """,
            ("$id", policy.Id), ("$version", policy.Version), ("$origin", PolicyJson.Name(origin)), ("$terms", text),
            ("$hash", SHA256.HashData(Encoding.UTF8.GetBytes(text))), ("$now", made.UtcMs), ("$by", made.By));
        AuditLog.Write(connection, new AuditEntry(
            made.UtcMs, made.By, origin == PolicyOrigin.Made ? "policy.made" : "policy.takenOver",
            $"policy:{policy.Id}", null, terms));
    }

    /// <summary>Writes the ends of versions, each with its audit row.</summary>
    public static void WriteEnds(
        FleetConnection connection, IReadOnlyList<PolicyEnd> ends, string reason, (long UtcMs, string By) made)
    {
        foreach (var end in ends)
        {
            connection.Execute("""
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
    public static PolicySubject? SubjectOf(FleetConnection connection, string cabinetId, long utcMs)
    {
        var found = connection.Query("""
            SELECT operator_id, county_code FROM assignments WHERE cabinet_id = $cabinet
            ORDER BY from_utc_ms <= $at DESC, CASE WHEN from_utc_ms <= $at THEN -from_utc_ms ELSE from_utc_ms END
            LIMIT 1
            """,
            row => new PolicySubject(cabinetId, row.Text(0), row.Text(1)), ("$cabinet", cabinetId), ("$at", utcMs));
        return found is [var subject] ? subject : null;
    }

    private static PolicyRecord Record(
        Policy terms, PolicyOrigin origin, (long UtcMs, string By) made,
        ILookup<(string, int), PolicyEnding> ends)
    {
        var end = ends[(terms.Id, terms.Version)].MinBy(e => e.To);
        return new PolicyRecord(
            terms, end is null || terms.To <= end.To ? terms : terms with { To = end.To }, origin, made, end);
    }

    private static PolicyGround? Ground(FleetConnection connection) => connection.Query(
        "SELECT city_code, utc_offset_minutes FROM policy_ground",
        r => new PolicyGround(r.Text(0), (int)r.Long(1))).SingleOrDefault();

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, DayFormat, CultureInfo.InvariantCulture);
}
