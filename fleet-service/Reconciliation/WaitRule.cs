using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Which days' bills are there and complete. Immutable.</summary>
internal sealed class BillCalendar(IEnumerable<BillDayState> days)
{
    private readonly Dictionary<(string OperatorId, string Provider, int Day), BillDayState> _days =
        days.ToDictionary(d => (d.OperatorId, d.Provider, d.Day));

    /// <summary>What is known of a day's bills, or null when none was imported.</summary>
    public BillDayState? Of(string operatorId, PaymentMethod provider, DateOnly day) =>
        _days.GetValueOrDefault((operatorId, provider.ToString(), BusinessZone.Number(day)));
}

/// <summary>
/// Says from when on the absence of something counts: when the days of waiting that the policy allows
/// (<see cref="CheckTerms.ReconciliationDays"/>) are over and the bills that should have it are there and complete. A
/// bill that nobody brought accuses no cabinet: the day is shown as missing, its sales stay pending, and the operator
/// has to answer for the bill. Pure.
/// </summary>
internal sealed class WaitRule(PolicyBook policies, BillCalendar bills, DateOnly today)
{
    /// <summary>Days to wait for those whom no policy is for: what the policies' record itself says.</summary>
    private static readonly int DaysWithoutPolicy = new CheckTerms().ReconciliationDays;

    /// <summary>True when a sale without payment is recorded and not paid; false while it is pending.</summary>
    /// <param name="of">Whose policy.</param>
    /// <param name="method">How it was paid.</param>
    /// <param name="businessDay">Its day, yyyymmdd.</param>
    /// <param name="edge">-1 or 1 when a neighbouring day's bill may have it too.</param>
    public bool IsUnpaid(PolicySubject of, PaymentMethod method, int businessDay, int edge)
    {
        var day = BillDays.Of(businessDay);
        return IsOver(of, day)
            && bills.Of(of.OperatorId, method, day) is { HasPayments: true }
            && (edge == 0 || bills.Of(of.OperatorId, method, day.AddDays(edge)) is { HasPayments: true });
    }

    /// <summary>True when amounts that differ are final; false while something may still come.</summary>
    /// <param name="of">Whose policy.</param>
    /// <param name="method">How it was paid.</param>
    /// <param name="settleDay">The newest day of what decided it, yyyymmdd.</param>
    public bool Differs(PolicySubject of, PaymentMethod method, int settleDay)
    {
        var day = BillDays.Of(settleDay);
        return IsOver(of, day)
            && bills.Of(of.OperatorId, method, day) is { HasPayments: true, HasRefunds: true };
    }

    /// <summary>True when a payment without sale is paid and not recorded; false while it is pending.</summary>
    /// <param name="of">Whose policy.</param>
    /// <param name="billDay">The bill's day, yyyymmdd.</param>
    public bool IsUnrecorded(PolicySubject of, int billDay) => IsOver(of, BillDays.Of(billDay));

    /// <summary>What a sale is called at this moment.</summary>
    public SaleState StateOf(RecordedSale sale, SaleSettlement settlement)
    {
        var of = new PolicySubject(sale.Place.CabinetId, sale.Place.OperatorId, sale.Place.CountyCode);
        return settlement.Outcome switch
        {
            SaleOutcome.Matched => SaleState.Matched,
            SaleOutcome.NotByBill => SaleState.NotByBill,
            SaleOutcome.Differs => Differs(of, sale.Payment.Method, settlement.SettleDay)
                ? SaleState.Differs
                : SaleState.Pending,
            _ => IsUnpaid(of, sale.Payment.Method, sale.Time.BusinessDay, sale.Time.Edge)
                ? SaleState.Missing
                : SaleState.Pending,
        };
    }

    /// <summary>True when the days of waiting after a day are over.</summary>
    public bool IsOver(PolicySubject of, DateOnly day) => today.DayNumber - day.DayNumber > DaysOf(PolicyOf(of, day));

    /// <summary>The policy that says how long to wait; null where none is for somebody.</summary>
    public Policy? PolicyOf(PolicySubject of, DateOnly day) => policies.ForCabinet(of, day);

    /// <summary>The days of waiting of a policy, or without one.</summary>
    public static int DaysOf(Policy? policy) => policy?.Checks.ReconciliationDays ?? DaysWithoutPolicy;
}

/// <summary>What a sale is called at a moment; the interface's words.</summary>
internal enum SaleState
{
    /// <summary>Its payment is on a bill with its amount: reconciled.</summary>
    Matched,

    /// <summary>Its bill is not there yet, or something may still come.</summary>
    Pending,

    /// <summary>Its payment is on a bill with another amount.</summary>
    Differs,

    /// <summary>Its bill is there and does not have it: recorded and not paid.</summary>
    Missing,

    /// <summary>Paid in a way that no bill lists.</summary>
    NotByBill,
}
