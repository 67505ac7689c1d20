namespace KioskFleet.Service.Reconciliation;

/// <summary>What was imported of one merchant number on one day.</summary>
/// <param name="OperatorId">Whose.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Day">yyyymmdd.</param>
/// <param name="Merchant">The provider's number of the merchant; empty where a bill names none.</param>
/// <param name="Files">Files imported.</param>
/// <param name="HasPayments">A complete one lists payments.</param>
/// <param name="HasRefunds">A complete one lists refunds.</param>
internal sealed record MerchantDay(
    string OperatorId, string Provider, int Day, string Merchant, int Files, bool HasPayments, bool HasRefunds);

/// <summary>What is known of the bills of one operator, provider and day.</summary>
/// <param name="OperatorId">Whose.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Day">yyyymmdd.</param>
/// <param name="Files">Files imported; one for several merchant numbers counts for each.</param>
/// <param name="HasPayments">Each merchant number has a complete one that lists payments.</param>
/// <param name="HasRefunds">Each merchant number has a complete one that lists refunds.</param>
internal sealed record BillDayState(
    string OperatorId, string Provider, int Day, int Files, bool HasPayments, bool HasRefunds)
{
    /// <summary>Merchant numbers of these days without a complete bill of payments and refunds, sorted.</summary>
    public IReadOnlyList<string> Lacking { get; init; } = [];
}

/// <summary>
/// Says which days have all their bills. An operator may have several merchant numbers with one provider, each with a
/// bill of its own: a day is complete when every number that its bills named lately has a complete one. A bill that
/// names no number, an empty one for instance, is that of the only number known. Pure.
/// </summary>
internal static class BillDayRule
{
    /// <summary>The days for which there is any bill, by operator, provider and day.</summary>
    /// <param name="days">What was imported, by operator, provider and day.</param>
    /// <param name="merchantDays">For how many days a number is expected again.</param>
    public static IEnumerable<BillDayState> Of(IEnumerable<MerchantDay> days, int merchantDays)
    {
        foreach (var own in days.GroupBy(d => (d.OperatorId, d.Provider)))
        {
            var lastSeen = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var day in own.GroupBy(d => d.Day).OrderBy(d => d.Key))
            {
                var number = BillDays.Of(day.Key).DayNumber;
                foreach (var named in day.Where(d => d.Merchant.Length > 0))
                {
                    lastSeen[named.Merchant] = number;
                }

                var expected = lastSeen.Where(m => number - m.Value <= merchantDays).Select(m => m.Key)
                    .DefaultIfEmpty("").ToList();
                yield return StateOf([.. day], expected);
            }
        }
    }

    private static BillDayState StateOf(List<MerchantDay> day, List<string> expected)
    {
        var (operatorId, provider, number) = (day[0].OperatorId, day[0].Provider, day[0].Day);
        return new BillDayState(operatorId, provider, number, day.Sum(d => d.Files),
            expected.TrueForAll(m => Of(m).Exists(d => d.HasPayments)),
            expected.TrueForAll(m => Of(m).Exists(d => d.HasRefunds)))
        {
            Lacking = [.. expected.Where(m => m.Length > 0
                && !(Of(m).Exists(d => d.HasPayments) && Of(m).Exists(d => d.HasRefunds)))],
        };

        List<MerchantDay> Of(string merchant) =>
            day.FindAll(d => d.Merchant == merchant || (d.Merchant.Length == 0 && expected.Count == 1));
    }
}
