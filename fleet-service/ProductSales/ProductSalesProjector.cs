using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Follows the ledger with a cursor and sums it by product. When the catalogue says something else of sales that were
/// read, all is made anew in bounded steps, and the old figures are shown until that is done. What changes meanwhile
/// waits for it: so newer figures always arrive, however often the catalogue changes.
/// </summary>
internal sealed class ProductSalesProjector(
    FleetDatabase database, LedgerGenerationStore generations, PlacesDataSet places, Leases leases,
    ILogger<ProductSalesProjector> log)
    : LedgerFollower(leases, "product-sales", ProductSalesLimits.Idle)
{
    private ProductLookup? _products;

    /// <summary>What one step found to do.</summary>
    private sealed record Work(
        EditionStep Step, ProductSalesBasis Basis, ProductLookup Products, LedgerStretch? Stretch, bool HasOldEditions);

    /// <summary>Does one step; false when there was nothing to do. One caller at a time.</summary>
    internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var work = Find();
        if (work.Step is EditionStep.Begin begin)
        {
            await database.WriteAsync(
                (connection, _) =>
                {
                    ProductSalesStore.Begin(connection, begin, work.Basis, Time.GetUtcNow().ToUnixTimeMilliseconds());
                    return true;
                },
                cancellationToken);
            ProductSalesLog.Begun(log, begin.Cause);
            _products = work.Products;
            return true;
        }

        var edition = ((EditionStep.ReadOn)work.Step).Edition;
        var isDone = work.Stretch is null && !edition.IsServed;
        var isConfirmed = edition.Basis == work.Basis;
        if (work.Stretch is null && !isDone && isConfirmed && !work.HasOldEditions)
        {
            _products = work.Products;
            return false;
        }

        await WriteAsync(work, edition with { Basis = work.Basis }, isDone, cancellationToken);
        _products = work.Products;
        if (isDone)
        {
            ProductSalesLog.Served(log, edition.Number);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void Tell(Exception error) => ProductSalesLog.Failed(log, error);

    /// <summary>Reads everything of one moment that a step is decided by.</summary>
    private Work Find()
    {
        var generation = generations.Current();
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        var known = _products;
        var version = CatalogueStore.Version(connection);
        var products = known?.Version == version
            ? known
            : new ProductLookup(CatalogueSnapshot.From(CatalogueStore.Read(connection, places)));
        var basis = new ProductSalesBasis(generation, version);
        var (served, making) = ProductSalesStore.Editions(connection);

        // After a restart the older version is not at hand: then a difference is assumed.
        var step = EditionRule.Next(served, making, basis, known?.Version,
            edition => known!.AgreesUntil(products, edition.LatestSaleUtcMs));
        if (step is EditionStep.ReadOn { Basis: var kept } && kept != basis)
        {
            (basis, products) = (kept, known!);
        }

        var stretch = step is EditionStep.ReadOn on ? ProductLedgerStore.Read(connection, on.Edition) : null;
        return new Work(step, basis, products, stretch, ClearedEditionStore.HasWork(connection));
    }

    private Task<bool> WriteAsync(Work work, ProductSalesEdition edition, bool isDone, CancellationToken ct)
    {
        // Summed outside the writers' queue, so that nobody waits for it.
        var change = work.Stretch is { } read ? ProductSalesRule.Change(read, work.Products) : null;
        return database.WriteAsync(
            (connection, _) =>
            {
                if (change is not null)
                {
                    ProductSalesStore.Apply(connection, edition, work.Stretch!, change);
                }
                else
                {
                    ProductSalesStore.Confirm(connection, edition);
                    if (isDone)
                    {
                        ProductSalesStore.Serve(connection, edition.Number);
                    }
                }

                if (work.HasOldEditions)
                {
                    ClearedEditionStore.Step(connection);
                }

                return true;
            },
            ct);
    }
}
