using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

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
    public static void Write(SqliteConnection connection, AuditEntry entry)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO audit_log (at_utc_ms, actor, action, subject, before_json, after_json)
            VALUES ($at, $actor, $action, $subject, $before, $after)
            """;
        command.Parameters.AddWithValue("$at", entry.AtUtcMs);
        command.Parameters.AddWithValue("$actor", entry.Actor);
        command.Parameters.AddWithValue("$action", entry.Action);
        command.Parameters.AddWithValue("$subject", entry.Subject);
        command.Parameters.AddWithValue("$before", Text(entry.Before));
        command.Parameters.AddWithValue("$after", Text(entry.After));
        command.ExecuteNonQuery();
    }

    /// <summary>Reads rows, newest first.</summary>
    /// <param name="subject">Only this subject, or null for all.</param>
    /// <param name="beforeId">Only rows with a smaller number; null begins at the newest.</param>
    /// <param name="count">1 to <see cref="MaxPage"/>.</param>
    public IReadOnlyList<AuditRow> Read(string? subject, long? beforeId, int count)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT audit_id, at_utc_ms, actor, action, subject, before_json, after_json FROM audit_log
            WHERE ($subject IS NULL OR subject = $subject) AND audit_id < $before
            ORDER BY audit_id DESC LIMIT $count
            """;
        command.Parameters.AddWithValue("$subject", (object?)subject ?? DBNull.Value);
        command.Parameters.AddWithValue("$before", beforeId ?? long.MaxValue);
        command.Parameters.AddWithValue("$count", Math.Clamp(count, 1, MaxPage));
        using var reader = command.ExecuteReader();
        var rows = new List<AuditRow>();
        while (reader.Read())
        {
            rows.Add(new AuditRow(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6)));
        }

        return rows;
    }

    private static object Text(object? value) =>
        value is null ? DBNull.Value : JsonSerializer.Serialize(value, value.GetType(), Json);
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
