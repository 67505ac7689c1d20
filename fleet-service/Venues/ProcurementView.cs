using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>How a budget unit stands against its plan of a year. Amounts in fen.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Name">Its name.</param>
/// <param name="County">The city or one of its counties.</param>
/// <param name="PlanFen">What it plans to purchase.</param>
/// <param name="PurchasedFen">What it purchased, as reported.</param>
/// <param name="LeftFen">What is missing; 0 when the plan is done.</param>
/// <param name="Status"><c>done</c>, <c>pending</c> or, after the last day, <c>overdue</c>.</param>
internal sealed record UnitYearView(
    string Unit, string Name, string County, long PlanFen, long PurchasedFen, long LeftFen, string Status);

/// <summary>A purchase as it is shown; of a counter-document, the amount is what it takes back. In fen.</summary>
internal sealed record PurchaseView(
    long Id, string Platform, string Unit, string DocumentNumber, string? Reverses, DateOnly FirstDay, DateOnly LastDay,
    long AmountFen, string Evidence, string Note, DateTime ReceivedUtc, string ReceivedBy);

/// <summary>A procurement platform in a year: no sales of the city, and in none of their totals.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="CountsAsCitySales">Always false.</param>
/// <param name="Figures">Always <c>reported</c>.</param>
/// <param name="Year">The year.</param>
/// <param name="Due">The last day of the plans.</param>
/// <param name="PlanFen">All plans.</param>
/// <param name="PurchasedFen">All purchases against them.</param>
/// <param name="LeftFen">What is missing in the units that have not done their plan.</param>
/// <param name="Units">Each unit.</param>
/// <param name="Clause">The clause it comes from.</param>
internal sealed record ProcurementYearView(
    string Platform, string Zh, string En, bool CountsAsCitySales, string Figures, int Year, DateOnly Due, long PlanFen,
    long PurchasedFen, long LeftFen, IReadOnlyList<UnitYearView> Units, string Clause)
{
    /// <summary>Shows a platform's year. Pure.</summary>
    public static ProcurementYearView Of(
        VenueKind platform, int year, IReadOnlyList<UnitYear> units, string? county, DateOnly today)
    {
        var due = ProcurementRules.DueOf(platform, year);
        var rows = units.Where(u => u.Platform == platform.Id && (county is null || u.PlaceCode == county))
            .Select(u =>
            {
                var left = Math.Max(0, u.PlanFen - u.PurchasedFen);
                return new UnitYearView(u.Unit, u.Name, u.PlaceCode, u.PlanFen, u.PurchasedFen, left,
                    left == 0 ? "done" : today > due ? "overdue" : "pending");
            })
            .ToList();
        return new ProcurementYearView(
            platform.Id, platform.Zh, platform.En, platform.CountsAsCitySales, "reported", year, due,
            Sum(rows, r => r.PlanFen), Sum(rows, r => r.PurchasedFen), Sum(rows, r => r.LeftFen), rows,
            platform.Clause);
    }

    private static long Sum(IEnumerable<UnitYearView> rows, Func<UnitYearView, long> of) =>
        rows.Aggregate(0L, (sum, row) => checked(sum + of(row)));
}
