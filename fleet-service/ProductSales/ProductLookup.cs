using System.Text;
using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Finds the product behind a SKU at a moment of sale, and whether a county of this city had listed it: what the
/// classifier says, without classes. One version of the catalogue, ready to read a ledger by. Immutable; thread-safe.
/// </summary>
internal sealed class ProductLookup(CatalogueSnapshot catalogue)
{
    /// <summary>The catalogue version that this lookup is.</summary>
    public long Version => catalogue.Version;

    /// <summary>The product of a sold line. Allocates nothing.</summary>
    /// <param name="operatorId">The operator of the cabinet's assignment at the moment of sale.</param>
    /// <param name="skuUtf8">The SKU's bytes as received.</param>
    /// <param name="saleTimeUtcMs">The corrected moment of sale, Unix milliseconds.</param>
    public SoldProduct Find(string operatorId, ReadOnlySpan<byte> skuUtf8, long saleTimeUtcMs) =>
        SoldProduct.Of(catalogue.Describe(operatorId, skuUtf8, saleTimeUtcMs));

    /// <summary>
    /// True when this and another version say the same of every sale up to and with a moment: figures made with the one
    /// are the figures of the other.
    /// </summary>
    public bool AgreesUntil(ProductLookup other, long lastUtcMs) =>
        catalogue.Index.Skus.Union(other.Catalogue.Index.Skus, StringComparer.Ordinal).All(sku =>
        {
            var skuUtf8 = Encoding.UTF8.GetBytes(sku);
            var (mine, theirs) = (catalogue.TimelinesOf(skuUtf8), other.Catalogue.TimelinesOf(skuUtf8));
            return Agree(mine.AnyOperator, theirs.AnyOperator, lastUtcMs)
                && (mine.OwnByOperator?.Keys ?? []).Union(theirs.OwnByOperator?.Keys ?? [])
                    .All(owner => Agree(mine.For(owner), theirs.For(owner), lastUtcMs));
        });

    private CatalogueSnapshot Catalogue => catalogue;

    /// <summary>Both change only at their steps.</summary>
    private static bool Agree(SkuTimeline one, SkuTimeline other, long lastUtcMs)
    {
        foreach (var moment in (ReadOnlySpan<long>)[.. one.StepsUtcMs, .. other.StepsUtcMs])
        {
            if (moment <= lastUtcMs && SoldProduct.Of(one.At(moment)) != SoldProduct.Of(other.At(moment)))
            {
                return false;
            }
        }

        return true;
    }
}
