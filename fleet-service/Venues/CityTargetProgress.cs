using KioskFleet.Service.Places;
using KioskFleet.Service.ProductSales;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Answers how far the city's target is, from the ledger's figures by product and from the reports. Thread-safe.
/// </summary>
internal sealed class CityTargetProgress(
    ProductSalesPageStore cabinets, ReportedSalesStore reports, ProcurementStore procurement, PlacesDataSet places,
    TimeProvider time)
{
    private readonly CityTargetRule _rule = new(places);

    /// <summary>The target as of now.</summary>
    public CityTargetView Now()
    {
        var target = places.CityTarget;
        var today = places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        var last = _rule.Last(today);
        var counts = new List<TargetCount>();
        var asOf = cabinets.Cabinets(last, last).AsOf;
        foreach (var (name, from) in _rule.Starts(FirstSold(), today))
        {
            var sold = cabinets.Cabinets(from, last);
            asOf = sold.AsOf;
            counts.Add(_rule.Count(new TargetSales(
                name, from, last, sold.Counties, reports.ByChannel(from, last), reports.ByTag(from, last)), today));
        }

        var units = procurement.Year(target.By.Year);
        return new CityTargetView(
            target.AidSalesFen, target.By, target.CountedFrom, target.Origin, target.Clause, today, asOf, counts,
            [.. new ProcurementRules(places).Platforms.Select(p => ProcurementYearView.Of(
                p, target.By.Year, units, null, today))]);
    }

    private DateOnly? FirstSold()
    {
        DateOnly? proven = cabinets.FirstDay() is { } day ? DayText.Of(day) : null;
        var reported = reports.FirstDay();
        return proven is null || reported < proven ? reported ?? proven : proven;
    }
}
