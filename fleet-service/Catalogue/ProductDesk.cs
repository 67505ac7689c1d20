using KioskFleet.Service.Access;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>A product's record as somebody wants it: the whole of it, what is absent is not stated any more.</summary>
/// <param name="Name">The name shown to people.</param>
/// <param name="Batch">The batch of recognition.</param>
/// <param name="Supplier">The market entity that supplies it.</param>
/// <param name="RecognisingCounty">GB/T 2260 code of the county to which its supplier applies.</param>
/// <param name="ValueFen">Its value (商品价值量), in fen: 1 万元 is 1,000,000.</param>
/// <param name="PeopleHelped">People whom it helps.</param>
/// <param name="Helping">wage (工资性), asset (资产性) or business (经营性).</param>
/// <param name="Evidence">References of the evidence.</param>
/// <param name="Pictures">Links of pictures.</param>
/// <param name="Introduction">What it is, for buyers.</param>
/// <param name="WhereToBuy">Where it can be bought, in words.</param>
internal sealed record ProductRequest(
    string? Name, string? Batch, string? Supplier, string? RecognisingCounty, long? ValueFen, long? PeopleHelped,
    string? Helping, IReadOnlyList<string?>? Evidence, IReadOnlyList<string?>? Pictures, string? Introduction,
    string? WhereToBuy);

/// <summary>The wish to put a product into the national list, or to end its listing there.</summary>
/// <param name="From">A day, a moment, or "now".</param>
/// <param name="To">A day or a moment (not included), or "open"; there is no default.</param>
/// <param name="Reason">Why, with the reference of the list; required.</param>
internal sealed record NationalListingRequest(string? From, string? To, string? Reason);

/// <summary>Changes products and national listings: each change is one transaction with its audit row. Thread-safe.
/// </summary>
internal sealed class ProductDesk(CatalogueVersionStore versions, PlacesDataSet places)
{
    private readonly CatalogueTimes _times = new(places.Zone);
    private readonly CountyCodes _counties = new(places);

    /// <summary>Makes a product or replaces its record.</summary>
    public async Task<CatalogueOutcome<Product>> PutAsync(
        string productId, ProductRequest request, string actor, CancellationToken cancellationToken)
    {
        var fields = new RequestFields(_times, versions.NowUtcMs);
        var product = Read(productId, request, fields);
        foreach (var wrong in ProductRules.Check(product, _counties))
        {
            fields.Refuse(wrong);
        }

        return fields.Refused.Count > 0
            ? new CatalogueOutcome<Product>.Invalid(fields.Refused)
            : await versions.ChangeAsync(turn => Put(turn, product, actor), cancellationToken);
    }

    /// <summary>Puts a product into the national list.</summary>
    public async Task<CatalogueOutcome<Listing>> ListNationallyAsync(
        string productId, NationalListingRequest request, string actor, CancellationToken cancellationToken) =>
        await versions.ChangeAsync<CatalogueOutcome<Listing>>(
            turn =>
            {
                var fields = new RequestFields(_times, turn.NowUtcMs);
                var listing = new Listing(productId, Listing.NationalList, fields.Span(request.From, request.To));
                var why = fields.Reason("reason", request.Reason);
                return fields.Refused.Count > 0
                    ? new CatalogueOutcome<Listing>.Invalid(fields.Refused)
                    : ListNationally(turn, listing, actor, why);
            },
            cancellationToken);

    /// <summary>Sets another end of the national listing in force, from now on.</summary>
    public async Task<CatalogueOutcome<Listing>> EndNationallyAsync(
        string productId, NationalListingRequest request, string actor, CancellationToken cancellationToken) =>
        await versions.ChangeAsync<CatalogueOutcome<Listing>>(
            turn =>
            {
                var fields = new RequestFields(_times, turn.NowUtcMs);
                var (isStated, to) = fields.End("to", request.To);
                if (!isStated)
                {
                    fields.Missing("to", 0);
                }

                var why = fields.Reason("reason", request.Reason);
                return fields.Refused.Count > 0
                    ? new CatalogueOutcome<Listing>.Invalid(fields.Refused)
                    : EndNationally(turn, productId, to, (actor, why));
            },
            cancellationToken);

    private static CatalogueOutcome<Product> Put(CatalogueTurn turn, Product product, string actor)
    {
        var present = turn.Catalogue.ProductOf(product.ProductId);
        if (present == product)
        {
            return new CatalogueOutcome<Product>.Done(product);
        }

        CatalogueChange[] changes = present is null
            ? [new CatalogueChange.ProductAdded(product)]
            :
            [
                .. present.Name == product.Name
                    ? Array.Empty<CatalogueChange>()
                    : [new CatalogueChange.ProductRenamed(present with { Name = product.Name })],
                .. present.Details == product.Details
                    ? Array.Empty<CatalogueChange>()
                    : [new CatalogueChange.ProductDescribed(product, present.Details)],
            ];
        turn.Commit(changes, new CatalogueOrigin(actor, $"product {product.ProductId}"));
        AuditLog.Write(turn.Connection, new AuditEntry(
            turn.NowUtcMs, actor, present is null ? "product.added" : "product.changed",
            $"product:{product.ProductId}", present is null ? null : View(present), View(product)));
        return new CatalogueOutcome<Product>.Done(product, IsNew: present is null);
    }

    private static object View(Product product) => new { product.Name, Details = ShownDetails.Of(product.Details) };

    private static CatalogueOutcome<Listing> ListNationally(
        CatalogueTurn turn, Listing listing, string actor, string why)
    {
        if (turn.Catalogue.ProductOf(listing.ProductId) is null)
        {
            return new CatalogueOutcome<Listing>.Unknown(CatalogueProblem.ProductUnknown, listing.ProductId);
        }

        if (turn.Catalogue.LaneOf(listing.ProductId, Listing.NationalList).Listings
            .FirstOrDefault(l => l.InForce.Overlaps(listing.InForce)) is { } other)
        {
            return new CatalogueOutcome<Listing>.Conflict(
                CatalogueProblem.ListingOverlaps, $"Listed from {CatalogueJson.Utc(other.InForce.FromUtcMs):O}.");
        }

        return Take(
            turn, (null, listing), new CatalogueChange.ListingAdded(listing), (actor, why, "listing.national"));
    }

    private CatalogueOutcome<Listing> EndNationally(
        CatalogueTurn turn, string productId, long? to, (string Actor, string Why) asked)
    {
        var present = turn.Catalogue.LaneOf(productId, Listing.NationalList).Listings
            .FirstOrDefault(l => !(l.InForce.ToUtcMs <= turn.NowUtcMs));
        if (present is null)
        {
            return new CatalogueOutcome<Listing>.Unknown(CatalogueProblem.SpanUnknown, productId);
        }

        // "Now" in the very millisecond in which the listing began still leaves it a time of its own.
        var end = to == turn.NowUtcMs ? Math.Max(to.Value, present.InForce.FromUtcMs + 1) : to;
        if (end <= present.InForce.FromUtcMs)
        {
            return new CatalogueOutcome<Listing>.Invalid(
                [new FieldRefusal("to", RefusalReason.EndNotAfterBeginning, _times.Shown(end.Value))]);
        }

        var ended = present with { InForce = present.InForce with { ToUtcMs = end } };
        return ended == present
            ? new CatalogueOutcome<Listing>.Done(present)
            : Take(
                turn, (present, ended), new CatalogueChange.ListingEndMoved(ended, present.InForce.ToUtcMs),
                (asked.Actor, asked.Why, "listing.nationalEnd"));
    }

    private static CatalogueOutcome<Listing> Take(
        CatalogueTurn turn, (Listing? Before, Listing After) listing, CatalogueChange change,
        (string Actor, string Why, string Action) asked)
    {
        if (PastRule.IsTouchedBy([change], turn.NowUtcMs))
        {
            return new CatalogueOutcome<Listing>.Conflict(
                CatalogueProblem.ChangesThePast, "Propose a correction: POST /api/v1/catalogue/corrections.");
        }

        turn.Commit([change], new CatalogueOrigin(asked.Actor, asked.Why));
        AuditLog.Write(turn.Connection, new AuditEntry(
            turn.NowUtcMs, asked.Actor, asked.Action, $"product:{listing.After.ProductId}", listing.Before,
            new { listing.After, asked.Why }));
        return new CatalogueOutcome<Listing>.Done(listing.After, IsNew: listing.Before is null);
    }

    private static Product Read(string productId, ProductRequest request, RequestFields fields)
    {
        static string? Stated(string? text) =>
            text?.Replace("\r\n", "\n", StringComparison.Ordinal).Trim() is { Length: > 0 } stated ? stated : null;

        static string? Items(IReadOnlyList<string?>? items) =>
            Stated(string.Join(ProductDetails.ItemSeparator, items?.Select(i => i?.Trim()) ?? []));

        if (string.IsNullOrWhiteSpace(request.Name))
        {
            fields.Missing("name", "");
        }

        var helping = CatalogueRowReader.Way(request.Helping);
        if (helping is null && !string.IsNullOrWhiteSpace(request.Helping))
        {
            fields.Refuse("helping", RefusalReason.BadHelping, request.Helping);
        }

        return new Product(productId, request.Name?.Trim() ?? "")
        {
            Details = new ProductDetails
            {
                Batch = Stated(request.Batch),
                Supplier = Stated(request.Supplier),
                RecognisingCounty = Stated(request.RecognisingCounty),
                ValueFen = request.ValueFen,
                PeopleHelped = request.PeopleHelped,
                Helping = helping,
                Evidence = Items(request.Evidence),
                Pictures = Items(request.Pictures),
                Introduction = Stated(request.Introduction),
                WhereToBuy = Stated(request.WhereToBuy),
            },
        };
    }
}
