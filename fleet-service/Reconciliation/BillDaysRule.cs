using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Reconciliation;

/// <summary>What an operator recorded on a day with one payment method that has bills.</summary>
internal sealed record RecordedDay(string OperatorId, string Provider, int Day, long Sales, long NetFen);

/// <summary>How a day's bill stands; the interface's words.</summary>
internal enum BillDayStanding
{
    /// <summary>It was imported, whole and agreeing with its own summary.</summary>
    Complete,

    /// <summary>It was imported with refused rows, a differing or missing summary, or in part.</summary>
    Incomplete,

    /// <summary>It should be there and is not.</summary>
    Missing,

    /// <summary>The provider hands it out on the next day.</summary>
    NotDue,
}

/// <summary>A day of an operator and provider.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Day">The day.</param>
/// <param name="Standing">How its bill stands.</param>
/// <param name="Files">Files imported for it.</param>
/// <param name="RecordedSales">Sales that the cabinets recorded as paid so.</param>
/// <param name="RecordedFen">Their amount, refunds taken off, in fen.</param>
internal sealed record BillDayShown(
    string OperatorId, string Provider, DateOnly Day, BillDayStanding Standing, int Files, long RecordedSales,
    long RecordedFen)
{
    /// <summary>Merchant numbers that the operator's bills named lately and that have no complete bill.</summary>
    public IReadOnlyList<string> LackingMerchants { get; init; } = [];
}

/// <summary>The first and the last day on which an operator has cabinets.</summary>
internal sealed record OperatorDays(string OperatorId, DateOnly First, DateOnly Last)
{
    /// <summary>Those of every operator of the register.</summary>
    public static IEnumerable<OperatorDays> All(FleetSnapshot register, BusinessZone zone) =>
        register.Cabinets.SelectMany(c => c.Assignments)
            .Where(a => a.OperatorId != AssignmentModel.UnassignedOperator)
            .GroupBy(a => a.OperatorId, StringComparer.Ordinal)
            .Select(g => new OperatorDays(
                g.Key, zone.DayOf(g.Min(a => a.FromUtcMs)),
                g.Any(a => a.ToUtcMs is null) ? DateOnly.MaxValue : zone.DayOf(g.Max(a => a.ToUtcMs ?? 0))));
}

/// <summary>
/// Says which bills are expected: of every provider that an operator uses, for each day on which it has cabinets. A
/// day without recorded sales is expected too: sales that never reached a journal show on the bill alone. Pure.
/// </summary>
internal static class BillDaysRule
{
    /// <summary>The days [from, to), by operator, provider and day.</summary>
    /// <param name="from">First day.</param>
    /// <param name="to">First day after.</param>
    /// <param name="today">The business day; later ones are never expected.</param>
    /// <param name="operators">When operators have cabinets.</param>
    /// <param name="known">What was imported and what was recorded within the days.</param>
    public static IReadOnlyList<BillDayShown> Of(
        DateOnly from, DateOnly to, DateOnly today, IEnumerable<OperatorDays> operators,
        (IReadOnlyList<BillDayState> Imported, IReadOnlyList<RecordedDay> Recorded) known)
    {
        var imported = known.Imported.ToDictionary(d => (d.OperatorId, d.Provider, d.Day));
        var recorded = known.Recorded.ToDictionary(d => (d.OperatorId, d.Provider, d.Day));
        var used = imported.Keys.Concat(recorded.Keys).Select(k => (k.OperatorId, k.Provider)).Distinct()
            .ToLookup(k => k.OperatorId, k => k.Provider);
        var expected = new HashSet<(string OperatorId, string Provider, int Day)>(
            imported.Keys.Concat(recorded.Keys));
        foreach (var days in operators)
        {
            var last = Min(days.Last, Min(to.AddDays(-1), today));
            foreach (var provider in used[days.OperatorId])
            {
                for (var day = days.First < from ? from : days.First; day <= last; day = day.AddDays(1))
                {
                    expected.Add((days.OperatorId, provider, BusinessZone.Number(day)));
                }
            }
        }

        return [.. expected.OrderBy(k => k.OperatorId, StringComparer.Ordinal)
            .ThenBy(k => k.Provider, StringComparer.Ordinal).ThenBy(k => k.Day)
            .Select(key => Show(key, imported.GetValueOrDefault(key), recorded.GetValueOrDefault(key), today))];
    }

    private static BillDayShown Show(
        (string OperatorId, string Provider, int Day) key, BillDayState? imported, RecordedDay? recorded,
        DateOnly today)
    {
        var day = BillDays.Of(key.Day);
        var standing = imported switch
        {
            { HasPayments: true, HasRefunds: true } => BillDayStanding.Complete,
            not null => BillDayStanding.Incomplete,
            // Providers make a day's bill in the course of the next day.
            null => today.DayNumber - day.DayNumber > 1 ? BillDayStanding.Missing : BillDayStanding.NotDue,
        };
        return new BillDayShown(key.OperatorId, ReconciliationTexts.Word(key.Provider), day, standing,
            imported?.Files ?? 0, recorded?.Sales ?? 0, recorded?.NetFen ?? 0)
        {
            LackingMerchants = imported?.Lacking ?? [],
        };
    }

    private static DateOnly Min(DateOnly one, DateOnly other) => one < other ? one : other;
}
