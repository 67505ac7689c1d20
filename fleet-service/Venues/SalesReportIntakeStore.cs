using KioskFleet.Service.Access;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Takes one report inside the caller's transaction: what it names is looked up where it is written, so nothing changes
/// in between. Writes only when it accepts. Thread-safe.
/// </summary>
internal sealed class SalesReportIntakeStore(PlacesDataSet places, CurrentPolicies policies)
{
    /// <summary>Takes a report.</summary>
    public IntakeVerdict Take(
        FleetConnection connection, SalesReportDraft draft, (long UtcMs, string By) received)
    {
        var first = SalesReportTable.Find(connection, draft.Reporter, draft.DocumentNumber);
        if (IntakeStore.AgainstFirst(first, DocumentRules.Digest(draft.Content)) is { } known)
        {
            return known;
        }

        var (report, refused) = draft.Reverses is null
            ? Original(connection, draft, received)
            : Counter(connection, draft, received);
        if (report is null)
        {
            return refused!;
        }

        var reportId = SalesReportTable.Insert(connection, report);
        AuditLog.Write(connection, Change(reportId, report));
        if (report.Origin.VenueId is { } seller && VenueStore.Find(connection, seller) is { } venue)
        {
            ReportedProductStore.TellPlaces(connection, venue, report.Amounts.Products, places.Zone);
        }

        return new IntakeVerdict.Accepted(reportId);
    }

    private (NewSalesReport? Report, IntakeVerdict.Refused? Refused) Original(
        FleetConnection connection, SalesReportDraft draft, (long UtcMs, string By) received)
    {
        var (origin, stated) = (draft.Origin!, draft.Amounts!);
        var venue = origin.VenueId is { } id ? VenueStore.Find(connection, id) : null;
        var period = (places.Zone.StartOfUtcMs(origin.First), places.Zone.StartOfUtcMs(origin.Last.AddDays(1)));
        var facts = ReportedProductStore.FactsOf(connection, places, stated.Products.Select(p => p.ProductId));
        var refusal = (origin.VenueId is null ? null : CheckVenue(origin, stated, venue))
            ?? stated.Products.Select(p => CheckProduct(p, facts, period)).FirstOrDefault(r => r is not null);
        if (refusal is not null)
        {
            return (null, new IntakeVerdict.Refused(refusal));
        }

        // Each sale has one counting channel, and is told once.
        if (SalesReportTable.FindSameDays(connection, draft.Reporter, origin) is var (first, told))
        {
            return (null, new IntakeVerdict.Refused(
                new Refusal(RefusalCode.ReportedAlready, "firstDay", told), first));
        }

        var (amounts, bad) = CountedAmountsRule.Count(
            stated, product => ReportedAidRule.IsOfCity(facts[product], period));
        return amounts is null
            ? (null, new IntakeVerdict.Refused(bad!))
            : (new NewSalesReport(
                draft, null, venue?.Kind ?? origin.Channel!, venue?.PlaceCode ?? origin.PlaceCode!, origin, amounts,
                received.UtcMs, received.By), null);
    }

    private Refusal? CheckProduct(
        ReportedProduct product, IReadOnlyDictionary<string, SkuTimeline> facts, (long, long) period) =>
        !facts.TryGetValue(product.ProductId, out var timeline)
            ? new Refusal(RefusalCode.NoSuchProduct, "products", product.ProductId)
        : product.AidFen == 0 ? null
        : ReportedAidRule.Check(product.ProductId, timeline, period, places.Zone);

    private static (NewSalesReport? Report, IntakeVerdict.Refused? Refused) Counter(
        FleetConnection connection, SalesReportDraft draft, (long UtcMs, string By) received)
    {
        if (SalesReportTable.FindReversible(connection, draft.Reporter, draft.Reverses!) is not { } reversed)
        {
            return Refused(RefusalCode.NoSuchDocument, draft);
        }

        if (reversed.IsCounter)
        {
            return Refused(RefusalCode.ReversesCounter, draft);
        }

        // Days without sales are a report, too: it can be taken back, once.
        if (reversed.Left.IsEmpty && reversed.IsReversed)
        {
            return Refused(RefusalCode.ReversesMore, draft);
        }

        var (amounts, bad) = CountedAmountsRule.Reverse(reversed.Left, draft.Amounts);
        return amounts is null
            ? (null, new IntakeVerdict.Refused(bad!))
            : (new NewSalesReport(
                draft, reversed.ReportId, reversed.Channel, reversed.PlaceCode, reversed.Origin, amounts,
                received.UtcMs, received.By), null);
    }

    private static (NewSalesReport? Report, IntakeVerdict.Refused? Refused) Refused(
        RefusalCode code, SalesReportDraft draft) =>
        (null, new IntakeVerdict.Refused(new Refusal(code, "reverses", draft.Reverses)));

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
            : ReportPeriodRule.Check(
                VenueStandingsRule.PolicyOf(venue, policies.Book, origin.Last)?.Window ?? ReportPeriodRule.Month,
                origin.First, origin.Last);
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
