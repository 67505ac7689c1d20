using System.Runtime.InteropServices;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>Whose sales, and where they were made.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">The operator of its assignment; empty without one.</param>
/// <param name="CountyCode">The county of its assignment; empty without one.</param>
internal readonly record struct SoldWhere(string CabinetId, string OperatorId, string CountyCode);

/// <summary>What payment bills say of sales. Amounts in fen, refunds taken off.</summary>
/// <param name="Sales">Recorded sales.</param>
/// <param name="MatchedSales">Of them: on a complete amount of a bill.</param>
/// <param name="MatchedFen">The amount of the matched ones.</param>
/// <param name="MatchedAidFen">Its aid part.</param>
internal readonly record struct BilledAmounts(long Sales, long MatchedSales, long MatchedFen, long MatchedAidFen)
{
    /// <summary>Adds two.</summary>
    public static BilledAmounts operator +(BilledAmounts one, BilledAmounts other) => checked(new(
        one.Sales + other.Sales, one.MatchedSales + other.MatchedSales, one.MatchedFen + other.MatchedFen,
        one.MatchedAidFen + other.MatchedAidFen));
}

/// <summary>What payment bills say of a window. Immutable.</summary>
/// <param name="Sold">The recorded sales.</param>
/// <param name="Operators">Operators all whose bills of the window are there and complete, with no payment on them of
/// which nobody knows where it was made.</param>
/// <param name="Accused">Cabinets that a payment without a sale leads to.</param>
internal sealed record BilledWindow(
    IReadOnlyDictionary<SoldWhere, BilledAmounts> Sold, IReadOnlySet<string> Operators,
    IReadOnlySet<string> Accused);

/// <summary>Business days that bills tell otherwise of since somebody asked last.</summary>
/// <param name="Change">The number to ask from the next time.</param>
/// <param name="Days">Ranges of days, both ends in, yyyymmdd.</param>
internal sealed record BilledChanges(long Change, IReadOnlyList<(int First, int Last)> Days);

/// <summary>
/// What payment bills prove. Told by whoever matches bills with sales; standings only ask. Thread-safe.
/// </summary>
internal interface IBilledFigures
{
    /// <summary>What bills say of a window; null when no operator's bills of it are all there.</summary>
    /// <param name="window">The window, or the whole days of it that are meant.</param>
    /// <param name="cabinetId">One cabinet's sales, or null for all.</param>
    BilledWindow? Of(JudgingWindow window, string? cabinetId);

    /// <summary>What changed after a change.</summary>
    /// <param name="change">The number of the last answer; 0 for all that ever changed.</param>
    BilledChanges ChangedAfter(long change);
}

/// <summary>
/// Says which figures of a window are reconciled: sales of a cabinet under an operator, when the operator's bills are
/// all there, every sale is matched, no payment without a sale leads there, and the matched sums are the standing's
/// own to the fen. What adds several up is reconciled when each of them is. Made once, then only read; pure.
/// </summary>
internal sealed class FiguresProof
{
    private readonly Dictionary<(string Cabinet, string Operator), bool> _cabinets = [];
    private readonly Dictionary<(PlaceLevel Level, string Operator, string County), bool> _places = [];

    private FiguresProof()
    {
    }

    /// <summary>Compares the sales of a window with what bills say of it.</summary>
    /// <param name="sales">The sales as the ledger has them.</param>
    /// <param name="billed">What bills say; null for nothing.</param>
    public static FiguresProof Of(IReadOnlyList<AssignmentSales> sales, BilledWindow? billed)
    {
        var proof = new FiguresProof();
        if (billed is not null)
        {
            proof.Compare(sales, billed);
        }

        return proof;
    }

    /// <summary>The kind of a place's figures.</summary>
    public string OfPlace(PlaceLevel level, string operatorId, string countyCode) =>
        Word(_places.GetValueOrDefault(KeyOf(level, operatorId, countyCode)));

    /// <summary>
    /// The kind of a row's figures: its own sales', and those of what is judged together with them.
    /// </summary>
    public string OfRow(string cabinetId, string operatorId, string countyCode, Judged judged) =>
        Word(_cabinets.GetValueOrDefault((cabinetId, operatorId)) && judged switch
        {
            Judged.OperatorInCounty =>
                _places.GetValueOrDefault(KeyOf(PlaceLevel.OperatorInCounty, operatorId, countyCode)),
            Judged.County => _places.GetValueOrDefault(KeyOf(PlaceLevel.County, operatorId, countyCode)),
            _ => true,
        });

    private void Compare(IReadOnlyList<AssignmentSales> sales, BilledWindow billed)
    {
        var sums = new Dictionary<SoldWhere, ClassAmounts>(sales.Count);
        foreach (var one in sales)
        {
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(
                sums, new SoldWhere(one.CabinetId, one.OperatorId, one.CountyCode), out _);
            sum += one.Amounts;
        }

        // Sales that bills know and the window does not have would be missing in every sum.
        foreach (var where in billed.Sold.Keys)
        {
            sums.TryAdd(where, default);
        }

        foreach (var (where, sum) in sums)
        {
            ref var isProven = ref CollectionsMarshal.GetValueRefOrAddDefault(
                _cabinets, (where.CabinetId, where.OperatorId), out var isThere);
            isProven = (isProven || !isThere) && IsProven(where, sum, billed);
        }

        foreach (var where in sums.Keys)
        {
            var isProven = _cabinets[(where.CabinetId, where.OperatorId)];
            foreach (var level in Enum.GetValues<PlaceLevel>())
            {
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    _places, KeyOf(level, where.OperatorId, where.CountyCode), out var isThere);
                place = (place || !isThere) && isProven;
            }
        }
    }

    private static bool IsProven(SoldWhere where, ClassAmounts sum, BilledWindow billed)
    {
        var matched = billed.Sold.GetValueOrDefault(where);
        return billed.Operators.Contains(where.OperatorId) && !billed.Accused.Contains(where.CabinetId)
            && matched.Sales == matched.MatchedSales
            && matched.MatchedFen == sum.TotalFen && matched.MatchedAidFen == sum.AidFen;
    }

    private static (PlaceLevel, string, string) KeyOf(PlaceLevel level, string operatorId, string countyCode) =>
        level switch
        {
            PlaceLevel.OperatorInCounty => (level, operatorId, countyCode),
            PlaceLevel.Operator => (level, operatorId, ""),
            PlaceLevel.County => (level, "", countyCode),
            _ => (level, "", ""),
        };

    private static string Word(bool isReconciled) => isReconciled ? FigureKind.Reconciled : FigureKind.Signed;
}
