using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Follows the numbers of a payment without a sale, and of a sale without a payment. Belongs to one reader.
/// </summary>
internal sealed class PaymentTraces : IDisposable
{
    private readonly IDisposable[] _owned;
    private readonly Statement _other;
    private readonly Statement _sale;
    private readonly Statement _terminal;
    private readonly Statement _sameOrder;
    private readonly Statement _entry;
    private readonly Statement _line;
    private readonly Statement _bills;

    /// <summary>Opens a reader.</summary>
    public PaymentTraces(FleetDatabase database)
    {
        var connection = database.OpenReader();

        // Merchants often number an order by the vend; the oldest wins, whatever came first.
        _other = connection.Prepare("""
            SELECT kind, detail, cabinet_id, vend_id FROM recorded_others
            WHERE vend_id IN (?1, ?2) OR (merchant_order_number = ?1 AND merchant_order_number <> '')
              OR (transaction_number = ?2 AND transaction_number <> '')
            ORDER BY utc_ms, cabinet_id, vend_id LIMIT 1
            """);
        _sale = connection.Prepare("""
            SELECT method, cabinet_id, vend_id FROM recorded_payments
            WHERE method IN ('WeChat', 'Alipay', 'UnionPay', 'Cash', 'Card', 'Other') AND operator_id = ?2
              AND merchant_order_number = ?1 AND merchant_order_number <> ''
            ORDER BY utc_ms, cabinet_id, vend_id LIMIT 1
            """);
        _terminal = connection.Prepare("""
            SELECT min(cabinet_id), max(cabinet_id) FROM bill_lines
            WHERE operator_id = ?1 AND terminal = ?2 AND terminal <> '' AND cabinet_id <> ''
            """);
        _sameOrder = connection.Prepare("""
            SELECT transaction_number FROM bill_lines
            WHERE provider = ?1 AND operator_id = ?2 AND merchant_order_number = ?3 AND kind = 'payment'
              AND merchant_order_number <> ''
            ORDER BY transaction_number LIMIT 1
            """);
        _entry = connection.Prepare("""
            SELECT j.journal_id, e.seq FROM entries e JOIN batches b USING (batch_id) JOIN journals j USING (journal_no)
            WHERE e.position = ?1
            """);
        _line = connection.Prepare("""
            SELECT bill_id, line FROM bill_lines
            WHERE provider = ?1 AND kind = 'payment' AND transaction_number = ?2 AND refund_number = ''
            """);
        _bills = connection.Prepare("""
            SELECT bill_id FROM bills WHERE provider = ?1 AND operator_id = ?2 AND day = ?3
              AND finished_utc_ms IS NOT NULL AND withdrawn_utc_ms IS NULL ORDER BY bill_id
            """);
        _owned = [_other, _sale, _terminal, _sameOrder, _entry, _line, _bills, connection];
    }

    /// <summary>What a payment seems to belong to, or null.</summary>
    public BelongsTo? Of(UnrecordedPayment payment)
    {
        BelongsTo? found = null;
        _other.Set(1, payment.MerchantOrder.Length > 0 ? payment.MerchantOrder : payment.Transaction)
            .Set(2, payment.Transaction);
        if (_other.Next())
        {
            found = new BelongsTo(_other.Text(0), _other.Text(1), _other.Text(2), _other.Text(3));
        }

        _other.Reset();
        if (found is null)
        {
            _sale.Set(1, payment.MerchantOrder).Set(2, payment.OperatorId);
            if (_sale.Next())
            {
                found = new BelongsTo("sale", _sale.Text(0), _sale.Text(1), _sale.Text(2));
            }

            _sale.Reset();
        }

        return found;
    }

    /// <summary>
    /// The cabinet of a payment: that of what it belongs to, or the one cabinet whose sales its terminal paid for
    /// before; empty when neither tells.
    /// </summary>
    public string CabinetOf(UnrecordedPayment payment, BelongsTo? belongsTo)
    {
        if (belongsTo is not null || payment.Terminal.Length == 0)
        {
            return belongsTo?.CabinetId ?? "";
        }

        _terminal.Set(1, payment.OperatorId).Set(2, payment.Terminal);
        var cabinet = _terminal.Next() && !_terminal.IsNull(0) && _terminal.Text(0) == _terminal.Text(1)
            ? _terminal.Text(0)
            : "";
        _terminal.Reset();
        return cabinet;
    }

    /// <summary>The transaction number under which a bill has the order of a sale without payment, or null.</summary>
    public string? SameOrder(RecordedSale sale)
    {
        _sameOrder.Set(1, sale.Payment.Method.ToString()).Set(2, sale.Place.OperatorId)
            .Set(3, sale.Payment.MerchantOrderNumber);
        var transaction = _sameOrder.Next() ? _sameOrder.Text(0) : null;
        _sameOrder.Reset();
        return transaction;
    }

    /// <summary>Where a recorded sale stands in its journal; null when the ledger was restored meanwhile.</summary>
    public EntryPlace? EntryOf(RecordedSale sale)
    {
        _entry.Set(1, sale.Place.Position);
        EntryPlace? place = _entry.Next() ? new EntryPlace(_entry.Journal(0).ToString(), _entry.Long(1)) : null;
        _entry.Reset();
        return place;
    }

    /// <summary>Where the payment that was found for a sale stands on a bill; null without one.</summary>
    public BillPlace? LineOf(StoredSale sale)
    {
        _line.Set(1, sale.Sale.Payment.Method.ToString()).Set(2, sale.Settlement.Transaction);
        BillPlace? place = _line.Next() ? new BillPlace(_line.Long(0), (int)_line.Long(1)) : null;
        _line.Reset();
        return place;
    }

    /// <summary>The bills of a day.</summary>
    public IReadOnlyList<long> BillsOf(PaymentMethod provider, string operatorId, int day)
    {
        var bills = new List<long>();
        _bills.Set(1, provider.ToString()).Set(2, operatorId).Set(3, (long)day);
        while (_bills.Next())
        {
            bills.Add(_bills.Long(0));
        }

        _bills.Reset();
        return bills;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in _owned)
        {
            owned.Dispose();
        }
    }
}
