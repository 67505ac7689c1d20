using System.Text.Json.Nodes;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Answers how halls and other venues stand, and what follows from it. Always from the reports as taken. Thread-safe.
/// </summary>
internal sealed class VenueStandings(
    VenueStore venues, ReportedSalesStore reports, CurrentPolicies policies, PlacesDataSet places, TimeProvider time)
{
    /// <summary>The present business day.</summary>
    public DateOnly Today => places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Every venue's standing as of a day, each in the window of its policy or all in one window.</summary>
    /// <param name="day">The day.</param>
    /// <param name="asked">One window for all, or null.</param>
    /// <param name="projected">Whether to show where each goes by the window's end; of today only.</param>
    public IReadOnlyList<VenueStandingRow> Rows(DateOnly day, JudgingWindow? asked = null, bool projected = false)
    {
        var book = policies.Book;
        var windows = VenueStandingsRule.Windows(venues.All(), book, day, asked);
        var sales = SalesOf(windows);
        var rows = VenueStandingsRule.Judge(windows, sales, places.Zone, time.GetUtcNow());
        return projected && day == Today
            ? VenueProjectionRule.Add(rows, windows, sales, (book, places.Zone), (time.GetUtcNow(), day))
            : rows;
    }

    /// <summary>
    /// What the check of the share finds about venues: BelowThreshold and AtRisk, in the present window and in earlier
    /// ones that are still provisional.
    /// </summary>
    /// <param name="moment">The moment of the check.</param>
    /// <param name="subjects">Takes the subject of every venue and window that was looked at; null for nobody.</param>
    public IReadOnlyList<FindingDraft> Drafts(CheckMoment moment, ISet<string>? subjects = null)
    {
        var all = venues.All();
        var drafts = new List<FindingDraft>();
        var seen = new HashSet<(string, string)>();
        var days = policies.Book.All.Select(p => p.ProvisionalDays).DefaultIfEmpty(0).Max();

        // A window that ended within the provisional days holds one of the days looked at here.
        for (var back = 0; back <= days + 1; back++)
        {
            var windows = VenueStandingsRule.Windows(all, policies.Book, moment.Today.AddDays(-back), null)
                .Where(w => w.Policy is not null && seen.Add((w.Venue.VenueId, w.Window.Name)))
                .SelectMany(w => VenueStandingsRule.Windows([w.Venue], policies.Book, moment.Today, w.Window))
                .ToList();
            var rows = VenueStandingsRule.Judge(windows, SalesOf(windows), places.Zone, time.GetUtcNow())
                .Where(r => back == 0 || r.FinalFromUtc.ToUnixTimeMilliseconds() > moment.NowUtcMs).ToList();
            subjects?.UnionWith(rows.Select(Subject));
            drafts.AddRange(rows.Where(r => r.Standing is Standing.Breach or Standing.AtRisk).Select(Draft));
        }

        return drafts;
    }

    private List<VenueSales> SalesOf(IReadOnlyList<VenueInWindow> windows)
    {
        var documents = windows.Select(w => w.Window).Distinct().ToDictionary(w => w, reports.OfVenues);
        return [.. windows.Select(w => VenueSales.Of(
            documents[w.Window][w.Venue.VenueId].Where(d => w.Venue.OperatorOn(d.Last) == w.OperatorId),
            w.Window.From))];
    }

    private static string Subject(VenueStandingRow row) =>
        $"venue:{row.VenueId} {row.OperatorId} {row.PolicyId} {row.Window.Name}";

    private FindingDraft Draft(VenueStandingRow row) => new(
        row.Standing == Standing.Breach ? FindingKind.BelowThreshold : FindingKind.AtRisk,
        new FindingAbout(OperatorId: row.OperatorId, CountyCode: row.County, VenueId: row.VenueId),
        Subject(row),
        new JsonObject
        {
            ["venue"] = row.VenueId,
            ["figures"] = row.Figures,
            ["window"] = row.Window.Name,
            ["windowFrom"] = $"{row.Window.From:yyyy-MM-dd}",
            ["windowTo"] = $"{row.Window.To:yyyy-MM-dd}",
            ["judged"] = row.Judged,
            ["aidFen"] = row.JudgedAidFen,
            ["totalFen"] = row.JudgedTotalFen,
            ["shortfallFen"] = row.ShortfallFen,
            ["thresholdBasisPoints"] = row.ThresholdBasisPoints,
            ["policy"] = row.PolicyId,
            ["policyVersion"] = row.PolicyVersion,
            ["reports"] = row.Reports,
            ["newestReportId"] = row.NewestReportId,
            ["daysCovered"] = row.DaysCovered,
        }.ToJsonString(),
        StandingFindingRule.WeightOf(
            row.Standing == Standing.Breach ? FindingKind.BelowThreshold : FindingKind.AtRisk,
            row.JudgedAidFen, row.JudgedTotalFen, row.ThresholdBasisPoints ?? 0,
            policies.Book.All.First(p => (p.Id, p.Version) == (row.PolicyId, row.PolicyVersion))
                .WarningMarginBasisPoints));
}
