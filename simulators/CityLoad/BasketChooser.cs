using KioskFleet.Protocol.Amounts;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Chooses what is in a customer's basket, so that the cabinet's share stays near where it is steered to. Not
/// thread-safe.
/// </summary>
internal sealed class BasketChooser
{
    private const int CouponBasisPoints = 600;
    private const int PromotionBasisPoints = 200;
    private const int GiftBasisPoints = 50;
    private const int UnmappedBasisPoints = 1_500;

    private readonly CabinetShelf _shelf;
    private readonly Chance _chance;
    private readonly CheckMarks _marks;

    /// <summary>A chooser for one cabinet.</summary>
    public BasketChooser(CabinetShelf shelf, Chance chance, CheckMarks marks)
    {
        _shelf = shelf;
        _chance = chance;
        _marks = marks;
    }

    /// <summary>One to three lines, sometimes with an order discount, a promotion or a gift.</summary>
    public List<SaleLine> Choose(ShareGoal goal, WindowTally tally)
    {
        var (aidFen, totalFen) = (tally.AidFen, tally.TotalFen);
        var roll = _chance.Below(100);
        var lines = new List<SaleLine>();
        for (var count = roll < 78 ? 1 : roll < 95 ? 2 : 3; count > 0; count--)
        {
            var aid = goal.WantsAid(aidFen, totalFen, _chance);
            var slot = aid ? _shelf.Pick(ShelfClass.Aid) : PickOther(tally, lines);
            var line = _shelf.FullPrice(slot, _chance.Hits(9_000) ? 1 : _chance.Between(2, 3));
            lines.Add(line);
            (aidFen, totalFen) = (aidFen + (aid ? line.PaidFen : 0), totalFen + line.PaidFen);
        }

        if (_chance.Hits(CouponBasisPoints))
        {
            Discount(lines, 100);
        }

        if (_chance.Hits(PromotionBasisPoints))
        {
            Discount(lines, lines.Sum(static line => line.PaidFen) * _chance.Between(20, 40) / 100);
        }

        if (_chance.Hits(GiftBasisPoints))
        {
            lines.Add(_shelf.Line(_shelf.Pick(_chance.Hits(5_000) ? ShelfClass.Aid : ShelfClass.Ordinary), 1, 0));
        }

        return lines;
    }

    /// <summary>Many pieces of one product, for a household or an office.</summary>
    public List<SaleLine> Bulk(ShareGoal goal, WindowTally tally)
    {
        var aid = goal.WantsAid(tally.AidFen, tally.TotalFen, _chance);
        var slot = _shelf.Pick(aid ? ShelfClass.Aid : ShelfClass.Ordinary);
        return [_shelf.FullPrice(slot, _chance.Between(CabinetShelf.MaxQuantity * 2, CabinetShelf.MaxBulkQuantity))];
    }

    /// <summary>What brings the share to its goal, or closer to it, in one sale.</summary>
    public List<SaleLine> Closing(ShareGoal goal, WindowTally tally)
    {
        var (aidFen, totalFen) = (tally.AidFen, tally.TotalFen);
        // One-sided goals may overshoot with whole pieces; a share between two bounds is met to the fen.
        var exact = goal is { LowBasisPoints: > 0, HighBasisPoints: < 10_000 };
        var lines = new List<SaleLine>();
        while (lines.Count < CabinetShelf.MaxLines && !goal.IsMet(aidFen, totalFen))
        {
            var (missingAid, missingOther) = totalFen > 0 ? goal.Correction(aidFen, totalFen) : (0, 500);
            var aid = missingAid > 0;
            var line = _shelf.LineToward(
                aid ? ShelfClass.Aid : ShelfClass.Ordinary, aid ? missingAid : missingOther, exact);
            lines.Add(line);
            (aidFen, totalFen) = (aidFen + (aid ? line.PaidFen : 0), totalFen + line.PaidFen);
        }

        return lines;
    }

    /// <summary>
    /// An ordinary product, or now and then one that nobody mapped: as long as these stay a third of what is found.
    /// </summary>
    private PlannedSlot PickOther(WindowTally tally, List<SaleLine> lines)
    {
        if (_shelf.HasUnmapped && _chance.Hits(UnmappedBasisPoints))
        {
            // Three pieces of it are the most, and none of the basket's other lines may be one already.
            var slot = _shelf.Pick(ShelfClass.Unmapped);
            var fen = tally.UnmappedFen + 3 * slot.Product.UnitPriceFen;
            if (lines.Count == 0 && fen * 10_000 <= tally.TotalFen * _marks.UnmappedShareBasisPoints / 3)
            {
                return slot;
            }
        }

        return _shelf.Pick(ShelfClass.Ordinary);
    }

    /// <summary>Takes a discount off an order, split over its lines by largest remainder.</summary>
    private static void Discount(List<SaleLine> lines, long fen)
    {
        var parts = new Money(fen).SplitByLargestRemainder([.. lines.Select(static line => line.PaidFen)]);
        for (var i = 0; i < lines.Count; i++)
        {
            lines[i] = lines[i] with { PaidFen = lines[i].PaidFen - parts[i].Fen };
        }
    }
}
