namespace KioskFleet.Service.Catalogue;

/// <summary>Whether a product may be vended. The names are the API's words.</summary>
internal enum BlockState
{
    /// <summary>Nothing blocks it, or only what its recognition's own steps end.</summary>
    Free,

    /// <summary>It is blocked for its quality, and who blocked it may end that.</summary>
    Blocked,

    /// <summary>A recognition that is suspended for quality blocks it: lifting that ends the block.</summary>
    Suspended,
}

/// <summary>What a wish to block a product, or to end its block, comes to. A closed set.</summary>
internal abstract record BlockDecision
{
    private BlockDecision()
    {
    }

    /// <summary>It is legal: what changes in the catalogue.</summary>
    internal sealed record Taken(IReadOnlyList<CatalogueChange> Changes) : BlockDecision;

    /// <summary>The state does not allow it.</summary>
    internal sealed record Illegal(string State, IReadOnlyList<string> Allowed) : BlockDecision;
}

/// <summary>
/// Blocks of a product for its quality that depend on no recognition: it may be listed nationally only, or its
/// recognition may have expired. The end also ends what a recognition revoked for quality left blocked. Pure.
/// </summary>
internal static class ProductBlockRules
{
    /// <summary>Blocks a product from now on.</summary>
    /// <param name="productId">The product.</param>
    /// <param name="blocks">All its blocks.</param>
    /// <param name="nowUtcMs">The present, Unix milliseconds UTC.</param>
    public static BlockDecision Begin(string productId, IReadOnlyList<ProductBlock> blocks, long nowUtcMs)
    {
        var own = blocks.Where(b => b.SuspendedBy == ProductBlock.OfProduct).ToList();
        if (own.Any(b => b.InForce.ToUtcMs is null))
        {
            return new BlockDecision.Illegal(Word(BlockState.Blocked), [Word(BlockState.Free)]);
        }

        var from = own.Select(b => b.InForce.ToUtcMs ?? 0).Append(nowUtcMs).Max();
        return new BlockDecision.Taken([new CatalogueChange.BlockBegun(
            new ProductBlock(productId, ProductBlock.OfProduct, new InForce(from, null)))]);
    }

    /// <summary>Ends every block that no suspended recognition holds, from now on.</summary>
    /// <param name="blocks">All blocks of the product.</param>
    /// <param name="holders">Counties whose recognition of it is suspended for quality.</param>
    /// <param name="nowUtcMs">The present, Unix milliseconds UTC.</param>
    public static BlockDecision End(
        IReadOnlyList<ProductBlock> blocks, IReadOnlySet<string> holders, long nowUtcMs)
    {
        var open = blocks.Where(b => b.InForce.ToUtcMs is null).ToList();
        var ended = open.Where(b => !holders.Contains(b.SuspendedBy)).ToList();
        return (open.Count, ended.Count) switch
        {
            (0, _) => new BlockDecision.Illegal(Word(BlockState.Free), [Word(BlockState.Blocked)]),
            (_, 0) => new BlockDecision.Illegal(Word(BlockState.Suspended), [.. RecognitionRules.AllowedFrom(
                RecognitionState.Suspended, RecognitionGround.Quality).Select(CatalogueJson.Word)]),
            _ => new BlockDecision.Taken(
                [.. ended.Select(b => new CatalogueChange.BlockEnded(b.EndedAt(nowUtcMs)))]),
        };
    }

    private static string Word(BlockState state) => CatalogueJson.Word(state);
}
