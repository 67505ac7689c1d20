using System.Text.Json.Nodes;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// Aid sales paid in ways that no provider's bill lists, such as cash or card, by more than the policy's part of the
/// aid amount: whoever invents sales so meets no bill. Some of it is ordinary life, and below the policy's amount
/// nothing is said. One finding for a cabinet and window; it says that nobody can check them, and not that they are
/// staged.
/// </summary>
internal sealed class NotByBillRule : ISalesRule
{
    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.UncheckablePayments;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window) => new NotByBillWatch(window.Terms);

    /// <summary>True when too large a part of the aid amount is on no bill.</summary>
    /// <param name="fen">Aid paid in ways that no bill lists, in fen.</param>
    /// <param name="aidFen">The cabinet's aid amount, in fen.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsExcess(long fen, long aidFen, CheckTerms terms) =>
        fen > 0 && fen >= terms.NotByBillMinimumFen
        && (Int128)fen * PatternWords.Whole > (Int128)aidFen * terms.NotByBillBasisPoints;

    private sealed class NotByBillWatch(CheckTerms terms) : SalesWatch
    {
        private Examples _examples;
        private long _sales;
        private long _fen;

        public override void See(SeenSale sale)
        {
            if (!sale.IsByBill && sale.AidNetFen is not 0 and var fen)
            {
                _sales++;
                _fen = checked(_fen + fen);
                _examples.Add(sale.Position);
            }
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            if (IsExcess(_fen, amounts.AidFen, terms))
            {
                yield return new PatternFound(
                    "", _fen, _fen,
                    new JsonObject
                    {
                        ["sales"] = _sales,
                        ["amountFen"] = _fen,
                        ["aidFen"] = amounts.AidFen,
                    },
                    [
                        PatternWords.Number(_sales), PatternWords.Yuan(_fen), PatternWords.Yuan(amounts.AidFen),
                        PatternWords.Percent(terms.NotByBillBasisPoints), PatternWords.Yuan(terms.NotByBillMinimumFen),
                    ],
                    _examples);
            }
        }
    }
}
