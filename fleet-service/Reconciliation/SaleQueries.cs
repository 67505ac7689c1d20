using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Sums of a day's sales of one cabinet with one outcome. Amounts in fen, refunds taken off.</summary>
internal sealed record DaySum(
    int BusinessDay, string CabinetId, string OperatorId, string CountyCode, PaymentMethod Method, int Edge,
    SaleOutcome Outcome, long Sales, long NetFen, long NetAidFen);

/// <summary>Whose sales, of which days [From, To) as yyyymmdd. Empty texts stand for all.</summary>
internal sealed record SaleFilter(int FromDay, int ToDay, string OperatorId, string CountyCode, string CabinetId);

/// <summary>A recorded refund of a sale.</summary>
/// <param name="RefundNumber">The cabinet's number.</param>
/// <param name="TransactionNumber">The provider's number as recorded.</param>
/// <param name="AmountFen">In fen.</param>
/// <param name="OnBill">Whether a bill has a refund with one of these numbers.</param>
internal sealed record RefundShown(string RefundNumber, string TransactionNumber, long AmountFen, bool OnBill);

/// <summary>
/// Reads recorded sales with what was decided of them. Each call has its own connection; thread-safe.
/// </summary>
internal sealed class SaleQueries(FleetDatabase database)
{
    private const string Filter = """
        business_day >= ?1 AND business_day < ?2 AND (?3 = '' OR operator_id = ?3)
        AND (?4 = '' OR county_code = ?4) AND (?5 = '' OR cabinet_id = ?5)
        """;

    /// <summary>The sums of a range of days.</summary>
    public IReadOnlyList<DaySum> Days(SaleFilter filter)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT business_day, cabinet_id, operator_id, county_code, method, edge, outcome, sales, net_fen,
                   net_aid_fen
            FROM recorded_days WHERE {Filter}
            """);
        Bind(query, filter);
        var days = new List<DaySum>();
        while (query.Next())
        {
            days.Add(new DaySum(
                (int)query.Long(0), query.Text(1), query.Text(2), query.Text(3),
                Enum.Parse<PaymentMethod>(query.Text(4)), (int)query.Long(5), (SaleOutcome)query.Long(6),
                query.Long(7), query.Long(8), query.Long(9)));
        }

        return days;
    }

    /// <summary>The sales whose bill says another amount.</summary>
    public IReadOnlyList<StoredSale> Differing(SaleFilter filter)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT {RecordedTable.Columns} FROM recorded_payments WHERE outcome = 2 AND {Filter}
            """);
        Bind(query, filter);
        return RecordedTable.All(query);
    }

    /// <summary>The sales without payment whose own day has a complete bill, of all operators, before a day.</summary>
    public IReadOnlyList<StoredSale> WithoutPayment(int beforeDay)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT {RecordedTable.Columns} FROM recorded_payments r
            JOIN (SELECT DISTINCT operator_id AS of_operator, provider AS of_provider, day AS of_day FROM bills
                  WHERE finished_utc_ms IS NOT NULL AND withdrawn_utc_ms IS NULL AND complete = 1
                    AND has_payments = 1 AND day < ?1) b
              ON r.operator_id = b.of_operator AND r.method = b.of_provider AND r.business_day = b.of_day
            WHERE r.outcome = 0
            """);
        query.Set(1, (long)beforeDay);
        return RecordedTable.All(query);
    }

    /// <summary>A cabinet's sales within the filter's days, newest position first.</summary>
    public IReadOnlyList<StoredSale> OfCabinet(SaleFilter filter, long before, int count)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT {RecordedTable.Columns} FROM recorded_payments
            WHERE cabinet_id = ?5 AND position < ?6 AND {Filter} ORDER BY position DESC LIMIT ?7
            """);
        Bind(query, filter).Set(6, before).Set(7, (long)count);
        return RecordedTable.All(query);
    }

    /// <summary>The refunds of a sale.</summary>
    public IReadOnlyList<RefundShown> RefundsOf(RecordedSale sale)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT x.refund_number, x.transaction_number, x.amount_fen,
                   EXISTS (SELECT 1 FROM bill_lines l WHERE l.provider = ?2 AND l.kind = 'refund'
                             AND l.transaction_number = ?3
                             AND (l.refund_number = x.transaction_number
                                  OR l.merchant_refund_number IN (x.refund_number, x.transaction_number)))
            FROM refunds r JOIN recorded_refunds x ON x.position = r.position
            WHERE r.sale_position = ?1 ORDER BY x.refund_number
            """);
        query.Set(1, sale.Place.Position).Set(2, sale.Payment.Method.ToString())
            .Set(3, sale.Payment.TransactionNumber);
        var refunds = new List<RefundShown>();
        while (query.Next())
        {
            refunds.Add(new RefundShown(query.Text(0), query.Text(1), query.Long(2), query.Long(3) == 1));
        }

        return refunds;
    }

    /// <summary>What operators recorded by day and method: the days on which a bill is expected.</summary>
    public IReadOnlyList<RecordedDay> Recorded(int fromDay, int toDay)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT operator_id, method, business_day, sum(sales), sum(net_fen) FROM recorded_days
            WHERE outcome <> 3 AND business_day >= ?1 AND business_day < ?2 GROUP BY 1, 2, 3
            """);
        query.Set(1, (long)fromDay).Set(2, (long)toDay);
        var days = new List<RecordedDay>();
        while (query.Next())
        {
            days.Add(new RecordedDay(
                query.Text(0), query.Text(1), (int)query.Long(2), query.Long(3), query.Long(4)));
        }

        return days;
    }

    private static Statement Bind(Statement query, SaleFilter filter) => query.Set(1, (long)filter.FromDay)
        .Set(2, (long)filter.ToDay).Set(3, filter.OperatorId).Set(4, filter.CountyCode).Set(5, filter.CabinetId);
}
