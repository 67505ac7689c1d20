using System.Text.Json.Nodes;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// More pieces that left as tests, gifts, promotions or maintenance than the policy allows: ordinary sales could be
/// hidden there. Maintenance has a part of its own, since a clearing takes many pieces at once. Tests up to the day of
/// the first sale are commissioning: every slot of a new cabinet is tried once.
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

    private sealed class NonSaleWatch(WatchedWindow window) : SalesWatch
    {
        private readonly Dictionary<int, long> _testsByDay = [];
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
                    _testsByDay[nonSale.Day] = _testsByDay.GetValueOrDefault(nonSale.Day) + nonSale.Pieces;
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

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            var terms = window.Terms;
            if (!IsExcess(_tests + _free + _promotion, _maintenance, _sold, terms))
            {
                yield break;
            }

            var commissioning = _testsByDay.Where(day => day.Key <= window.FirstSaleDay.Value).Sum(day => day.Value);
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
