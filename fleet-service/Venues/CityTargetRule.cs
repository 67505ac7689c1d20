using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.ProductSales;

namespace KioskFleet.Service.Venues;

/// <summary>A start of counting with what was sold from then on.</summary>
/// <param name="Name">See <see cref="TargetCount.Start"/>.</param>
/// <param name="From">First day.</param>
/// <param name="Last">Last day, inside.</param>
/// <param name="Cabinets">What cabinets sold, by county: proven.</param>
/// <param name="Channels">What was reported, by channel and place.</param>
/// <param name="Tags">What was reported, by tag and place.</param>
internal sealed record TargetSales(
    string Name, DateOnly From, DateOnly Last, IReadOnlyList<CabinetSales> Cabinets,
    IReadOnlyList<ReportedSales> Channels, IReadOnlyList<ReportedSales> Tags);

/// <summary>
/// The city's target over all channels (12月底前全市扶贫产品销售额): by channel and county, proven and reported apart.
/// The plan may name neither the start of counting nor whose products count: then each reading is shown. Pure; whole
/// fen, whole days.
/// </summary>
internal sealed class CityTargetRule(PlacesDataSet places)
{
    private readonly ChannelBook _channels = new(places);

    /// <summary>The plan's own start.</summary>
    public const string Stated = "stated";

    /// <summary>Everything that was ever sold.</summary>
    public const string Everything = "everything";

    /// <summary>The first day of the year in which the target ends.</summary>
    public const string YearOfTarget = "yearOfTarget";

    /// <summary>The starts of counting.</summary>
    /// <param name="firstSold">First day with any sales; null before any.</param>
    /// <param name="today">The present business day.</param>
    public IReadOnlyList<(string Name, DateOnly From)> Starts(DateOnly? firstSold, DateOnly today)
    {
        var target = places.CityTarget;
        return target.CountedFrom is { } from
            ? [(Stated, from)]
            :
            [
                (Everything, Earlier(firstSold ?? today, target.By)),
                (YearOfTarget, new DateOnly(target.By.Year, 1, 1)),
            ];
    }

    /// <summary>The last day that is counted.</summary>
    public DateOnly Last(DateOnly today) => Earlier(today, places.CityTarget.By);

    /// <summary>Where a term that begins on a day stands.</summary>
    public TargetTerm Term(DateOnly from, DateOnly today) => today < from ? TargetTerm.NotBegun
        : today > places.CityTarget.By ? TargetTerm.Ended
        : TargetTerm.Running;

    /// <summary>Counts from one start.</summary>
    public TargetCount Count(TargetSales sales, DateOnly today)
    {
        var channels = _channels.All.Select(channel => Channel(channel, sales.Channels
            .Where(s => s.Channel == channel.Id).Select(s => (s.PlaceCode, Of(s)))
            .Concat(channel.Id == PolicyBook.CabinetVenue
                ? sales.Cabinets.Select(c => (c.CountyCode, Of(c)))
                : []))).ToList();
        var total = channels.Aggregate(AidColumns.Zero, (sum, c) => sum + c.Aid);
        SalesOrigin[] origins = places.CityTarget.Origin is { } only
            ? [only]
            : [SalesOrigin.SoldInCity, SalesOrigin.RecognisedByCity];
        return new TargetCount(
            sales.Name, sales.From, sales.Last,
            [.. origins.Select(origin => Reading(origin, total, sales.From, today))],
            channels,
            Counties(channels),
            [.. _channels.All.Where(c => sales.Tags.Any(t => t.Channel == c.Id)).Select(c => Channel(
                c, sales.Tags.Where(t => t.Channel == c.Id).Select(t => (t.PlaceCode, Of(t)))))])
        {
            Term = Term(sales.From, today),
        };
    }

    /// <summary>How far one reading is.</summary>
    public TargetReading Reading(SalesOrigin origin, AidColumns total, DateOnly from, DateOnly today)
    {
        var (proven, reported) = origin == SalesOrigin.SoldInCity
            ? (total.ProvenSoldInCityFen, total.ReportedSoldInCityFen)
            : (total.ProvenRecognisedByCityFen, total.ReportedRecognisedByCityFen);
        var target = places.CityTarget;
        var sum = checked(proven + reported);
        var left = Math.Max(0, target.AidSalesFen - sum);

        // Today counts on both sides: it has brought something, and may bring more.
        var soFar = Math.Max(0, Last(today).DayNumber - from.DayNumber + 1);
        var ahead = Math.Max(0, target.By.DayNumber - (today < from ? from : today).DayNumber + 1);
        return new TargetReading(
            origin, proven, reported, sum, target.AidSalesFen, left, left == 0, soFar, ahead,
            soFar == 0 ? null : long.CreateChecked(Int128.Max(0, sum) / soFar),
            left == 0 ? 0 : ahead == 0 ? null : (left - 1) / ahead + 1);
    }

    private static DateOnly Earlier(DateOnly one, DateOnly other) => one < other ? one : other;

    private static AidColumns Of(CabinetSales sales) => new(sales.AidFen, sales.RecognisedAidFen, 0, 0, 0);

    private static AidColumns Of(ReportedSales sales) =>
        new(0, 0, sales.IsOutsideCity ? 0 : sales.AidFen, sales.RecognisedFen, sales.UnstatedFen);

    private ChannelAid Channel(CountingChannel channel, IEnumerable<(string Code, AidColumns Aid)> sales)
    {
        var rows = sales.GroupBy(s => s.Code, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Place(g.Key, g.Aggregate(AidColumns.Zero, (sum, s) => sum + s.Aid)))
            .ToList();
        return new ChannelAid(channel.Id, channel.Group, channel.Zh, channel.En,
            rows.Aggregate(AidColumns.Zero, (sum, r) => sum + r.Aid), rows);
    }

    private List<PlaceAid> Counties(IReadOnlyList<ChannelAid> channels)
    {
        var sums = channels.SelectMany(c => c.Places).ToLookup(p => p.Code, p => p.Aid, StringComparer.Ordinal);
        var known = places.Counties.Select(c => c.Code.Value).Prepend(places.City.Code.Value).ToList();
        var others = sums.Select(g => g.Key).Except(known).Order(StringComparer.Ordinal);
        return [.. known.Concat(others).Select(code => Place(
            code, sums[code].Aggregate(AidColumns.Zero, (sum, aid) => sum + aid)))];
    }

    private PlaceAid Place(string code, AidColumns aid)
    {
        var name = VenueJson.NameOf(places, code);
        return new PlaceAid(code, name?.Zh, name?.En, aid);
    }
}
