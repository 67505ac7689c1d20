using KioskFleet.Service.Access;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>The wish to block a product for its quality, or to end that.</summary>
/// <param name="Reason">Why; required.</param>
internal sealed record BlockRequest(string? Reason);

/// <summary>
/// Blocks products for their quality and ends that, each in one transaction with its step and its audit row.
/// Thread-safe.
/// </summary>
internal sealed class ProductBlockDesk(CatalogueVersionStore versions, PlacesDataSet places)
{
    private readonly CatalogueTimes _times = new(places.Zone);

    /// <summary>Blocks a product, or ends its block, from now on.</summary>
    public async Task<CatalogueOutcome<Product>> ChangeAsync(
        string productId, bool isEnd, BlockRequest request, string actor, CancellationToken cancellationToken) =>
        await versions.ChangeAsync<CatalogueOutcome<Product>>(
            turn =>
            {
                var fields = new RequestFields(_times, turn.NowUtcMs);
                var why = fields.Reason("reason", request.Reason);
                if (fields.Refused.Count > 0)
                {
                    return new CatalogueOutcome<Product>.Invalid(fields.Refused);
                }

                if (turn.Catalogue.ProductOf(productId) is not { } product)
                {
                    return new CatalogueOutcome<Product>.Unknown(CatalogueProblem.ProductUnknown, productId);
                }

                return Decide(turn, productId, isEnd) switch
                {
                    BlockDecision.Illegal illegal =>
                        new CatalogueOutcome<Product>.Illegal(illegal.State, illegal.Allowed),
                    BlockDecision.Taken taken => Take(turn, product, taken.Changes, (actor, why)),
                    var other => throw new InvalidOperationException($"{other.GetType().Name} has no outcome."),
                };
            },
            cancellationToken);

    private static BlockDecision Decide(CatalogueTurn turn, string productId, bool isEnd)
    {
        var blocks = turn.Catalogue.BlocksOf(productId).ToList();
        return isEnd
            ? ProductBlockRules.End(
                blocks,
                RecognitionStore.Of(turn.Connection, productId, county: null)
                    .Where(r => r.IsSuspendedForQuality).Select(r => r.County).ToHashSet(StringComparer.Ordinal),
                turn.NowUtcMs)
            : ProductBlockRules.Begin(productId, blocks, turn.NowUtcMs);
    }

    private static CatalogueOutcome<Product> Take(
        CatalogueTurn turn, Product product, IReadOnlyList<CatalogueChange> changes, (string Actor, string Why) asked)
    {
        var isNew = changes.Any(c => c is CatalogueChange.BlockBegun);
        turn.Commit(changes, new CatalogueOrigin(asked.Actor, $"block of product {product.ProductId}"));
        ProductBlockStore.Keep(turn, changes, asked.Actor, asked.Why);
        AuditLog.Write(turn.Connection, new AuditEntry(
            turn.NowUtcMs, asked.Actor, isNew ? "product.blocked" : "product.unblocked",
            $"product:{product.ProductId}", null, new { asked.Why }));
        return new CatalogueOutcome<Product>.Done(product, isNew);
    }
}
