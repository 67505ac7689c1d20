using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Fleet;

/// <summary>What came of an event.</summary>
internal abstract record ScriptOutcome
{
    private ScriptOutcome()
    {
    }

    /// <summary>The agent answered that it is in the journal.</summary>
    /// <param name="Before">True when it had been recorded by an earlier run.</param>
    public sealed record Recorded(bool Before) : ScriptOutcome;

    /// <summary>The agent did not take it; a load has no such event, so the run fails.</summary>
    /// <param name="Answer">The agent's words.</param>
    public sealed record Refused(string Answer) : ScriptOutcome;
}

/// <summary>
/// Plays a cabinet's sales program: tells an agent what happens in the calls that a real one makes. A single line from
/// a slot is a vend, several lines are an open-door session; goods without a slot (recorded files) are reported
/// delivered without asking, because their request is long past.
/// </summary>
internal static class VendScript
{
    /// <summary>Performs one event; returns after the agent's fsync.</summary>
    public static ScriptOutcome Perform(VendFlow flow, LoadEvent happening) => happening switch
    {
        SaleIntent sale => Sell(flow, sale),
        RefundIntent refund => Judge(flow.Refund(new RefundReport(refund.RefundNumber,
            new SaleReference.ByVendId(refund.Of.SaleVendId), refund.Of.LineIndex, refund.AmountFen, 0,
            refund.ProviderNumber, ""))),
        NonSaleIntent nonSale => Judge(flow.NonSale(
            new NonSaleReport(nonSale.VendId, nonSale.Purpose, nonSale.Lines, ""))),
        FailedVendIntent failed => End(
            flow, failed.VendId, failed.Lines, DeliveryState.Failed, PaymentOutcome.FailRefundSuccess),
        UnknownDeliveryIntent unknown => End(
            flow, unknown.VendId, unknown.Lines, DeliveryState.Unknown, PaymentOutcome.Success),
        _ => throw new ArgumentOutOfRangeException(nameof(happening), happening.GetType(), "No such event."),
    };

    private static ScriptOutcome Sell(VendFlow flow, SaleIntent sale)
    {
        if (sale.Lines is [var line])
        {
            return Ask(flow, sale.VendId, sale.Lines)
                ?? Judge(flow.Delivered(new DeliveredReport(sale.VendId, [line], sale.Payment)));
        }

        if (Refusal(flow.OpenSession(sale.VendId)) is { } refusal)
        {
            return refusal;
        }

        return flow.CloseSession(sale.VendId) is CloseAnswer.Closed or CloseAnswer.Finished
            ? Judge(flow.Settle(sale.VendId, sale.Lines, sale.Payment))
            : new ScriptOutcome.Refused($"The session {sale.VendId} could not be closed.");
    }

    private static ScriptOutcome End(
        VendFlow flow, string vendId, IReadOnlyList<SaleLine> lines, DeliveryState delivery, PaymentOutcome payment) =>
        Ask(flow, vendId, lines) ?? Judge(flow.Outcome(new OutcomeReport(vendId, delivery, payment, Paid(lines), "")
        {
            // Said by the caller, so that the same report is the same again after the agent has forgotten the request.
            Slot = lines[0].Slot,
            Sku = lines[0].Sku,
        }));

    /// <summary>Asks whether the first line's slot may be vended; null when it may, or when there is no slot.</summary>
    private static ScriptOutcome.Refused? Ask(VendFlow flow, string vendId, IReadOnlyList<SaleLine> lines) =>
        lines[0].Slot.Length == 0
            ? null
            : Refusal(flow.RequestVend(new VendRequest(vendId, lines[0].Slot, lines[0].Sku, Paid(lines))));

    /// <summary>
    /// A vend that has its outcome is told again all the same: the answer must be the first recording.
    /// </summary>
    private static ScriptOutcome.Refused? Refusal(VendAnswer answer) =>
        answer is VendAnswer.Approved or VendAnswer.Finished ? null : new ScriptOutcome.Refused(answer.ToString());

    private static ScriptOutcome Judge(RecordAnswer answer) => answer is RecordAnswer.Recorded recorded
        ? new ScriptOutcome.Recorded(recorded.AlreadyRecorded)
        : new ScriptOutcome.Refused(answer.ToString());

    private static long Paid(IReadOnlyList<SaleLine> lines) => lines.Sum(static line => line.PaidFen);
}
