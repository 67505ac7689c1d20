using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>A payment of a bill to which no counted sale belongs.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="OperatorId">Whose bill.</param>
/// <param name="BillDay">Its day, yyyymmdd.</param>
/// <param name="Transaction">The provider's number.</param>
/// <param name="MerchantOrder">The merchant's number.</param>
/// <param name="KeptFen">What was kept of it, in fen.</param>
/// <param name="AtUtcMs">When it was paid, Unix milliseconds UTC.</param>
/// <param name="Terminal">The merchant's name of the device, or empty.</param>
internal sealed record UnrecordedPayment(
    PaymentMethod Provider, string OperatorId, int BillDay, string Transaction, string MerchantOrder, long KeptFen,
    long AtUtcMs, string Terminal)
{
    /// <summary>Where it stands on a bill.</summary>
    public BillPlace Place { get; init; } = new(0, 0);
}

/// <summary>A line of a bill.</summary>
/// <param name="BillId">The bill.</param>
/// <param name="Line">The line of its file, from 1.</param>
internal readonly record struct BillPlace(long BillId, int Line);

/// <summary>An entry of a journal.</summary>
internal readonly record struct EntryPlace(string Journal, long Seq);

/// <summary>What a payment without sale seems to belong to.</summary>
/// <param name="Kind">
/// nonSale, outcome, quarantined; sale when a counted sale has its order number with another transaction number or
/// method.
/// </param>
/// <param name="Detail">The purpose, the outcome, or the sale's method.</param>
/// <param name="CabinetId">Where.</param>
/// <param name="VendId">The cabinet's id of it.</param>
internal sealed record BelongsTo(string Kind, string Detail, string CabinetId, string VendId);

/// <summary>Reads payments of bills without a sale, and what is known around them. Thread-safe.</summary>
internal sealed class PaymentQueries(FleetDatabase database)
{
    /// <summary>
    /// Payments without a sale on bills of the days [from, to), by day and number; empty stands for all.
    /// </summary>
    public IReadOnlyList<UnrecordedPayment> Unrecorded(int fromDay, int toDay, string operatorId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT provider, operator_id, bill_day, transaction_number, merchant_order_number, kept_fen, at_utc_ms,
                   terminal, bill_id, line
            FROM bill_lines
            WHERE kind = 'payment' AND outcome = 0 AND bill_day >= ?1 AND bill_day < ?2
              AND (?3 = '' OR operator_id = ?3)
            ORDER BY bill_day, operator_id, provider, transaction_number
            """);
        query.Set(1, (long)fromDay).Set(2, (long)toDay).Set(3, operatorId);
        var payments = new List<UnrecordedPayment>();
        while (query.Next())
        {
            payments.Add(new UnrecordedPayment(
                Enum.Parse<PaymentMethod>(query.Text(0)), query.Text(1), (int)query.Long(2), query.Text(3),
                query.Text(4), query.Long(5), query.Long(6), query.Text(7))
            {
                Place = new BillPlace(query.Long(8), (int)query.Long(9)),
            });
        }

        return payments;
    }

    /// <summary>Looks up what payments without a sale seem to belong to, within one connection.</summary>
    public PaymentTraces Traces() => new(database);

    /// <summary>
    /// Until when each cabinet's data is complete, Unix milliseconds UTC; cabinets that were never heard are absent.
    /// </summary>
    public IReadOnlyDictionary<string, long> CompleteUntil()
    {
        using var connection = database.OpenReader();

        // A hello says how far its journal reached; once the head is there, everything up to the hello is committed.
        using var query = connection.Prepare("""
            SELECT h.cabinet_id, CASE WHEN j.head_seq >= h.tail_seq THEN h.heard_utc_ms
                                      ELSE coalesce(j.last_utc_ms, 0) END
            FROM hellos h LEFT JOIN journals j ON j.journal_id = h.journal_id
            """);
        var until = new Dictionary<string, long>(StringComparer.Ordinal);
        while (query.Next())
        {
            until[query.Text(0)] = query.Long(1);
        }

        return until;
    }
}
