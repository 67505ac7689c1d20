using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>A step of a block as it is kept.</summary>
/// <param name="SuspendedBy">Whose block it is.</param>
/// <param name="FromUtcMs">The block's beginning, Unix milliseconds UTC.</param>
/// <param name="IsEnd">True for its end.</param>
/// <param name="AtUtcMs">When the step was taken, Unix milliseconds UTC.</param>
/// <param name="Actor">Who.</param>
/// <param name="Why">The reason.</param>
internal sealed record KeptBlockStep(
    string SuspendedBy, long FromUtcMs, bool IsEnd, long AtUtcMs, string Actor, string Why);

/// <summary>
/// The table of who blocked a product for its quality and who ended that, when and why. The caller brings connection
/// and transaction.
/// </summary>
internal static class ProductBlockStore
{
    /// <summary>Keeps what changes of the catalogue begin and end.</summary>
    public static void Keep(CatalogueTurn turn, IEnumerable<CatalogueChange> changes, string actor, string why)
    {
        using var keep = turn.Connection.Prepare("""
            INSERT INTO product_block_steps (product_id, suspended_by, from_utc_ms, is_end, at_utc_ms, actor, why)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        foreach (var change in changes)
        {
            var (block, isEnd) = change switch
            {
                CatalogueChange.BlockBegun begun => (begun.Block, false),
                CatalogueChange.BlockEnded ended => (ended.Block, true),
                _ => (null, false),
            };
            if (block is not null)
            {
                keep.Set(1, block.ProductId).Set(2, block.SuspendedBy).Set(3, block.InForce.FromUtcMs)
                    .Set(4, isEnd ? 1L : 0L).Set(5, turn.NowUtcMs).Set(6, actor).Set(7, why).Run();
            }
        }
    }

    /// <summary>The steps of all blocks of a product, oldest first.</summary>
    public static IReadOnlyList<KeptBlockStep> Of(FleetConnection connection, string productId)
    {
        using var find = connection.Prepare("""
            SELECT suspended_by, from_utc_ms, is_end, at_utc_ms, actor, why FROM product_block_steps
            WHERE product_id = ?1 ORDER BY step_id
            """);
        find.Set(1, productId);
        var steps = new List<KeptBlockStep>();
        while (find.Next())
        {
            steps.Add(new KeptBlockStep(
                find.Text(0), find.Long(1), find.Long(2) != 0, find.Long(3), find.Text(4), find.Text(5)));
        }

        return steps;
    }
}
