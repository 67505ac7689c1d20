using System.Text.Json;
using System.Text.Json.Serialization;
using KioskFleet.Service.Access;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Storage;

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
            (connection, _) => connection.Execute("""
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
        var runs = connection.Query("""
            SELECT assessment_id, started_utc_ms, ended_utc_ms, asked_by, kinds, failures, configs_changed,
                   enforcement_failure
            FROM assessments WHERE assessment_id < $before ORDER BY assessment_id DESC LIMIT $count
            """,
            row => new AssessmentReport(row.Long(0), Utc(row.Long(1)), Utc(row.Long(2)), row.Text(3),
                JsonSerializer.Deserialize<List<KindCount>>(row.Text(4), Json)!,
                JsonSerializer.Deserialize<List<SourceFailure>>(row.Text(5), Json)!, (int?)row.LongOrNull(6),
                row.TextOrNull(7)),
            ("$before", before ?? long.MaxValue), ("$count", count));
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
        FleetConnection connection, long startedUtcMs, long endedUtcMs, string by, List<KindCount> counts,
        List<SourceFailure> failures)
    {
        var id = connection.Query("""
            INSERT INTO assessments (started_utc_ms, ended_utc_ms, asked_by, kinds, failures)
            VALUES ($started, $ended, $by, $kinds, $failures) RETURNING assessment_id
            """,
            row => row.Long(0), ("$started", startedUtcMs), ("$ended", endedUtcMs), ("$by", by),
            ("$kinds", JsonSerializer.Serialize(counts, Json)),
            ("$failures", JsonSerializer.Serialize(failures, Json))).Single();
        connection.Execute("DELETE FROM assessments WHERE assessment_id <= $last", ("$last", id - MaxKept));
        return id;
    }

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime;
}
