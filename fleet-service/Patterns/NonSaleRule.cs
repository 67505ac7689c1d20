using System.Text.Json.Nodes;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// More pieces that left as tests, gifts, promotions or maintenance than the policy allows: ordinary sales could be
/// hidden there. Maintenance has a part of its own, since a clearing takes many pieces at once. Tests up to the day of
/// the first sale are commissioning, since every slot of a new cabinet is tried: a few pieces of each slot, within some
/// days. A cabinet that only ever tests is not being commissioned.
/// </summary>
internal sealed class NonSaleRule : ISalesRule
{
    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.NonSaleExcess;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window) => new NonSaleWatch(window);

    /// <summary>True when too much left without a sale.</summary>
    /// <param name="givenPieces">Tests, gifts and promotions.</param>
    /// <param name="maintenancePieces">What maintenance took out.</param>
    /// <param name="soldPieces">What was sold.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsExcess(long givenPieces, long maintenancePieces, long soldPieces, CheckTerms terms)
    {
        var all = givenPieces + maintenancePieces + soldPieces;
        return IsAbove(givenPieces, all, terms.NonSaleShareBasisPoints, terms)
            || IsAbove(maintenancePieces, all, terms.MaintenanceShareBasisPoints, terms);
    }

    private static bool IsAbove(long pieces, long all, int basisPoints, CheckTerms terms) =>
        pieces >= terms.NonSaleMinimumPieces
        && pieces > 0 && (Int128)pieces * PatternWords.Whole > (Int128)all * basisPoints;

    /// <summary>Tests that belong to commissioning, in pieces.</summary>
    /// <param name="tests">Tests by day, yyyymmdd, and slot.</param>
    /// <param name="firstSaleDay">The day of the first sale, yyyymmdd.</param>
    /// <param name="lastDay">The last day on which the cabinet is new, yyyymmdd.</param>
    /// <param name="terms">The thresholds.</param>
    public static long Commissioning(
        IEnumerable<KeyValuePair<(int Day, string Slot), long>> tests, int firstSaleDay, int lastDay,
        CheckTerms terms) => tests
        .Where(test => test.Key.Day <= Math.Min(firstSaleDay, lastDay))
        .GroupBy(test => test.Key.Slot, StringComparer.Ordinal)
        .Sum(slot => Math.Min(slot.Sum(test => test.Value), terms.CommissioningPiecesPerSlot));

    private sealed class NonSaleWatch(WatchedWindow window) : SalesWatch
    {
        private readonly SortedDictionary<(int Day, string Slot), long> _testsBySlot = [];
        private Examples _examples;
        private long _sold;
        private long _tests;
        private long _free;
        private long _promotion;
        private long _maintenance;

        public override void See(SeenSale sale)
        {
            foreach (ref readonly var line in sale.Lines)
            {
                _sold += line.Quantity;
            }
        }

        public override void See(SeenNonSale nonSale)
        {
            switch (nonSale.Purpose)
            {
                case NonSalePurpose.Test:
                    _tests += nonSale.Pieces;
                    foreach (var (slot, pieces) in nonSale.Slots)
                    {
                        var key = (nonSale.Day, slot);
                        _testsBySlot[key] = _testsBySlot.GetValueOrDefault(key) + pieces;
                    }

                    break;
                case NonSalePurpose.Free:
                    _free += nonSale.Pieces;
                    break;
                case NonSalePurpose.Promotion:
                    _promotion += nonSale.Pieces;
                    break;
                default:
                    _maintenance += nonSale.Pieces;
                    break;
            }

            _examples.Add(nonSale.Position);
        }

        private long Commissioning() => NonSaleRule.Commissioning(
            _testsBySlot, window.FirstSaleDay.Value, window.LastNewDay.Value, window.Terms);

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            var terms = window.Terms;
            if (!IsExcess(_tests + _free + _promotion, _maintenance, _sold, terms))
            {
                yield break;
            }

            var commissioning = Commissioning();
            var given = _tests - commissioning + _free + _promotion;
            if (!IsExcess(given, _maintenance, _sold, terms))
            {
                yield break;
            }

            yield return new PatternFound(
                "", given + _maintenance, null,
                new JsonObject
                {
                    ["test"] = _tests - commissioning,
                    ["free"] = _free,
                    ["promotion"] = _promotion,
                    ["maintenance"] = _maintenance,
                    ["sold"] = _sold,
                    ["commissioningTests"] = commissioning,
                },
                [
                    PatternWords.Number(given), PatternWords.Number(_maintenance), PatternWords.Number(_sold),
                    PatternWords.Percent(terms.NonSaleShareBasisPoints),
                    PatternWords.Percent(terms.MaintenanceShareBasisPoints),
                ],
                _examples);
        }
    }
}
