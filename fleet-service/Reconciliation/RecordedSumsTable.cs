using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Sums of recorded sales by day and by month. Changes are gathered and written by <see cref="Flush"/>, which also
/// notes the days that changed. Belongs to one transaction.
/// </summary>
internal sealed class RecordedSumsTable(FleetConnection connection) : IDisposable
{
    private readonly RowWriter _addDay = connection.PrepareRows(
        "recorded_days",
        "business_day, cabinet_id, operator_id, county_code, method, edge, outcome, sales, net_fen, net_aid_fen",
        """
        ON CONFLICT (business_day, cabinet_id, operator_id, county_code, method, edge, outcome)
        DO UPDATE SET sales = recorded_days.sales + excluded.sales, net_fen = recorded_days.net_fen + excluded.net_fen,
          net_aid_fen = recorded_days.net_aid_fen + excluded.net_aid_fen
        """);

    private readonly Statement _dropEmptyDay = connection.Prepare("""
        DELETE FROM recorded_days WHERE business_day = ?1 AND cabinet_id = ?2 AND operator_id = ?3
          AND county_code = ?4 AND method = ?5 AND edge = ?6 AND outcome = ?7
          AND sales = 0 AND net_fen = 0 AND net_aid_fen = 0
        """);

    private readonly RowWriter _addMonth = connection.PrepareRows(
        "recorded_months",
        "month, cabinet_id, operator_id, county_code, sales, matched_sales, matched_fen, matched_aid_fen",
        """
        ON CONFLICT (month, cabinet_id, operator_id, county_code)
        DO UPDATE SET sales = recorded_months.sales + excluded.sales,
          matched_sales = recorded_months.matched_sales + excluded.matched_sales,
          matched_fen = recorded_months.matched_fen + excluded.matched_fen,
          matched_aid_fen = recorded_months.matched_aid_fen + excluded.matched_aid_fen
        """);

    private readonly Statement _dropEmptyMonth = connection.Prepare("""
        DELETE FROM recorded_months WHERE month = ?1 AND cabinet_id = ?2 AND operator_id = ?3 AND county_code = ?4
          AND sales = 0 AND matched_sales = 0 AND matched_fen = 0 AND matched_aid_fen = 0
        """);

    private readonly BilledDaysTable _billed = new(connection);
    private readonly Dictionary<Day, Sums> _changes = [];

    private readonly record struct Day(
        int BusinessDay, string CabinetId, string OperatorId, string CountyCode, PaymentMethod Method, int Edge,
        SaleOutcome Outcome);

    private readonly record struct Sums(long Sales, long NetFen, long NetAidFen);

    private readonly record struct Month(int Number, string CabinetId, string OperatorId, string CountyCode);

    private readonly record struct MonthSums(long Sales, Sums Matched);

    /// <summary>Adds a sale to the sums, or takes it off.</summary>
    /// <param name="sale">The sale with what was decided of it.</param>
    /// <param name="sign">1 or -1.</param>
    public void Move(StoredSale sale, long sign)
    {
        var (place, payment, time, amounts) = sale.Sale;
        var day = new Day(time.BusinessDay, place.CabinetId, place.OperatorId, place.CountyCode, payment.Method,
            time.Edge, sale.Settlement.Outcome);
        _changes[day] = Plus(
            _changes.GetValueOrDefault(day),
            new Sums(sign, checked(sign * amounts.NetFen), checked(sign * amounts.NetAidFen)));
    }

    /// <summary>Writes the changes.</summary>
    public void Flush()
    {
        var months = new Dictionary<Month, MonthSums>();
        var days = new HashSet<int>();
        var emptied = new List<Day>();
        var providers = new SortedDictionary<(string Operator, PaymentMethod Method), int>();
        foreach (var (day, change) in _changes)
        {
            if (change == default)
            {
                continue;
            }

            _addDay.Set(1, (long)day.BusinessDay).Set(2, day.CabinetId).Set(3, day.OperatorId).Set(4, day.CountyCode)
                .Set(5, day.Method.ToString()).Set(6, (long)day.Edge).Set(7, (long)day.Outcome).Set(8, change.Sales)
                .Set(9, change.NetFen).Set(10, change.NetAidFen).Add();
            if (change.Sales <= 0)
            {
                // Only where sales leave a day can none be left of it.
                emptied.Add(day);
            }

            days.Add(day.BusinessDay);
            var month = new Month(day.BusinessDay / 100, day.CabinetId, day.OperatorId, day.CountyCode);
            var sums = months.GetValueOrDefault(month);
            months[month] = new MonthSums(
                checked(sums.Sales + change.Sales),
                day.Outcome == SaleOutcome.Matched ? Plus(sums.Matched, change) : sums.Matched);
            if (BillProviders.HasBills(day.Method))
            {
                var key = (day.OperatorId, day.Method);
                providers[key] = Math.Min(providers.GetValueOrDefault(key, day.BusinessDay), day.BusinessDay);
            }
        }

        _changes.Clear();
        _addDay.Flush();
        emptied.ForEach(day => Bind(_dropEmptyDay, day).Run());
        Write(months);
        foreach (var day in days)
        {
            _billed.Note(day, day);
        }

        foreach (var ((operatorId, method), first) in providers)
        {
            _billed.NoteProvider(operatorId, method.ToString(), first);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _addDay.Dispose();
        _dropEmptyDay.Dispose();
        _addMonth.Dispose();
        _dropEmptyMonth.Dispose();
        _billed.Dispose();
    }

    private void Write(Dictionary<Month, MonthSums> months)
    {
        foreach (var (month, sums) in months)
        {
            if (sums != default)
            {
                _addMonth.Set(1, (long)month.Number).Set(2, month.CabinetId).Set(3, month.OperatorId)
                    .Set(4, month.CountyCode).Set(5, sums.Sales).Set(6, sums.Matched.Sales)
                    .Set(7, sums.Matched.NetFen).Set(8, sums.Matched.NetAidFen).Add();
            }
        }

        _addMonth.Flush();
        foreach (var (month, _) in months.Where(month => month.Value != default && month.Value.Sales <= 0))
        {
            Bind(_dropEmptyMonth, month).Run();
        }
    }

    private static Sums Plus(Sums one, Sums other) => checked(new(
        one.Sales + other.Sales, one.NetFen + other.NetFen, one.NetAidFen + other.NetAidFen));

    private static Statement Bind(Statement statement, Day day) => statement.Set(1, (long)day.BusinessDay)
        .Set(2, day.CabinetId).Set(3, day.OperatorId).Set(4, day.CountyCode).Set(5, day.Method.ToString())
        .Set(6, (long)day.Edge).Set(7, (long)day.Outcome);

    private static Statement Bind(Statement statement, Month month) => statement.Set(1, (long)month.Number)
        .Set(2, month.CabinetId).Set(3, month.OperatorId).Set(4, month.CountyCode);
}
