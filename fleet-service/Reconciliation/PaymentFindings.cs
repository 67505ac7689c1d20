using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Checks payment bills against the ledger with every assessment. While the newest entries of the ledger were not read
/// it says nothing: a sale that is there must not be missed. Thread-safe.
/// </summary>
internal sealed class PaymentFindings(
    RecordedProjection projection, ReconciliationQuery query, SaleQueries sales, PaymentQueries payments,
    FleetRegister register, PaymentEvidenceSources evidence) : IFindingSource
{
    private static readonly TimeSpan Patience =
        TimeSpan.FromMilliseconds(ReconciliationLimits.PatienceMilliseconds);

    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } =
    [
        FindingKind.PaidNotRecorded, FindingKind.RecordedNotPaid, FindingKind.PaymentDiffers, FindingKind.MissingBill,
    ];

    /// <inheritdoc/>
    public FindingCheck Check(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        // The projection is this capability's own reading of the ledger, no finding; whoever checks inside a
        // transaction only waits in vain.
        projection.TryCatchUpAsync(Patience, cancellationToken).GetAwaiter().GetResult();
        if (!projection.IsCurrent())
        {
            return new FindingCheck([], []);
        }

        var wait = query.Wait(moment.Today);
        using var traces = payments.Traces();
        var rule = new PaymentFindingsRule(evidence.Ground(wait, traces, register.Current));
        var found = new List<FindingDraft>();
        found.AddRange(rule.RecordedNotPaid(
            sales.WithoutPayment(BusinessZone.Number(moment.Today))
                .Where(s => wait.StateOf(s.Sale, s.Settlement) == SaleState.Missing),
            traces.SameOrder));
        cancellationToken.ThrowIfCancellationRequested();
        found.AddRange(rule.Differing(
            sales.Differing(new SaleFilter(0, int.MaxValue, "", "", ""))
                .Where(s => wait.StateOf(s.Sale, s.Settlement) == SaleState.Differs)));
        cancellationToken.ThrowIfCancellationRequested();
        var incomplete = new Lazy<IReadOnlyDictionary<string, long>>(payments.CompleteUntil);
        found.AddRange(rule.PaidNotRecorded(
            Unrecorded(wait, moment, traces),
            (operatorId, day) => Incomplete(operatorId, day, incomplete.Value)));
        cancellationToken.ThrowIfCancellationRequested();
        var first = moment.Today.AddDays(-ReconciliationLimits.MaxDaysListed);
        found.AddRange(rule.Missing(query.Days(first, moment.Today).Where(day => IsMissing(day, wait))));
        return new FindingCheck(found, PaymentFindingsRule.Ended(open, found, first));
    }

    private static bool IsMissing(BillDayShown day, WaitRule wait) => day.RecordedSales > 0
        && day.OperatorId is not ("" or AssignmentModel.UnassignedOperator)
        && day.Standing is BillDayStanding.Missing or BillDayStanding.Incomplete
        && wait.IsOver(new PolicySubject("", day.OperatorId, ""), day.Day);

    private IEnumerable<TracedPayment> Unrecorded(WaitRule wait, CheckMoment moment, PaymentTraces traces)
    {
        foreach (var payment in payments.Unrecorded(0, BusinessZone.Number(moment.Today), ""))
        {
            var belongsTo = traces.Of(payment);
            var placed = query.Place(payment, traces.CabinetOf(payment, belongsTo));
            if (wait.IsUnrecorded(
                new PolicySubject(placed.CabinetId, payment.OperatorId, placed.CountyCode), payment.BillDay))
            {
                yield return new TracedPayment(placed, belongsTo);
            }
        }
    }

    /// <summary>The operator's cabinets of a day whose data does not reach to its end, by id.</summary>
    private IReadOnlyList<string> Incomplete(
        string operatorId, int day, IReadOnlyDictionary<string, long> completeUntil)
    {
        var zone = evidence.Zone;
        var (start, end) = (zone.StartOfUtcMs(BillDays.Of(day)), BillDays.NextStartUtcMs(zone, day));
        return [.. register.Current.Cabinets
            .Where(c => c.Assignments.Any(a => a.OperatorId == operatorId && a.FromUtcMs < end
                && !(a.ToUtcMs <= start)))
            .Where(c => completeUntil.GetValueOrDefault(c.Id.Value) < end)
            .Select(c => c.Id.Value)];
    }
}
