using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.Ledger;

/// <summary>Where a sale counts.</summary>
/// <param name="Position">Its ledger position.</param>
/// <param name="Cabinet">Its cabinet.</param>
/// <param name="AssignmentId">Its assignment.</param>
/// <param name="BusinessDay">Its day, yyyymmdd.</param>
internal readonly record struct CountedSale(long Position, CabinetId Cabinet, long AssignmentId, int BusinessDay);

/// <summary>Other classes for the lines of a sale, and the catalogue's version that says so.</summary>
/// <param name="Before">One class per line until now.</param>
/// <param name="After">One class per line from now on.</param>
/// <param name="Change">What the sale's amounts and lines change by.</param>
/// <param name="CatalogueVersion">The version.</param>
/// <param name="MadeBy">Who answers for that version.</param>
internal sealed record Rejudgement(
    byte[] Before, byte[] After, ClassAmounts Change, long CatalogueVersion, string MadeBy);

/// <summary>
/// Writes that a sale is judged otherwise than before: a correction row, the totals by the difference, and the refunds
/// of its lines with it, so that everything is as if it had been judged so at commit. Inside the session's transaction.
/// </summary>
internal sealed class RejudgementBook(LedgerSession session)
{
    /// <summary>Corrects a sale; returns how many refunds moved with it.</summary>
    public int Correct(in CountedSale sale, Rejudgement judged, long nowUtcMs)
    {
        var correction = session.Corrections.Insert(sale.Position, CorrectionCause.Rejudged, judged.Change,
            judged.After, judged.CatalogueVersion, (nowUtcMs, judged.MadeBy));
        session.Totals.AddSale(sale.Cabinet, sale.AssignmentId, sale.BusinessDay, judged.Change);
        var moved = 0;
        foreach (var refund in session.Refunds.TiedTo(sale.Position))
        {
            var (from, to) = ((ProductClass)judged.Before[refund.Line], (ProductClass)judged.After[refund.Line]);
            if (from == to)
            {
                continue;
            }

            session.Refunds.Move(refund.Position, to);
            session.Corrections.InsertRefund(correction, refund.Position, from, to);
            session.Totals.AddRefund(refund.Cabinet, sale.AssignmentId, refund.RefundDay, sale.BusinessDay, from,
                -refund.AmountFen);
            session.Totals.AddRefund(refund.Cabinet, sale.AssignmentId, refund.RefundDay, sale.BusinessDay, to,
                refund.AmountFen);
            moved++;
        }

        return moved;
    }
}
