using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Recorded refunds, and what was recorded and is no counted sale. Belongs to one transaction.</summary>
internal sealed class RecordedOthersTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _putRefund = connection.Prepare("""
        INSERT INTO recorded_refunds (position, refund_number, transaction_number, business_day, amount_fen)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (position) DO UPDATE SET refund_number = excluded.refund_number,
          transaction_number = excluded.transaction_number, business_day = excluded.business_day,
          amount_fen = excluded.amount_fen
        """);

    private readonly Statement _putOther = connection.Prepare("""
        INSERT INTO recorded_others (position, cabinet_id, operator_id, kind, detail, vend_id, transaction_number,
                                     merchant_order_number, utc_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (position) DO UPDATE SET cabinet_id = excluded.cabinet_id, operator_id = excluded.operator_id,
          kind = excluded.kind, detail = excluded.detail, vend_id = excluded.vend_id,
          transaction_number = excluded.transaction_number,
          merchant_order_number = excluded.merchant_order_number, utc_ms = excluded.utc_ms
        """);

    private readonly Statement _removeOther = connection.Prepare("DELETE FROM recorded_others WHERE position = ?1");

    private readonly Statement? _which = connection.AsksInSets
        ? connection.Prepare("SELECT position FROM recorded_others WHERE position = ANY (?1)")
        : null;

    // Of the positions that were looked at those that are here; null when none was looked at.
    private HashSet<long>? _known;

    private readonly Statement _some = connection.Prepare("SELECT position FROM recorded_payments LIMIT ?1");

    /// <summary>
    /// Looks at once which of a stretch's positions are here, where each question costs a way to a server. From then on
    /// only these are put and removed.
    /// </summary>
    public void LookAt(IReadOnlyCollection<long> positions)
    {
        if (_which is null)
        {
            return;
        }

        _known = [];
        _which.Set(1, positions);
        while (_which.Next())
        {
            _known.Add(_which.Long(0));
        }
    }

    /// <summary>Notes a refund.</summary>
    public void Put(LedgerFact.Refund refund) => _putRefund.Set(1, refund.Position).Set(2, refund.Number)
        .Set(3, refund.Transaction).Set(4, (long)refund.Day).Set(5, refund.AmountFen).Run();

    /// <summary>Notes something that is no counted sale.</summary>
    public void Put(LedgerFact.Other other)
    {
        _putOther.Set(1, other.Place.Position).Set(2, other.Place.CabinetId).Set(3, other.Place.OperatorId)
            .Set(4, other.Kind).Set(5, other.Detail).Set(6, other.Place.VendId)
            .Set(7, other.Payment.TransactionNumber).Set(8, other.Payment.MerchantOrderNumber).Set(9, other.UtcMs)
            .Run();
        _known?.Add(other.Place.Position);
    }

    /// <summary>Forgets it: it counts now.</summary>
    public void Remove(long position)
    {
        if (_known is null || _known.Remove(position))
        {
            _removeOther.Set(1, position).Run();
        }
    }

    /// <summary>Some positions of recorded sales.</summary>
    public List<long> SomeSales(int count)
    {
        var positions = new List<long>();
        _some.Set(1, (long)count);
        while (_some.Next())
        {
            positions.Add(_some.Long(0));
        }

        return positions;
    }

    /// <summary>Forgets all refunds and others, and through whom operators were paid.</summary>
    public void Clear()
    {
        string[] all =
            ["DELETE FROM recorded_refunds", "DELETE FROM recorded_others", "DELETE FROM recorded_providers"];
        foreach (var sql in all)
        {
            using var delete = connection.Prepare(sql);
            delete.Run();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _putRefund.Dispose();
        _putOther.Dispose();
        _removeOther.Dispose();
        _some.Dispose();
        _which?.Dispose();
    }
}
