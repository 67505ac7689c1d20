using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// The catalogue of <c>bench compliance</c>: a hundred SKUs that sell equally, half of them aid, some unmapped. One of
/// them is listed late and taken off again, by turns, so that each correction affects one sale of a hundred.
/// </summary>
internal static class BenchCatalogue
{
    /// <summary>The SKU that is corrected.</summary>
    public const int CorrectedSku = 60;

    private const int AidSkus = 50;
    private const int MappedSkus = 95;

    /// <summary>All SKUs.</summary>
    public static IReadOnlyList<string> Skus { get; } = [.. Enumerable.Range(0, 100).Select(i => $"6905678{i:000000}")];

    /// <summary>A version of it.</summary>
    /// <param name="version">Its number.</param>
    /// <param name="listedFromUtcMs">From when the corrected SKU's product is listed; null when it is not.</param>
    public static CatalogueSnapshot Snapshot(long version, long? listedFromUtcMs)
    {
        var ids = Enumerable.Range(0, MappedSkus).ToList();
        var listed = ids.Where(i => i < AidSkus).Select(i => (Id: i, InForce: InForce.Always)).ToList();
        if (listedFromUtcMs is { } from)
        {
            listed.Add((CorrectedSku, new InForce(from, null)));
        }

        return CatalogueSnapshot.From(new CatalogueState(
            version,
            [.. ids.Select(i => new Product($"p{i}", $"商品{i}"))],
            [.. listed.Select(l => new Listing($"p{l.Id}", "341125", l.InForce))],
            [.. ids.Select(i => new SkuMapping(null, Skus[i], $"p{i}", InForce.Always))]));
    }

    /// <summary>
    /// Makes a version that judges the corrected SKU otherwise from a moment on, and puts it in force.
    /// </summary>
    public static async Task CorrectAsync(
        FleetDatabase database, CurrentCatalogue catalogue, bool isListed, long fromUtcMs, CancellationToken ct)
    {
        var version = catalogue.Snapshot.Version + 1;
        await database.WriteAsync((connection, _) =>
        {
            connection.Execute("""
                INSERT INTO catalogue_versions (version, made_utc_ms, made_by, source, affects_from_utc_ms)
                VALUES ($version, 0, 'bench', 'bench', $from)
                """, ("$version", version), ("$from", fromUtcMs));
            return connection.Execute("""
                INSERT INTO catalogue_affected (version, operator_id, sku, from_utc_ms, to_utc_ms)
                VALUES ($version, '', $sku, $from, NULL)
                """, ("$version", version), ("$from", fromUtcMs), ("$sku", Skus[CorrectedSku]));
        }, ct);
        catalogue.Replace(Snapshot(version, isListed ? fromUtcMs : null));
    }
}
