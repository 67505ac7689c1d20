using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Reconciliation;

namespace KioskFleet.Service.Patterns;

/// <summary>A refund made on a later day than its sale.</summary>
/// <param name="AssignmentId">The sale's assignment.</param>
/// <param name="SaleDay">The sale's business day, yyyymmdd.</param>
/// <param name="RefundDay">The refund's own, yyyymmdd.</param>
/// <param name="SalePosition">The sale in the ledger.</param>
internal readonly record struct LaterRefund(long AssignmentId, int SaleDay, int RefundDay, long SalePosition);

/// <summary>The windows of one cabinet under one operator, with what they ask of the ledger.</summary>
/// <param name="cabinetId">The cabinet.</param>
/// <param name="assignments">The operator's assignments there, by time.</param>
/// <param name="policies">The policies.</param>
/// <param name="ledger">The zone of its days, and what is asked.</param>
internal sealed class UnitWindows(
    string cabinetId, IReadOnlyList<AssignmentModel> assignments, PolicyBook policies,
    (BusinessZone Zone, PatternStore Store) ledger)
{
    private readonly List<long> _numbers = [.. assignments.Select(a => a.AssignmentId)];
    private readonly PolicySubject _subject =
        new(cabinetId, assignments[^1].OperatorId, assignments[^1].County.Value);

    /// <summary>
    /// Those that are read whole, newest first, and those before them from which something was given back lately.
    /// </summary>
    /// <param name="today">The present business day.</param>
    /// <param name="late">The unit's refunds made on later days than their sales.</param>
    /// <param name="since">The first of the last days, yyyymmdd.</param>
    /// <param name="lateSales">Takes the positions of the latter's sales that were given back.</param>
    public IReadOnlyList<WatchedWindow> Of(
        DateOnly today, IReadOnlyList<LaterRefund> late, int since, ISet<long> lateSales)
    {
        var chosen = WindowChoice.Of(policies, _subject, today);
        var windows = chosen.Select(window => Watched(window, null)).ToList();
        var before = chosen.Count == 0 ? today : chosen[^1].Window.From;
        foreach (var final in late.Where(r => r.RefundDay >= since && r.SaleDay < BusinessZone.Number(before))
            .Select(r => BillDays.Of(r.SaleDay)).Distinct().OrderDescending()
            .Select(day => WindowChoice.Final(policies, _subject, day)).OfType<ChosenWindow>()
            .DistinctBy(w => w.Window).Where(w => w.Window.To <= before))
        {
            var (from, to) = (final.Window.FromNumber, final.Window.ToNumber);
            var own = late.Where(r => r.SaleDay >= from && r.SaleDay < to && r.RefundDay >= to).ToList();
            if (own.Count > 0)
            {
                windows.Add(Watched(final, ledger.Store.Amounts(cabinetId, _numbers, final.Window)));
                lateSales.UnionWith(own.Select(r => r.SalePosition));
            }
        }

        return windows;
    }

    private WatchedWindow Watched(ChosenWindow window, (long AidFen, long TotalFen)? counted) => new(
        cabinetId, _subject.OperatorId, _subject.CountyCode, window.Window, window.JudgedOn, window.HasEnded,
        window.Policy)
    {
        EarlierAidFen = new Lazy<long>(
            () => ledger.Store.Amounts(cabinetId, _numbers, WindowChoice.Before(window)).AidFen),
        FirstSaleDay = new Lazy<int>(() => ledger.Store.FirstSaleDay(cabinetId, _numbers)),
        LastNewDay = new Lazy<int>(() => LastNewDay(window.Policy.Checks)),
        Counted = counted,
    };

    private int LastNewDay(CheckTerms terms)
    {
        var since = Math.Max(ledger.Store.EnrolledUtcMs(cabinetId), assignments[0].FromUtcMs);
        return BusinessZone.Number(ledger.Zone.DayOf(since).AddDays(terms.CommissioningDays));
    }
}
