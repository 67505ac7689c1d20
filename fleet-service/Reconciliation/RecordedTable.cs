using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>A recorded sale with what was decided of it.</summary>
internal sealed record StoredSale(RecordedSale Sale, SaleSettlement Settlement);

/// <summary>
/// The counted sales as recorded, and their sums, which move with them. Changes of the sums are gathered and written
/// by <see cref="Flush"/>. Belongs to one transaction.
/// </summary>
internal sealed class RecordedTable(FleetConnection connection) : IDisposable
{
    /// <summary>The columns that <see cref="All"/> reads.</summary>
    internal const string Columns = """
        position, cabinet_id, operator_id, county_code, vend_id, method, merchant_order_number, transaction_number,
        business_day, utc_ms, edge, last_day, paid_fen, aid_fen, refunded_fen, refunded_aid_fen, outcome, why,
        bill_fen, settle_day, bill_transaction
        """;

    private static readonly string Replaced = string.Join(
        ", ", Columns.Split(',').Skip(1).Select(column => $"{column.Trim()} = excluded.{column.Trim()}"));

    private readonly Statement _find = connection.Prepare(
        $"SELECT {Columns} FROM recorded_payments WHERE position = ?1");

    private readonly Statement _ofTransaction = connection.Prepare($"""
        SELECT {Columns} FROM recorded_payments
        WHERE method = ?1 AND transaction_number = ?2 AND transaction_number <> ''
        """);

    private readonly Statement _ofOrder = connection.Prepare($"""
        SELECT {Columns} FROM recorded_payments
        WHERE method = ?1 AND operator_id = ?2 AND merchant_order_number = ?3 AND merchant_order_number <> ''
        """);

    private readonly RowWriter _put = connection.PrepareRows(
        "recorded_payments", Columns, $"ON CONFLICT (position) DO UPDATE SET {Replaced}");

    private readonly Statement _settle = connection.Prepare("""
        UPDATE recorded_payments SET outcome = ?2, why = ?3, bill_fen = ?4, settle_day = ?5, bill_transaction = ?6
        WHERE position = ?1
        """);

    private readonly Statement _remove = connection.Prepare("DELETE FROM recorded_payments WHERE position = ?1");

    private readonly RecordedSumsTable _sums = new(connection);
    private readonly RecordedLook? _look = connection.AsksInSets ? new RecordedLook(connection) : null;

    /// <summary>
    /// Looks at a stretch's positions at once, where each question costs a way to a server. From then on only these are
    /// found.
    /// </summary>
    public void LookAt(IReadOnlyCollection<long> positions) => _look?.AtPositions(positions);

    /// <summary>Looks at once who names one of a provider's numbers; what is put afterwards is not seen.</summary>
    public void LookAtNumbers(PaymentMethod method, IReadOnlyCollection<string> numbers) =>
        _look?.AtNumbers(method, numbers);

    /// <summary>The sale at a position, or null.</summary>
    public StoredSale? Find(long position)
    {
        if (_look is not null && _look.IsAbsent(position))
        {
            return null;
        }

        _find.Set(1, position);
        var sale = _find.Next() ? Read(_find) : null;
        _find.Reset();
        return sale;
    }

    /// <summary>The sales that name a transaction number.</summary>
    public List<StoredSale> OfTransaction(PaymentMethod method, string transaction) =>
        _look?.OfNumber(method, transaction)
        ?? All(_ofTransaction.Set(1, method.ToString()).Set(2, transaction));

    /// <summary>The sales of an operator that name an order number.</summary>
    public List<StoredSale> OfOrder(PaymentMethod method, string operatorId, string order) =>
        All(_ofOrder.Set(1, method.ToString()).Set(2, operatorId).Set(3, order));

    /// <summary>Writes a sale in place of what was known of it.</summary>
    public void Put(StoredSale sale, StoredSale? before)
    {
        var (place, payment, time, amounts) = sale.Sale;
        var (outcome, cause, billFen, settleDay) = sale.Settlement;
        _put.Set(1, place.Position).Set(2, place.CabinetId).Set(3, place.OperatorId).Set(4, place.CountyCode)
            .Set(5, place.VendId).Set(6, payment.Method.ToString()).Set(7, payment.MerchantOrderNumber)
            .Set(8, payment.TransactionNumber).Set(9, (long)time.BusinessDay).Set(10, time.UtcMs)
            .Set(11, (long)time.Edge).Set(12, (long)time.LastDay).Set(13, amounts.PaidFen).Set(14, amounts.AidFen)
            .Set(15, amounts.RefundedFen).Set(16, amounts.RefundedAidFen).Set(17, (long)outcome).Set(18, (long)cause)
            .Set(19, billFen).Set(20, (long)settleDay).Set(21, sale.Settlement.Transaction).Add();
        _look?.Put(place.Position);
        if (before is not null)
        {
            _sums.Move(before, -1);
        }

        _sums.Move(sale, 1);
    }

    /// <summary>Writes what was decided of a sale.</summary>
    public void Settle(StoredSale sale, SaleSettlement settlement)
    {
        if (sale.Settlement == settlement)
        {
            return;
        }

        var (outcome, cause, billFen, settleDay) = settlement;
        _settle.Set(1, sale.Sale.Place.Position).Set(2, (long)outcome).Set(3, (long)cause).Set(4, billFen)
            .Set(5, (long)settleDay).Set(6, settlement.Transaction).Run();
        _sums.Move(sale, -1);
        _sums.Move(sale with { Settlement = settlement }, 1);
    }

    /// <summary>Takes a sale back.</summary>
    public void Remove(StoredSale sale)
    {
        _remove.Set(1, sale.Sale.Place.Position).Run();
        _sums.Move(sale, -1);
    }

    /// <summary>Writes what was put and the changes of the sums, and forgets what was looked at by numbers.</summary>
    public void Flush()
    {
        _look?.ForgetNumbers();
        _put.Flush();
        _sums.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _find.Dispose();
        _ofTransaction.Dispose();
        _ofOrder.Dispose();
        _put.Dispose();
        _settle.Dispose();
        _remove.Dispose();
        _sums.Dispose();
        _look?.Dispose();
    }

    /// <summary>The rows of a query for <see cref="Columns"/>.</summary>
    internal static List<StoredSale> All(Statement query)
    {
        var sales = new List<StoredSale>();
        while (query.Next())
        {
            sales.Add(Read(query));
        }

        return sales;
    }

    private static StoredSale Read(Statement row) => new(
        new RecordedSale(
            new SalePlace(row.Long(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4)),
            new Payment(Enum.Parse<PaymentMethod>(row.Text(5)), row.Text(6), row.Text(7)),
            new SaleTime((int)row.Long(8), row.Long(9), (int)row.Long(10), (int)row.Long(11)),
            new SaleAmounts(row.Long(12), row.Long(13), row.Long(14), row.Long(15))),
        new SaleSettlement(
            (SaleOutcome)row.Long(16), (MatchCause)row.Long(17), row.Long(18), (int)row.Long(19))
        {
            Transaction = row.Text(20),
        });
}
