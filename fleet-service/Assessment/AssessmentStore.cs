using System.Text.Json;
using System.Text.Json.Serialization;
using KioskFleet.Service.Access;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Assessment;

/// <summary>Reads and writes what an assessment finds, and its runs. Thread-safe.</summary>
internal sealed class AssessmentStore(FleetDatabase database, TimeProvider time)
{
    /// <summary>Runs that are kept; older ones go.</summary>
    public const int MaxKept = 3_000;

    /// <summary>Most runs of one page.</summary>
    public const int MaxPage = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The findings of some kinds that are not closed, about venues or about everything else.</summary>
    public IReadOnlyList<OpenFinding> NotClosed(IReadOnlyList<FindingKind> kinds, bool aboutVenues)
    {
        using var connection = database.OpenReader();
        using var findings = new FindingTable(connection);
        return [.. kinds.SelectMany(kind => findings.NotClosed(kind, aboutVenues))];
    }

    /// <summary>
    /// Writes everything that was found and has ended, and the run itself, in one transaction; a run that a person
    /// asked for is in the audit log.
    /// </summary>
    /// <param name="moment">The moment that was judged.</param>
    /// <param name="by">Who asked.</param>
    /// <param name="sources">What the checks said.</param>
    /// <param name="worseByPercent">By how much an accepted finding may grow without opening again.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<AssessmentReport> WriteAsync(
        CheckMoment moment, string by, IReadOnlyList<AskedSource> sources, int worseByPercent,
        CancellationToken cancellationToken) => database.WriteAsync(
            (connection, _) =>
            {
                using var findings = new FindingTable(connection);
                var counts = sources.Where(source => source.Check is not null)
                    .SelectMany(source => Write(findings, moment, source, worseByPercent)).ToList();
                var failures = sources.Select(source => source.Failure).OfType<SourceFailure>().ToList();
                var endedUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
                var id = Insert(connection, moment.NowUtcMs, endedUtcMs, by, counts, failures);
                if (by != FindingTable.Service)
                {
                    AuditLog.Write(connection, new AuditEntry(
                        endedUtcMs, by, "assessment.run", $"assessment:{id}", null, null));
                }

                return new AssessmentReport(
                    id, Utc(moment.NowUtcMs), Utc(endedUtcMs), by, counts, failures, null, null);
            },
            cancellationToken);

    /// <summary>Adds to a run what enforcement did.</summary>
    public Task WriteEnforcementAsync(AssessmentReport report, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, _) => Run(connection, """
                UPDATE assessments SET configs_changed = $changed, enforcement_failure = $failure
                WHERE assessment_id = $id
                """,
                ("$id", report.AssessmentId), ("$changed", report.ConfigsChanged),
                ("$failure", report.EnforcementFailure)),
            cancellationToken);

    /// <summary>The last runs, newest first.</summary>
    public AssessmentPage Read(long? before, int count)
    {
        count = Math.Clamp(count, 1, MaxPage);
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT assessment_id, started_utc_ms, ended_utc_ms, asked_by, kinds, failures, configs_changed,
                   enforcement_failure
            FROM assessments WHERE assessment_id < $before ORDER BY assessment_id DESC LIMIT $count
            """;
        command.Parameters.AddWithValue("$before", before ?? long.MaxValue);
        command.Parameters.AddWithValue("$count", count);
        using var row = command.ExecuteReader();
        var runs = new List<AssessmentReport>();
        while (row.Read())
        {
            runs.Add(new AssessmentReport(row.GetInt64(0), Utc(row.GetInt64(1)), Utc(row.GetInt64(2)),
                row.GetString(3), JsonSerializer.Deserialize<List<KindCount>>(row.GetString(4), Json)!,
                JsonSerializer.Deserialize<List<SourceFailure>>(row.GetString(5), Json)!,
                row.IsDBNull(6) ? null : row.GetInt32(6), row.IsDBNull(7) ? null : row.GetString(7)));
        }

        return new AssessmentPage(runs, runs.Count < count ? null : runs[^1].AssessmentId);
    }

    private static IEnumerable<KindCount> Write(
        FindingTable findings, CheckMoment moment, AskedSource source, int worseByPercent)
    {
        var check = source.Check!;
        var raised = check.Found
            .Select(draft => (draft.Kind, Raised: findings.Raise(draft, moment.NowUtcMs, worseByPercent)))
            .ToLookup(found => found.Kind, found => found.Raised);

        // A person may have closed one meanwhile: then the step is illegal, nothing is written, and nothing ended.
        var ended = check.Ended
            .Where(open => findings.Take(
                open.FindingId, FindingStep.End, "", (moment.NowUtcMs, FindingTable.Service)).To is not null)
            .CountBy(open => open.Kind).ToDictionary();
        return source.Kinds.Select(kind => new KindCount(
            kind, raised[kind].Count(), raised[kind].Count(r => r == FindingRaised.New),
            raised[kind].Count(r => r == FindingRaised.OpenedAgain), ended.GetValueOrDefault(kind)));
    }

    private static long Insert(
        SqliteConnection connection, long startedUtcMs, long endedUtcMs, string by, List<KindCount> counts,
        List<SourceFailure> failures)
    {
        Run(connection, """
            INSERT INTO assessments (started_utc_ms, ended_utc_ms, asked_by, kinds, failures)
            VALUES ($started, $ended, $by, $kinds, $failures)
            """,
            ("$started", startedUtcMs), ("$ended", endedUtcMs), ("$by", by),
            ("$kinds", JsonSerializer.Serialize(counts, Json)),
            ("$failures", JsonSerializer.Serialize(failures, Json)));
        using var inserted = connection.CreateCommand();
        inserted.CommandText = "SELECT last_insert_rowid()";
        var id = (long)inserted.ExecuteScalar()!;
        Run(connection, "DELETE FROM assessments WHERE assessment_id <= $last", ("$last", id - MaxKept));
        return id;
    }

    private static int Run(
        SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command.ExecuteNonQuery();
    }

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime;
}
