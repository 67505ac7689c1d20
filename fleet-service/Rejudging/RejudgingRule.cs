using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.Rejudging;

/// <summary>How a sale counts until now.</summary>
/// <param name="Classes">One class per line.</param>
/// <param name="CatalogueVersion">The catalogue that said so.</param>
internal readonly record struct PresentJudgement(byte[] Classes, long CatalogueVersion);

/// <summary>What came of looking at a sale again.</summary>
/// <param name="Examined">The versions newer than its present judgement that affect a line of it.</param>
/// <param name="Rejudged">Its other classes; null when nothing changes.</param>
/// <param name="MovedFen">What was paid for the lines that change their class, in fen.</param>
internal readonly record struct RejudgingOutcome(
    IReadOnlyList<SweptVersion> Examined, Rejudgement? Rejudged, long MovedFen);

/// <summary>
/// Judges a sale again: exactly the lines that a newer catalogue version affects, by the snapshot that holds all of
/// these versions. The newest version that affects a line that changes answers for it: no later one says anything else
/// of that line. Pure.
/// </summary>
internal static class RejudgingRule
{
    private static readonly RejudgingOutcome Untouched = new([], null, 0);

    /// <summary>Judges a sale.</summary>
    public static RejudgingOutcome Judge(AffectedSale sale, PresentJudgement present, CatalogueSnapshot catalogue)
    {
        if (present.Classes.Length != sale.Lines.Length)
        {
            return Untouched;
        }

        var examined = new List<SweptVersion>(1);
        var after = (byte[])present.Classes.Clone();
        var change = default(ClassAmounts);
        SweptVersion? newest = null;
        var movedFen = 0L;
        for (var i = 0; i < sale.Lines.Length; i++)
        {
            if (sale.Lines[i].Sku is not { } sku
                || NewestOf(sku.Affecting(sale.OperatorId, sale.Position, sale.UtcMs, present.CatalogueVersion),
                    examined) is not { } version)
            {
                continue;
            }

            var now = catalogue.Classify(sale.OperatorId, sku.Utf8, sale.UtcMs);
            if ((byte)now != after[i])
            {
                change.Move((ProductClass)after[i], now, sale.Lines[i].PaidFen);
                movedFen += sale.Lines[i].PaidFen;
                newest = newest is null || version.Version > newest.Version ? version : newest;
                after[i] = (byte)now;
            }
        }

        return new RejudgingOutcome(examined, newest is null
            ? null
            : new Rejudgement(present.Classes, after, change, newest.Version, newest.MadeBy), movedFen);
    }

    private static SweptVersion? NewestOf(IEnumerable<SweptVersion> versions, List<SweptVersion> examined)
    {
        SweptVersion? newest = null;
        foreach (var version in versions)
        {
            if (!examined.Contains(version))
            {
                examined.Add(version);
            }

            newest = newest is null || version.Version > newest.Version ? version : newest;
        }

        return newest;
    }
}
