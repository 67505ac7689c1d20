using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>Which standings are wanted.</summary>
/// <param name="CountyCode">Of one county, or null.</param>
/// <param name="Standing">With one standing, or null.</param>
/// <param name="Page">From 1.</param>
/// <param name="PageSize">At most <see cref="ComplianceLimits.MaxPageSize"/>.</param>
/// <param name="OperatorId">Of one operator, or null.</param>
internal sealed record StandingsFilter(
    string? CountyCode, Standing? Standing, int Page, int PageSize, string? OperatorId = null);

/// <summary>
/// Answers for standings and totals, always from the ledger's totals as committed. Thread-safe; used by the HTTP
/// interface and whoever else shows figures.
/// </summary>
internal sealed class StandingsQuery(
    StandingsStore store, PlacesDataSet places, CurrentPolicies policies, TimeProvider time)
{
    /// <summary>The present business day.</summary>
    public DateOnly Today => places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// A window by name, or the present one of a kind (month, week…). Without a name the present one of the kind that
    /// the policy of the whole city judges by. Null when the name is none.
    /// </summary>
    public JudgingWindow? Window(string? name) =>
        string.IsNullOrEmpty(name) ? JudgingWindow.Of(DefaultKind(policies.Book, Today), Today)
        : JudgingWindow.IsKind(name) ? JudgingWindow.Of(name, Today)
        : JudgingWindow.Parse(name, Today);

    /// <summary>The window that the policy of the whole city judges cabinets by; the month without one.</summary>
    public static string DefaultKind(PolicyBook policies, DateOnly day) =>
        policies.ForCabinet(new PolicySubject("", "", ""), day)?.Window ?? "month";

    /// <summary>All standings of a window.</summary>
    public IReadOnlyList<StandingRow> All(JudgingWindow window) =>
        StandingsRule.Judge(store.Read(window), window, (policies.Book, places.Zone), time.GetUtcNow());

    /// <summary>A page of standings.</summary>
    public StandingsPage Page(JudgingWindow window, StandingsFilter filter) =>
        StandingsPage.Of(Shown(window), All(window), filter);

    /// <summary>
    /// The standings of one cabinet, one for each operator within the window; null when there is no such cabinet.
    /// </summary>
    public IReadOnlyList<StandingRow>? OfCabinet(JudgingWindow window, string cabinetId)
    {
        // What is judged together needs the sales of all; a cabinet judged by itself only its own.
        var alone = policies.Book.All.All(p => p.Judged == Judged.Cabinet);
        var sales = store.Read(window, alone ? cabinetId : null);
        var rows = StandingsRule.Judge(sales, window, (policies.Book, places.Zone), time.GetUtcNow())
            .Where(r => r.CabinetId == cabinetId)
            .ToList();
        return rows.Count > 0 || store.Knows(cabinetId) ? rows : null;
    }

    /// <summary>The totals of every county.</summary>
    public CountyTotals Counties(JudgingWindow window)
    {
        var sales = store.Read(window);
        var standings = StandingsRule.Judge(sales, window, (policies.Book, places.Zone), time.GetUtcNow());
        return new CountyTotals(
            Shown(window), IsProvisional(window), TotalsRule.Counties(sales, standings, places));
    }

    /// <summary>The totals of the city beside its target.</summary>
    public CityTotals City(JudgingWindow window)
    {
        var sales = store.Read(window);
        var standings = StandingsRule.Judge(sales, window, (policies.Book, places.Zone), time.GetUtcNow());
        var target = places.CityTarget;
        var counted = JudgingWindow.Of("since-launch", Today < target.By ? Today : target.By);
        if (target.CountedFrom is { } from)
        {
            // Before the day on which counting begins nothing is counted.
            counted = counted with { From = from < counted.To ? from : counted.To };
        }

        return new CityTotals(
            Shown(window),
            IsProvisional(window),
            TotalsRule.City(sales, standings, places),
            target.AidSalesFen,
            target.By,
            store.Read(counted).Assignments.Aggregate(0L, (sum, a) => checked(sum + a.Amounts.AidFen)));
    }

    private ShownWindow Shown(JudgingWindow window) => ShownWindow.Of(window, places.Zone);

    private bool IsProvisional(JudgingWindow window)
    {
        var days = policies.Book.All.Select(p => p.ProvisionalDays).DefaultIfEmpty(0).Max();
        return time.GetUtcNow()
            < DateTimeOffset.FromUnixTimeMilliseconds(places.Zone.StartOfUtcMs(window.To)).AddDays(days);
    }
}
