using System.Text.Json.Nodes;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// Aid sales of a window that were given back on days after it, by more than the policy's part: several of them, or any
/// without which the window would have been in breach. One refund after midnight is ordinary life; one by which a
/// window stood is not. Whoever waits until a window is final is found too: each window is looked at again whose aid
/// was given back in the last days.
/// </summary>
internal sealed class LateRefundRule : ISalesRule
{
    /// <inheritdoc/>
    public FindingKind Kind => FindingKind.RefundedAfterWindow;

    /// <inheritdoc/>
    public bool LooksAtFinalWindows => true;

    /// <inheritdoc/>
    public SalesWatch Watch(WatchedWindow window) => new LateRefundWatch(window);

    /// <summary>True when too much was given back after the window.</summary>
    /// <param name="sales">Aid sales that were.</param>
    /// <param name="lateFen">What was given back of them, in fen.</param>
    /// <param name="aidAsItStoodFen">The window's aid sales as they stood before, in fen.</param>
    /// <param name="savedTheWindow">Whether the window stood only by them.</param>
    /// <param name="terms">The thresholds.</param>
    public static bool IsStaged(
        long sales, long lateFen, long aidAsItStoodFen, bool savedTheWindow, CheckTerms terms) =>
        lateFen > 0 && (sales >= terms.LateRefundMinimumSales || savedTheWindow)
        && (Int128)lateFen * PatternWords.Whole > (Int128)aidAsItStoodFen * terms.LateRefundShareBasisPoints;

    private sealed class LateRefundWatch(WatchedWindow window) : SalesWatch
    {
        private Examples _examples;
        private long _sales;

        public override void See(SeenSale sale)
        {
            foreach (ref readonly var line in sale.Lines)
            {
                if (line.Class == ProductClass.Aid && line.LateRefundedFen > 0)
                {
                    _sales++;
                    _examples.Add(sale.Position);
                    return;
                }
            }
        }

        public override IEnumerable<PatternFound> Found(WindowAmounts amounts)
        {
            var (aidFen, totalFen) = (amounts.AidFen + amounts.LateAidFen, amounts.TotalFen + amounts.LateFen);
            var stood = window.StandingOf(aidFen, totalFen);
            var saved = stood is Standing.Compliant or Standing.AtRisk
                && window.StandingOf(amounts.AidFen, amounts.TotalFen) == Standing.Breach;
            if (!window.HasEnded || !IsStaged(_sales, amounts.LateAidFen, aidFen, saved, window.Terms))
            {
                yield break;
            }

            yield return new PatternFound(
                "", amounts.LateAidFen, null,
                new JsonObject
                {
                    ["sales"] = _sales,
                    ["refundedFen"] = amounts.LateAidFen,
                    ["asItStood"] = PatternEvidence.Share(window, aidFen, totalFen),
                    ["withoutThem"] = PatternEvidence.Share(window, amounts.AidFen, amounts.TotalFen),
                    ["windowStoodOnlyByThem"] = saved,
                },
                [
                    PatternWords.Number(_sales), PatternWords.Yuan(amounts.LateAidFen), PatternWords.Yuan(aidFen),
                    PatternWords.Percent(window.Terms.LateRefundShareBasisPoints),
                    PatternWords.Share(aidFen, totalFen), PatternWords.Share(amounts.AidFen, amounts.TotalFen),
                ],
                _examples);
        }
    }
}
