namespace KioskFleet.Service.Catalogue;

/// <summary>What cannot be true twice at one time: a county's listing of a product, an operator's SKU.</summary>
/// <param name="IsListing">True for a listing, false for a mapping.</param>
/// <param name="Owner">Who recognised the product, or the operator; null for any.</param>
/// <param name="Subject">The product, or the SKU.</param>
internal sealed record LaneKey(bool IsListing, string? Owner, string Subject)
{
    /// <summary>The lane of a listing.</summary>
    public static LaneKey Of(Listing listing) => new(true, listing.RecognisedBy, listing.ProductId);

    /// <summary>The lane of a mapping.</summary>
    public static LaneKey Of(SkuMapping mapping) => new(false, mapping.OperatorId, mapping.Sku);
}

/// <summary>
/// Finds rows of one file that contradict or repeat an earlier one. The first word on a thing holds, whatever becomes
/// of its row. Pure.
/// </summary>
internal static class RowContradictions
{
    /// <summary>The rows that are left, in their order.</summary>
    /// <param name="rows">Readable rows in file order.</param>
    /// <param name="refused">Takes the others.</param>
    public static List<CatalogueRow> Without(
        IReadOnlyList<CatalogueRow> rows, Dictionary<CatalogueRow, RefusedRow> refused)
    {
        var said = new Dictionary<object, (object What, int Line)>();
        var whole = new Dictionary<CatalogueRow, int>();
        var kept = new List<CatalogueRow>(rows.Count);
        foreach (var row in rows)
        {
            var words = Words(row).ToList();
            var against = words.FirstOrDefault(w => said.TryGetValue(w.Thing, out var s) && !s.What.Equals(w.What));
            if (against.Thing is not null)
            {
                refused[row] = new RefusedRow(
                    row.Line, RefusalReason.ContradictsEarlierRow, against.Shown, said[against.Thing].Line);
                continue;
            }

            if (!whole.TryAdd(row with { Line = 0 }, row.Line))
            {
                refused[row] = new RefusedRow(
                    row.Line, RefusalReason.RepeatsEarlierRow, row.Mapping?.Sku ?? row.Product.ProductId,
                    whole[row with { Line = 0 }]);
                continue;
            }

            foreach (var (thing, what, _) in words)
            {
                said.TryAdd(thing, (what, row.Line));
            }

            kept.Add(row);
        }

        return kept;
    }

    private static IEnumerable<(object Thing, object What, string Shown)> Words(CatalogueRow row)
    {
        var id = row.Product.ProductId;
        yield return (id, row.Product.Name, row.Product.Name);
        foreach (var (name, value) in row.Product.Details.Stated())
        {
            yield return ((id, name), value, $"{value}");
        }

        if (row.Mapping is { } mapping)
        {
            yield return ((LaneKey.Of(mapping), mapping.InForce.FromUtcMs), mapping, mapping.Sku);
        }

        if (row.Listing is { } listing)
        {
            yield return ((LaneKey.Of(listing), listing.InForce.FromUtcMs), listing, listing.ProductId);
        }
    }
}
