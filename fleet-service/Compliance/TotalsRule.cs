using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>Adds a window's sales up by place. Pure.</summary>
internal static class TotalsRule
{
    /// <summary>
    /// Every county of the data set in its order, then any other code that has sales: amounts by the county of the
    /// assignment they were sold under, cabinets by the county of their last assignment.
    /// </summary>
    public static IReadOnlyList<PlaceTotals> Counties(
        WindowSales sales, IReadOnlyList<StandingRow> standings, PlacesDataSet places)
    {
        var amounts = sales.Assignments.ToLookup(a => a.CountyCode, a => a.Amounts, StringComparer.Ordinal);
        var rows = standings.Where(s => s.CurrentOperator).ToLookup(s => s.CountyCode, StringComparer.Ordinal);
        var known = places.Counties.Select(c => c.Code.Value).ToList();
        var others = amounts.Select(g => g.Key).Union(rows.Select(g => g.Key)).Except(known)
            .Order(StringComparer.Ordinal);
        return [.. known.Concat(others).Select(code =>
        {
            var county = places.CountyOf(code);
            return Place((code, county?.Zh, county?.En, county?.CabinetQuota), amounts[code], [.. rows[code]]);
        })];
    }

    /// <summary>The whole city.</summary>
    public static PlaceTotals City(WindowSales sales, IReadOnlyList<StandingRow> standings, PlacesDataSet places) =>
        Place(
            (places.City.Code.Value, places.City.Zh, places.City.En, places.City.CabinetTotal),
            sales.Assignments.Select(a => a.Amounts),
            [.. standings.Where(s => s.CurrentOperator)]);

    /// <summary>Counts standings, each cabinet once under its last operator.</summary>
    public static StandingCounts Count(IEnumerable<StandingRow> standings)
    {
        var by = standings.Where(s => s.CurrentOperator).CountBy(s => s.Standing).ToDictionary();
        return new StandingCounts(
            by.GetValueOrDefault(Standing.NoData),
            by.GetValueOrDefault(Standing.Compliant),
            by.GetValueOrDefault(Standing.AtRisk),
            by.GetValueOrDefault(Standing.Breach));
    }

    private static PlaceTotals Place(
        (string Code, string? Zh, string? En, int? Quota) place,
        IEnumerable<ClassAmounts> amounts,
        IReadOnlyList<StandingRow> rows)
    {
        var sum = amounts.Aggregate(default(ClassAmounts), (a, b) => a + b);
        var counts = Count(rows);
        return new PlaceTotals
        {
            Code = place.Code,
            Zh = place.Zh,
            En = place.En,
            CabinetQuota = place.Quota,
            Cabinets = rows.Count,
            AidFen = sum.AidFen,
            OrdinaryFen = sum.OrdinaryFen,
            UnmappedFen = sum.UnmappedFen,
            TotalFen = sum.TotalFen,
            ShareBasisPoints = AidShareRule.ShareBasisPoints(sum.AidFen, sum.TotalFen),
            SalesFen = sum.SalesFen,
            RefundsFen = sum.RefundsFen,
            NetFen = checked(sum.SalesFen - sum.RefundsFen),
            SalesLines = sum.SalesLines,
            NoData = counts.NoData,
            Compliant = counts.Compliant,
            AtRisk = counts.AtRisk,
            Breach = counts.Breach,
            NeverHeard = rows.Count(r => r.DataCompleteUntilUtc is null),
            DataCompleteUntilUtc = rows.Min(r => r.DataCompleteUntilUtc),
        };
    }
}
