using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Access;

/// <summary>A change by a person, as it is kept.</summary>
/// <param name="AuditId">Its number.</param>
/// <param name="AtUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="Actor">Who: the name of the token, or <c>cabinet:ID</c> for an enrolment.</param>
/// <param name="Action">What: <c>cabinet.registered</c> and the like.</param>
/// <param name="Subject">On what: <c>cabinet:ID</c> and the like.</param>
/// <param name="BeforeJson">The state before, or null.</param>
/// <param name="AfterJson">The state after, or null.</param>
internal sealed record AuditRow(
    long AuditId, long AtUtcMs, string Actor, string Action, string Subject, string? BeforeJson, string? AfterJson);

/// <summary>
/// The record of every change by a person. Rows are written in the transaction of the change. Thread-safe.
/// </summary>
internal sealed class AuditLog(FleetDatabase database)
{
    /// <summary>Most rows of one page.</summary>
    public const int MaxPage = 1_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>Writes a row inside the caller's transaction. Secrets never belong into before or after.</summary>
    public static void Write(FleetConnection connection, AuditEntry entry) => connection.Execute("""
        INSERT INTO audit_log (at_utc_ms, actor, action, subject, before_json, after_json)
        VALUES ($at, $actor, $action, $subject, $before, $after)
        """,
        ("$at", entry.AtUtcMs), ("$actor", entry.Actor), ("$action", entry.Action), ("$subject", entry.Subject),
        ("$before", Text(entry.Before)), ("$after", Text(entry.After)));

    /// <summary>Reads rows, newest first.</summary>
    /// <param name="subject">Only this subject, or null for all.</param>
    /// <param name="beforeId">Only rows with a smaller number; null begins at the newest.</param>
    /// <param name="count">1 to <see cref="MaxPage"/>.</param>
    public IReadOnlyList<AuditRow> Read(string? subject, long? beforeId, int count)
    {
        using var connection = database.OpenReader();
        return connection.Query("""
            SELECT audit_id, at_utc_ms, actor, action, subject, before_json, after_json FROM audit_log
            WHERE (CAST($subject AS TEXT) IS NULL OR subject = $subject) AND audit_id < $before
            ORDER BY audit_id DESC LIMIT $count
            """,
            row => new AuditRow(row.Long(0), row.Long(1), row.Text(2), row.Text(3), row.Text(4), row.TextOrNull(5),
                row.TextOrNull(6)),
            ("$subject", subject), ("$before", beforeId ?? long.MaxValue), ("$count", Math.Clamp(count, 1, MaxPage)));
    }

    private static string? Text(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), Json);
}

/// <summary>A change to be recorded.</summary>
/// <param name="AtUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Action">What.</param>
/// <param name="Subject">On what.</param>
/// <param name="Before">The state before, written as JSON; null for none.</param>
/// <param name="After">The state after, written as JSON; null for none.</param>
internal sealed record AuditEntry(
    long AtUtcMs, string Actor, string Action, string Subject, object? Before, object? After);
