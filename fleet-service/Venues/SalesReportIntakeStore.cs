using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Takes one report inside the caller's transaction: what it names is looked up where it is written, so nothing changes
/// in between. Writes only when it accepts. Thread-safe.
/// </summary>
internal sealed class SalesReportIntakeStore(PlacesDataSet places)
{
    private readonly HashSet<string> _cityCodes =
        [places.City.Code.Value, .. places.Counties.Select(c => c.Code.Value)];

    /// <summary>Takes a report.</summary>
    public IntakeVerdict Take(
        SqliteConnection connection, SalesReportDraft draft, (long UtcMs, string By) received)
    {
        var first = SalesReportTable.Find(connection, draft.Reporter, draft.DocumentNumber);
        if (IntakeStore.AgainstFirst(first, DocumentRules.Digest(draft.Content)) is { } known)
        {
            return known;
        }

        var (report, refusal) = draft.Reverses is null
            ? Original(connection, draft, received)
            : Counter(connection, draft, received);
        if (report is null)
        {
            return new IntakeVerdict.Refused(refusal!);
        }

        var reportId = SalesReportTable.Insert(connection, report);
        AuditLog.Write(connection, Change(reportId, report));
        if (report.Origin.VenueId is { } seller && VenueStore.Find(connection, seller) is { } venue)
        {
            ReportedProductStore.TellPlaces(connection, venue, report.Amounts.Products, places.Zone);
        }

        return new IntakeVerdict.Accepted(reportId);
    }

    private (NewSalesReport? Report, Refusal? Refusal) Original(
        SqliteConnection connection, SalesReportDraft draft, (long UtcMs, string By) received)
    {
        var (origin, stated) = (draft.Origin!, draft.Amounts!);
        var venue = origin.VenueId is { } id ? VenueStore.Find(connection, id) : null;
        var period = (places.Zone.StartOfUtcMs(origin.First), places.Zone.StartOfUtcMs(origin.Last.AddDays(1)));
        var refusal = (origin.VenueId is null ? null : CheckVenue(origin, stated, venue))
            ?? ReportedProductStore.Check(connection, stated, period);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var (amounts, bad) = CountedAmountsRule.Count(
            stated, product => ReportedProductStore.IsListed(connection, product, period, _cityCodes));
        return amounts is null
            ? (null, bad)
            : (new NewSalesReport(
                draft, null, venue?.Kind ?? origin.Channel!, venue?.PlaceCode ?? origin.PlaceCode!, origin, amounts,
                received.UtcMs, received.By), null);
    }

    private static (NewSalesReport? Report, Refusal? Refusal) Counter(
        SqliteConnection connection, SalesReportDraft draft, (long UtcMs, string By) received)
    {
        if (SalesReportTable.FindReversible(connection, draft.Reporter, draft.Reverses!) is not { } reversed)
        {
            return (null, new Refusal(RefusalCode.NoSuchDocument, "reverses", draft.Reverses));
        }

        if (reversed.IsCounter)
        {
            return (null, new Refusal(RefusalCode.ReversesCounter, "reverses", draft.Reverses));
        }

        var (amounts, bad) = CountedAmountsRule.Reverse(reversed.Left, draft.Amounts);
        return amounts is null
            ? (null, bad)
            : (new NewSalesReport(
                draft, reversed.ReportId, reversed.Channel, reversed.PlaceCode, reversed.Origin, amounts,
                received.UtcMs, received.By), null);
    }

    private Refusal? CheckVenue(ReportOrigin origin, StatedAmounts stated, VenueModel? venue)
    {
        if (venue is null)
        {
            return new Refusal(RefusalCode.NoSuchVenue, "venue", origin.VenueId);
        }

        return origin.PlaceCode is { } code && code != venue.PlaceCode
                ? new Refusal(RefusalCode.CountyDiffers, "county", code)
            : origin.IsOutsideCity && venue.Presence == Presence.Offline
                ? new Refusal(RefusalCode.OutsideCityOffline, "outsideCity", "true")
            : !venue.MaySellIn(origin.First, origin.Last)
                ? new Refusal(
                    RefusalCode.OutsideVenueLife, "firstDay", $"{origin.First:yyyy-MM-dd} – {origin.Last:yyyy-MM-dd}")
            : stated.AidFen != stated.TotalFen && places.VenueKinds.Any(k => k.Id == venue.Kind && k.AllAid)
                ? new Refusal(RefusalCode.AllAidVenue, "aidYuan", null)
            : null;
    }

    private static AuditEntry Change(long reportId, NewSalesReport report) => new(
        report.ReceivedUtcMs, report.ReceivedBy,
        report.ReversesId is null ? "sales-report.accepted" : "sales-report.reversed", $"sales-report:{reportId}", null,
        new
        {
            report.Draft.Reporter,
            report.Draft.DocumentNumber,
            report.Draft.Reverses,
            report.Channel,
            venue = report.Origin.VenueId,
            report.PlaceCode,
            report.Amounts.AidFen,
            report.Amounts.TotalFen,
        });
}
