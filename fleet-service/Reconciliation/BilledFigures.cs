using KioskFleet.Service.Compliance;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Since when an operator is paid through a provider: by its sales, or by a bill that was brought.</summary>
internal readonly record struct ProviderSince(string OperatorId, string Provider, int FirstDay);

/// <summary>
/// Tells what bills prove of a window that is over. An operator's bills are all there when every provider through which
/// it was paid by the window's end has a complete bill for each day of the window on which the operator had cabinets.
/// Thread-safe.
/// </summary>
internal sealed class BilledFigures(
    FleetDatabase database, BillStore bills, PaymentQueries payments, FleetRegister register,
    ReconciliationClock clock) : IBilledFigures
{
    private const string Columns = "cabinet_id, operator_id, county_code";

    private const string SoldSql = $"""
        SELECT {Columns}, sales, matched_sales, matched_fen, matched_aid_fen FROM recorded_months
        WHERE month >= ?1 AND month < ?2 AND (?7 = '' OR cabinet_id = ?7)
        UNION ALL
        SELECT {Columns}, sales, CASE outcome WHEN 1 THEN sales ELSE 0 END, CASE outcome WHEN 1 THEN net_fen ELSE 0 END,
               CASE outcome WHEN 1 THEN net_aid_fen ELSE 0 END
        FROM recorded_days
        WHERE ((business_day >= ?3 AND business_day < ?4) OR (business_day >= ?5 AND business_day < ?6))
          AND (?7 = '' OR cabinet_id = ?7)
        """;

    private const string ProvidersSql = """
        SELECT operator_id, provider, min(first_day) FROM (
          SELECT operator_id, provider, first_day FROM recorded_providers
          UNION ALL
          SELECT operator_id, provider, day FROM bills
          WHERE finished_utc_ms IS NOT NULL AND withdrawn_utc_ms IS NULL) AS providers
        GROUP BY 1, 2
        """;

    /// <inheritdoc/>
    public BilledWindow? Of(JudgingWindow window, string? cabinetId)
    {
        if (window.To > clock.Today)
        {
            return null;
        }

        var operators = Complete(window);
        if (operators.Count == 0)
        {
            return null;
        }

        var accused = new HashSet<string>(StringComparer.Ordinal);
        using (var traces = payments.Traces())
        {
            // Those on any operator's bills: what was sold at one's cabinet may be paid to another.
            foreach (var payment in payments.Unrecorded(window.FromNumber, window.ToNumber, ""))
            {
                var cabinet = traces.CabinetOf(payment, traces.Of(payment));
                if (cabinet.Length > 0)
                {
                    accused.Add(cabinet);
                }
                else
                {
                    operators.Remove(payment.OperatorId);
                }
            }
        }

        return new BilledWindow(Sold(window, cabinetId ?? ""), operators, accused);
    }

    /// <inheritdoc/>
    public BilledChanges ChangedAfter(long change)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare(
            "SELECT first_day, last_day, change FROM billed_days WHERE change > ?1 ORDER BY change");
        query.Set(1, change);
        var days = new List<(int, int)>();
        while (query.Next())
        {
            days.Add(((int)query.Long(0), (int)query.Long(1)));
            change = query.Long(2);
        }

        return new BilledChanges(change, days);
    }

    private HashSet<string> Complete(JudgingWindow window)
    {
        var calendar = bills.Days(window.FromNumber, window.ToNumber)
            .Where(d => d.HasPayments && d.HasRefunds)
            .Select(d => (d.OperatorId, d.Provider, d.Day)).ToHashSet();
        var providers = Providers().Where(p => p.FirstDay < window.ToNumber).ToLookup(p => p.OperatorId);
        return [.. OperatorDays.All(register.Current, clock.Zone)
            .Where(days => days.First < window.To && days.Last >= window.From && providers.Contains(days.OperatorId)
                && providers[days.OperatorId].All(p => Days(days, window).All(day =>
                    calendar.Contains((p.OperatorId, p.Provider, day)))))
            .Select(days => days.OperatorId)];
    }

    private static IEnumerable<int> Days(OperatorDays of, JudgingWindow window)
    {
        var last = of.Last < window.Last ? of.Last : window.Last;
        for (var day = of.First > window.From ? of.First : window.From; day <= last; day = day.AddDays(1))
        {
            yield return BusinessZone.Number(day);
        }
    }

    private List<ProviderSince> Providers()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare(ProvidersSql);
        var providers = new List<ProviderSince>();
        while (query.Next())
        {
            providers.Add(new ProviderSince(query.Text(0), query.Text(1), (int)query.Long(2)));
        }

        return providers;
    }

    /// <summary>Whole months from their sums, the days around them from theirs.</summary>
    private Dictionary<SoldWhere, BilledAmounts> Sold(JudgingWindow window, string cabinetId)
    {
        var first = window.From.AddDays(1 - window.From.Day);
        first = first < window.From ? first.AddMonths(1) : first;
        var end = new DateOnly(window.To.Year, window.To.Month, 1);
        (first, end) = first < end ? (first, end) : (window.To, window.To);
        using var connection = database.OpenReader();
        using var query = connection.Prepare(SoldSql);
        query.Set(1, BusinessZone.Number(first) / 100L).Set(2, BusinessZone.Number(end) / 100L)
            .Set(3, (long)window.FromNumber).Set(4, (long)BusinessZone.Number(first))
            .Set(5, (long)BusinessZone.Number(end)).Set(6, (long)window.ToNumber).Set(7, cabinetId);
        var sold = new Dictionary<SoldWhere, BilledAmounts>();
        while (query.Next())
        {
            var where = new SoldWhere(query.Text(0), query.Text(1), query.Text(2));
            sold[where] = sold.GetValueOrDefault(where) + new BilledAmounts(
                query.Long(3), query.Long(4), query.Long(5), query.Long(6));
        }

        return sold;
    }
}
