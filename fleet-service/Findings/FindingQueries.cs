using System.Text.Json;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Findings;

/// <summary>A finding as the interface shows it.</summary>
/// <param name="FindingId">Its number.</param>
/// <param name="Kind">What.</param>
/// <param name="Severity">How much its kind weighs.</param>
/// <param name="State">Where its life is.</param>
/// <param name="ClosedAs">How it was closed; null while it is not.</param>
/// <param name="Cabinet">The cabinet, or empty.</param>
/// <param name="Operator">The operator, or empty.</param>
/// <param name="County">The county's code, or empty.</param>
/// <param name="Venue">A venue that is no cabinet, or empty.</param>
/// <param name="Subject">What exactly.</param>
/// <param name="Evidence">What it rests on; its members are told by the kind.</param>
/// <param name="OpenedUtc">When it was found first.</param>
/// <param name="LastUtc">When it was found last.</param>
/// <param name="Times">How often.</param>
internal sealed record FindingShown(
    long FindingId, string Kind, FindingSeverity Severity, FindingState State, FindingClosure? ClosedAs,
    string Cabinet, string Operator, string County, string Venue, string Subject, JsonElement Evidence,
    DateTime OpenedUtc, DateTime LastUtc, long Times);

/// <summary>A step as the interface shows it.</summary>
/// <param name="Step">What was done.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="AtUtc">When.</param>
/// <param name="By">Who: a token's name, or <c>service</c>.</param>
/// <param name="Words">Why.</param>
/// <param name="Evidence">The evidence as it stood then.</param>
internal sealed record FindingStepShown(
    FindingStep Step, FindingState From, FindingState To, DateTime AtUtc, string By, string Words,
    JsonElement Evidence);

/// <summary>One finding with its whole life.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Title">Its kind's name.</param>
/// <param name="Meaning">What its kind says.</param>
/// <param name="Allowed">The steps that a person may take now.</param>
/// <param name="Steps">What was done so far, oldest first.</param>
internal sealed record FindingWithSteps(
    FindingShown Finding, Bilingual Title, Bilingual Meaning, IReadOnlyList<FindingStep> Allowed,
    IReadOnlyList<FindingStepShown> Steps);

/// <summary>Which findings are wanted; null where it does not matter.</summary>
/// <param name="Kind">Of one kind.</param>
/// <param name="State">In one state.</param>
/// <param name="Cabinet">About one cabinet.</param>
/// <param name="Operator">About one operator.</param>
/// <param name="County">In one county.</param>
/// <param name="Venue">About one venue that is no cabinet.</param>
/// <param name="SinceUtcMs">Found at or after a moment, Unix milliseconds UTC.</param>
internal sealed record FindingFilter(
    FindingKind? Kind = null, FindingState? State = null, string? Cabinet = null, string? Operator = null,
    string? County = null, string? Venue = null, long? SinceUtcMs = null);

/// <summary>Reads findings. Each call has its own connection; thread-safe.</summary>
internal sealed class FindingQueries(FleetDatabase database)
{
    private const string Columns = """
        finding_id, kind, state, closed_as, cabinet_id, operator_id, county_code, venue_id, subject, evidence,
        opened_utc_ms, last_utc_ms, times
        """;

    /// <summary>Findings, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only numbers below this one; null begins at the newest.</param>
    /// <param name="count">1 to <see cref="LedgerQueries.MaxPage"/>.</param>
    public BackwardsPage<FindingShown> Read(FindingFilter filter, long? before, int count)
    {
        count = Math.Clamp(count, 1, LedgerQueries.MaxPage);
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT {Columns} FROM findings
            WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR state = ?2) AND (?3 = '' OR cabinet_id = ?3)
              AND (?4 = '' OR operator_id = ?4) AND (?5 = '' OR county_code = ?5) AND (?6 = '' OR venue_id = ?6)
              AND last_utc_ms >= ?7 AND finding_id < ?8
            ORDER BY finding_id DESC LIMIT ?9
            """);
        query.Set(1, filter.Kind?.ToString() ?? "").Set(2, filter.State?.ToString() ?? "").Set(3, filter.Cabinet ?? "")
            .Set(4, filter.Operator ?? "").Set(5, filter.County ?? "").Set(6, filter.Venue ?? "")
            .Set(7, filter.SinceUtcMs ?? long.MinValue).Set(8, before ?? long.MaxValue).Set(9, (long)count);
        var rows = new List<FindingShown>();
        while (query.Next())
        {
            rows.Add(Show(query));
        }

        return new BackwardsPage<FindingShown>(rows, rows.Count < count ? null : rows[^1].FindingId);
    }

    /// <summary>One finding with its steps; null when there is none of this number.</summary>
    public FindingWithSteps? Find(long findingId)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var query = connection.Prepare($"SELECT {Columns} FROM findings WHERE finding_id = ?1");
        query.Set(1, findingId);
        if (!query.Next())
        {
            return null;
        }

        var finding = Show(query);
        query.Reset();
        using var steps = connection.Prepare("""
            SELECT step, from_state, to_state, at_utc_ms, made_by, words, evidence FROM finding_steps
            WHERE finding_id = ?1 ORDER BY step_id
            """);
        steps.Set(1, findingId);
        var life = new List<FindingStepShown>();
        while (steps.Next())
        {
            life.Add(new FindingStepShown(Enum.Parse<FindingStep>(steps.Text(0)),
                Enum.Parse<FindingState>(steps.Text(1)), Enum.Parse<FindingState>(steps.Text(2)), Utc(steps.Long(3)),
                steps.Text(4), steps.Text(5), Json(steps.Text(6))));
        }

        var kind = Enum.Parse<FindingKind>(finding.Kind);
        return new FindingWithSteps(finding, FindingFacts.Title(kind), FindingFacts.Meaning(kind),
            FindingLifeRule.AllowedFrom(finding.State), life);
    }

    private static FindingShown Show(Statement row)
    {
        var kind = row.Text(1);
        return new FindingShown(row.Long(0), kind, FindingFacts.Of(Enum.Parse<FindingKind>(kind)).Severity,
            Enum.Parse<FindingState>(row.Text(2)),
            row.IsNull(3) ? null : Enum.Parse<FindingClosure>(row.Text(3)),
            row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Text(8), Json(row.Text(9)), Utc(row.Long(10)),
            Utc(row.Long(11)), row.Long(12));
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime;
}
