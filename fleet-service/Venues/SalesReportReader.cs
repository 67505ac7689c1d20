using System.Collections.Immutable;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Turns what was sent into a report that is well-formed by itself, or into the first thing that is wrong with it.
/// Pure.
/// </summary>
internal sealed class SalesReportReader(PlacesDataSet places)
{
    private readonly ChannelBook _channels = new(places);

    /// <summary>Reads one report; exactly one of the results is not null.</summary>
    public (SalesReportDraft? Draft, Refusal? Refusal) Read(SalesReportRequest request, DateOnly today)
    {
        var refusal = CheckDocument(request);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var isCounter = !string.IsNullOrEmpty(request.Reverses);
        var (origin, badOrigin) = isCounter ? (null, CheckCounter(request)) : Origin(request, today);
        if (badOrigin is not null)
        {
            return (null, badOrigin);
        }

        var (amounts, badAmounts) = Amounts(request);
        if (badAmounts is not null || (amounts is null && !isCounter))
        {
            return (null, badAmounts ?? new Refusal(RefusalCode.MoneyMissing, "totalYuan", null));
        }

        var (evidence, note) = (request.Evidence!.Trim(), request.Note?.Trim() ?? "");
        return (new SalesReportDraft(
            request.Reporter!, request.DocumentNumber!, Content(request, origin, amounts, (evidence, note)),
            isCounter ? request.Reverses : null, origin, amounts, evidence, note), null);
    }

    /// <summary>What every document needs: who reports, its number, what proves it.</summary>
    private static Refusal? CheckDocument(SalesReportRequest request) =>
        !FleetRequestRules.IsId(request.Reporter) ? new Refusal(RefusalCode.BadReporter, "reporter", request.Reporter)
        : DocumentRules.Check(request.DocumentNumber, request.Reverses, request.Evidence, request.Note);

    /// <summary>A counter-document says nothing that the document it reverses says already.</summary>
    private static Refusal? CheckCounter(SalesReportRequest request)
    {
        (string Field, string? Got)[] more =
        [
            ("venue", request.Venue), ("channel", request.Channel), ("county", request.County),
            ("firstDay", request.FirstDay), ("lastDay", request.LastDay),
            ("tags", request.Tags is { Count: > 0 } tags ? string.Join(';', tags) : null),
            ("outsideCity", request.OutsideCity?.ToString()),
        ];
        var first = more.FirstOrDefault(m => !string.IsNullOrEmpty(m.Got));
        return first.Field is null ? null : new Refusal(RefusalCode.CounterNamesMore, first.Field, first.Got);
    }

    private (ReportOrigin? Origin, Refusal? Refusal) Origin(SalesReportRequest request, DateOnly today)
    {
        var (venue, channel) = (Given(request.Venue), Given(request.Channel));
        if (venue is null == channel is null)
        {
            return (null, new Refusal(RefusalCode.OneChannel, "channel", $"{venue} {channel}".Trim()));
        }

        if (channel is not null && _channels.CheckChannel(channel) is { } bad)
        {
            return (null, new Refusal(bad, "channel", channel));
        }

        var tags = (request.Tags ?? []).Where(t => !string.IsNullOrWhiteSpace(t)).Select(t => t.Trim()).ToList();
        foreach (var tag in tags)
        {
            if (_channels.CheckTag(tag, channel) is { } badTag)
            {
                return (null, new Refusal(badTag, "tags", tag));
            }
        }

        if (tags.Count > VenueLimits.MaxTags || tags.Distinct().Count() != tags.Count)
        {
            return (null, new Refusal(RefusalCode.BadTag, "tags", string.Join(';', tags)));
        }

        var county = Given(request.County);
        if (county is null ? channel is not null : !VenueRequestRules.IsPlace(places, county))
        {
            return (null, new Refusal(RefusalCode.BadCounty, "county", request.County));
        }

        var (period, badPeriod) = DayText.Period(request.FirstDay, request.LastDay, today);
        if (period is not var (first, last))
        {
            return (null, badPeriod);
        }

        return ReportPeriodRule.Check(ReportPeriodRule.Month, first, last) is { } edge
            ? (null, edge)
            : (new ReportOrigin(venue, channel, county, request.OutsideCity ?? false, first, last,
                [.. tags.Order(StringComparer.Ordinal)]), null);
    }

    private static (StatedAmounts? Amounts, Refusal? Refusal) Amounts(SalesReportRequest request)
    {
        var aidText = new MoneyText(request.AidYuan, request.AidFen);
        var totalText = new MoneyText(request.TotalYuan, request.TotalFen);
        var recognisedText = new MoneyText(request.RecognisedAidYuan, request.RecognisedAidFen);
        if (aidText.IsMissing && totalText.IsMissing && recognisedText.IsMissing && request.Products is null or [])
        {
            return (null, null);
        }

        var aid = aidText.Read("aidYuan", out var badAid);
        var total = totalText.Read("totalYuan", out var badTotal);
        var recognised = recognisedText.Read("recognisedAidYuan", out var badRecognised);
        if ((badAid ?? badTotal ?? badRecognised) is { } bad)
        {
            return (null, bad);
        }

        if (aid is not { } aidFen || total is not { } totalFen)
        {
            return (null, new Refusal(RefusalCode.MoneyMissing, aid is null ? "aidYuan" : "totalYuan", null));
        }

        if (aidFen > totalFen)
        {
            return (null, new Refusal(RefusalCode.AidAboveTotal, "aidYuan", request.AidYuan ?? $"{aidFen} fen"));
        }

        var (products, badProducts) = Products(request.Products ?? []);
        return badProducts is not null
            ? (null, badProducts)
            : (new StatedAmounts(aidFen, totalFen, recognised, products), null);
    }

    private static (ImmutableArray<ReportedProduct> Products, Refusal? Refusal) Products(
        IReadOnlyList<ReportedProductRequest?> requests)
    {
        var products = new List<ReportedProduct>();
        foreach (var (request, at) in requests.Select((r, i) => (r, i)))
        {
            if (request is null)
            {
                return ([], new Refusal(RefusalCode.BadProducts, $"products[{at}]", null));
            }

            var aid = new MoneyText(request.AidYuan, request.AidFen).Read("products", out var badAid);
            var total = new MoneyText(request.TotalYuan, request.TotalFen).Read("products", out var badTotal);
            if ((badAid ?? badTotal) is { } bad)
            {
                return ([], bad);
            }

            if (string.IsNullOrWhiteSpace(request.ProductId) || (aid is null && total is null)
                || products.Exists(p => p.ProductId == request.ProductId.Trim()))
            {
                return ([], new Refusal(RefusalCode.BadProducts, "products", request.ProductId));
            }

            products.Add(new ReportedProduct(request.ProductId.Trim(), aid ?? 0, total ?? aid ?? 0));
        }

        return products.Count > VenueLimits.MaxProducts
            ? ([], new Refusal(RefusalCode.BadProducts, "products", $"{products.Count}"))
            : ([.. products.OrderBy(p => p.ProductId, StringComparer.Ordinal)], null);
    }

    /// <summary>Everything the document says, in one order and one form: yuan or fen make no difference.</summary>
    private static string Content(
        SalesReportRequest request, ReportOrigin? origin, StatedAmounts? amounts, (string Evidence, string Note) words)
    {
        var products = amounts?.Products.Select(p => $"{p.ProductId}\u001d{p.AidFen}\u001d{p.TotalFen}") ?? [];
        string?[] parts =
        [
            request.Reverses, origin?.VenueId, origin?.Channel, origin?.PlaceCode, $"{origin?.IsOutsideCity}",
            $"{origin?.First:yyyy-MM-dd}", $"{origin?.Last:yyyy-MM-dd}",
            string.Join('\u001e', origin?.Tags.AsEnumerable() ?? []),
            $"{amounts?.AidFen}", $"{amounts?.TotalFen}", $"{amounts?.RecognisedFen}",
            string.Join('\u001e', products),
            words.Evidence, words.Note,
        ];
        return string.Join('\u001f', parts);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
