using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>A payment of a bill with what was decided of it.</summary>
internal sealed record StoredPayment(BillPayment Payment, BillSettlement Settlement, long StoredKeptFen);

/// <summary>A line of a bill that was imported before, as far as a new one can contradict it.</summary>
internal sealed record ImportedLine(
    string OperatorId, string MerchantOrder, string MerchantRefund, long AmountFen, long AtUtcMs, int Day, long BillId,
    int Line);

/// <summary>The lines of bills. Append-only but for what was decided of them. Belongs to one transaction.</summary>
internal sealed class BillLineTable(FleetConnection connection) : IDisposable
{
    private const string Payment = "payment";
    private const string Refund = "refund";

    private readonly Statement _find = connection.Prepare("""
        SELECT p.merchant_order_number, p.operator_id, p.amount_fen, p.at_utc_ms, p.bill_day, p.outcome, p.cabinet_id,
               p.kept_fen,
               (SELECT coalesce(sum(r.amount_fen), 0) FROM bill_lines r WHERE r.provider = p.provider
                  AND r.kind = 'refund' AND r.transaction_number = p.transaction_number),
               (SELECT coalesce(max(r.bill_day), 0) FROM bill_lines r WHERE r.provider = p.provider
                  AND r.kind = 'refund' AND r.transaction_number = p.transaction_number)
        FROM bill_lines p WHERE p.provider = ?1 AND p.kind = 'payment' AND p.transaction_number = ?2
          AND p.refund_number = ''
        """);

    private readonly Statement _ofOrder = connection.Prepare("""
        SELECT transaction_number FROM bill_lines WHERE provider = ?1 AND operator_id = ?2
          AND merchant_order_number = ?3 AND kind = 'payment' AND merchant_order_number <> ''
        """);

    private readonly Statement _imported = connection.Prepare("""
        SELECT operator_id, merchant_order_number, merchant_refund_number, amount_fen, at_utc_ms, bill_day, bill_id,
               line
        FROM bill_lines WHERE provider = ?1 AND kind = ?2 AND transaction_number = ?3 AND refund_number = ?4
        """);

    private readonly Statement _insert = connection.Prepare("""
        INSERT INTO bill_lines (provider, kind, transaction_number, refund_number, merchant_order_number, operator_id,
                                amount_fen, at_utc_ms, bill_day, buyer, bill_id, line, terminal,
                                merchant_refund_number, kept_fen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
        """);

    private readonly Statement _settle = connection.Prepare("""
        UPDATE bill_lines SET outcome = ?3, cabinet_id = ?4, kept_fen = ?5
        WHERE provider = ?1 AND kind = 'payment' AND transaction_number = ?2 AND refund_number = ''
        """);

    private readonly Statement? _which = connection.AsksInSets
        ? connection.Prepare("""
            SELECT transaction_number FROM bill_lines WHERE provider = ?1 AND kind = 'payment'
              AND transaction_number = ANY (?2) AND refund_number = ''
            """)
        : null;

    // Numbers that were looked at and are on no bill.
    private readonly HashSet<(PaymentMethod Provider, string Transaction)> _absent = [];

    /// <summary>
    /// Looks at once which of a provider's numbers are on bills, where each question costs a way to a server.
    /// </summary>
    public void LookAt(PaymentMethod provider, IReadOnlyCollection<string> transactions)
    {
        if (_which is null)
        {
            return;
        }

        _absent.UnionWith(transactions.Select(transaction => (provider, transaction)));
        _which.Set(1, provider.ToString()).Set(2, transactions);
        while (_which.Next())
        {
            _absent.Remove((provider, _which.Text(0)));
        }
    }

    /// <summary>Forgets what was looked at.</summary>
    public void Forget() => _absent.Clear();

    /// <summary>The payment with a number, with its refunds; or null.</summary>
    public StoredPayment? Find(PaymentMethod provider, string transaction)
    {
        if (_absent.Contains((provider, transaction)))
        {
            return null;
        }

        _find.Set(1, provider.ToString()).Set(2, transaction);
        var payment = _find.Next()
            ? new StoredPayment(
                new BillPayment(provider, transaction, _find.Text(0), _find.Text(1), _find.Long(2), _find.Long(8),
                    _find.Long(3), (int)Math.Max(_find.Long(4), _find.Long(9))),
                new BillSettlement((BillOutcome)_find.Long(5), _find.Text(6)), _find.Long(7))
            : null;
        _find.Reset();
        return payment;
    }

    /// <summary>The transaction numbers of an operator's payments with an order number.</summary>
    public List<string> OfOrder(PaymentMethod provider, string operatorId, string order)
    {
        var transactions = new List<string>();
        _ofOrder.Set(1, provider.ToString()).Set(2, operatorId).Set(3, order);
        while (_ofOrder.Next())
        {
            transactions.Add(_ofOrder.Text(0));
        }

        return transactions;
    }

    /// <summary>The line imported before under the same numbers, or null.</summary>
    public ImportedLine? Imported(PaymentMethod provider, BillRow row)
    {
        _imported.Set(1, provider.ToString()).Set(2, Word(row.Kind)).Set(3, row.Numbers.Transaction)
            .Set(4, row.Numbers.Refund);
        var line = _imported.Next()
            ? new ImportedLine(_imported.Text(0), _imported.Text(1), _imported.Text(2), _imported.Long(3),
                _imported.Long(4), (int)_imported.Long(5), _imported.Long(6), (int)_imported.Long(7))
            : null;
        _imported.Reset();
        return line;
    }

    /// <summary>Adds a line.</summary>
    public void Insert(PaymentMethod provider, BillRow row, ImportedLine line, byte[]? buyer)
    {
        _insert.Set(1, provider.ToString()).Set(2, Word(row.Kind)).Set(3, row.Numbers.Transaction)
            .Set(4, row.Numbers.Refund).Set(5, line.MerchantOrder).Set(6, line.OperatorId).Set(7, line.AmountFen)
            .Set(8, line.AtUtcMs).Set(9, (long)line.Day).Set(11, line.BillId).Set(12, (long)line.Line)
            .Set(13, row.Terminal).Set(14, line.MerchantRefund)
            .Set(15, row.Kind == BillKind.Payment ? line.AmountFen : 0L);
        if (buyer is null)
        {
            _insert.SetNull(10);
        }
        else
        {
            _insert.Set(10, buyer);
        }

        _insert.Run();
        _absent.Remove((provider, row.Numbers.Transaction));
    }

    /// <summary>Writes what was decided of a payment.</summary>
    public void Settle(StoredPayment stored, BillSettlement settlement)
    {
        if (stored.Settlement != settlement || stored.StoredKeptFen != stored.Payment.KeptFen)
        {
            _settle.Set(1, stored.Payment.Provider.ToString()).Set(2, stored.Payment.Transaction)
                .Set(3, (long)settlement.Outcome).Set(4, settlement.CabinetId).Set(5, stored.Payment.KeptFen).Run();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _find.Dispose();
        _ofOrder.Dispose();
        _imported.Dispose();
        _insert.Dispose();
        _settle.Dispose();
        _which?.Dispose();
    }

    private static string Word(BillKind kind) => kind == BillKind.Payment ? Payment : Refund;
}
