using System.Text.Json.Nodes;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// Aid products that left in one sale in a quantity, or were paid at a price, that no customer of a cabinet buys. Lines
/// of one SKU count together; what was given back in full lifts nothing and is not looked at. One finding for a cabinet
/// and window.
/// </summary>
internal sealed class AbsurdSaleRule : ISalesRule
{
    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.AbsurdSale;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window) => new AbsurdWatch(window.Terms);

    /// <summary>True for an absurd quantity or price.</summary>
    /// <param name="pieces">Pieces of one aid product in one sale.</param>
    /// <param name="paidFen">What was paid for them, in fen.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsAbsurd(long pieces, long paidFen, CheckTerms terms) =>
        pieces > terms.AbsurdQuantity || paidFen > (Int128)terms.AbsurdUnitPriceFen * pieces;

    private sealed class AbsurdWatch(CheckTerms terms) : SalesWatch
    {
        private Examples _examples;
        private long _sales;
        private long _fen;
        private long _mostPieces;
        private long _highestFen;

        public override void See(SeenSale sale)
        {
            var isAbsurd = false;
            var lines = sale.Lines;
            for (var i = 0; i < lines.Length; i++)
            {
                if (Counts(lines[i]) && IsFirstOfItsSku(lines, i))
                {
                    isAbsurd |= Weigh(lines[i..], lines[i].Sku);
                }
            }

            if (isAbsurd)
            {
                _sales++;
                _examples.Add(sale.Position);
            }
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            if (_sales > 0)
            {
                yield return new PatternFound(
                    "", _fen, _fen,
                    new JsonObject
                    {
                        ["sales"] = _sales,
                        ["amountFen"] = _fen,
                        ["mostPieces"] = _mostPieces,
                        ["highestPieceFen"] = _highestFen,
                    },
                    [
                        PatternWords.Number(_sales), PatternWords.Yuan(_fen), PatternWords.Number(_mostPieces),
                        PatternWords.Yuan(_highestFen), PatternWords.Number(terms.AbsurdQuantity),
                        PatternWords.Yuan(terms.AbsurdUnitPriceFen),
                    ],
                    _examples);
            }
        }

        private static bool Counts(in SeenLine line) => line.Class == ProductClass.Aid && line.NetFen > 0;

        private static bool IsFirstOfItsSku(ReadOnlySpan<SeenLine> lines, int index)
        {
            for (var i = 0; i < index; i++)
            {
                if (lines[i].Sku == lines[index].Sku && Counts(lines[i]))
                {
                    return false;
                }
            }

            return true;
        }

        private bool Weigh(ReadOnlySpan<SeenLine> lines, int sku)
        {
            var (pieces, paidFen, netFen) = (0L, 0L, 0L);
            foreach (ref readonly var line in lines)
            {
                if (line.Sku == sku && Counts(line))
                {
                    pieces += line.Quantity;
                    paidFen += line.PaidFen;
                    netFen += line.NetFen;
                }
            }

            if (!IsAbsurd(pieces, paidFen, terms))
            {
                return false;
            }

            _fen = checked(_fen + netFen);
            _mostPieces = Math.Max(_mostPieces, pieces);
            _highestFen = Math.Max(_highestFen, paidFen / pieces);
            return true;
        }
    }
}
