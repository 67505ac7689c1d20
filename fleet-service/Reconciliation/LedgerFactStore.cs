using System.Text;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Reconciliation;

/// <summary>What an entry of the ledger says of payments. A closed set.</summary>
internal abstract record LedgerFact
{
    private LedgerFact()
    {
    }

    /// <summary>A counted sale as it counts now, corrections and refunds included.</summary>
    internal sealed record Sale(RecordedSale Recorded) : LedgerFact;

    /// <summary>A refund as it was recorded.</summary>
    internal sealed record Refund(long Position, string Number, string Transaction, int Day, long AmountFen)
        : LedgerFact;

    /// <summary>Something recorded that is no counted sale.</summary>
    /// <param name="Place">Where.</param>
    /// <param name="Kind">nonSale, outcome or quarantined.</param>
    /// <param name="Detail">Its purpose or outcome.</param>
    /// <param name="Payment">The numbers it names.</param>
    /// <param name="UtcMs">When, Unix milliseconds UTC.</param>
    internal sealed record Other(SalePlace Place, string Kind, string Detail, Payment Payment, long UtcMs) : LedgerFact;

    /// <summary>It counts at another position, and what was noted of it is forgotten.</summary>
    internal sealed record Nothing(long Position) : LedgerFact;
}

/// <summary>A stretch of the ledger.</summary>
/// <param name="Facts">What there is to note, in order.</param>
/// <param name="Position">The last position read.</param>
/// <param name="CorrectionId">The last correction read.</param>
/// <param name="IsEmpty">True when there was nothing new.</param>
internal sealed record LedgerStretch(IReadOnlyList<LedgerFact> Facts, long Position, long CorrectionId, bool IsEmpty);

/// <summary>
/// Reads the ledger for what it says of payments: entries by position, and entries again that corrections changed. The
/// only place of this folder that knows the ledger's tables. SQLite commits one transaction after another, so what is
/// visible can no longer be overtaken. Thread-safe.
/// </summary>
internal sealed class LedgerFactStore(
    FleetDatabase database, BusinessZone zone, IOptions<ReconciliationOptions> options)
{
    private const long MinuteMs = 60_000;

    private const string Columns = """
        SELECT e.position, e.kind, e.state, e.utc_ms, e.business_day, j.cabinet_id, coalesce(a.operator_id, ''),
               coalesce(a.county_code, ''), e.line_class, e.line_classes, e.bytes,
               e.aid_fen + (SELECT coalesce(sum(c.aid_delta_fen), 0) FROM corrections c WHERE c.position = e.position),
               (SELECT c.line_classes FROM corrections c WHERE c.position = e.position
                ORDER BY c.correction_id DESC LIMIT 1),
               EXISTS (SELECT 1 FROM doubles d WHERE d.position = e.position),
               EXISTS (SELECT 1 FROM refunds r WHERE r.sale_position = e.position)
        FROM entries e
        JOIN batches b ON b.batch_id = e.batch_id
        JOIN journals j ON j.journal_no = b.journal_no
        LEFT JOIN assignments a ON a.assignment_id = e.assignment_id

        """;

    /// <summary>True when nothing of the ledger is behind the cursor.</summary>
    public bool IsAtEnd(RecordedPosition at)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT NOT EXISTS (SELECT 1 FROM entries WHERE position > ?1)
              AND NOT EXISTS (SELECT 1 FROM corrections WHERE correction_id > ?2)
            """);
        query.Set(1, at.Position).Set(2, at.CorrectionId);
        return query.Next() && query.Long(0) == 1;
    }

    /// <summary>Reads at most <paramref name="count"/> entries and as many corrections.</summary>
    public LedgerStretch Read(RecordedPosition after, int count)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var reader = new Reader(connection, zone, options.Value.MidnightMinutes * MinuteMs);
        var facts = new List<LedgerFact>();
        var position = after.Position;
        using (var entries = connection.Prepare(Columns + "WHERE e.position > ?1 ORDER BY e.position LIMIT ?2"))
        {
            entries.Set(1, after.Position).Set(2, (long)count);
            while (entries.Next())
            {
                position = entries.Long(0);
                reader.ReadWithSale(entries, facts);
            }
        }

        var correction = after.CorrectionId;
        using (var corrections = connection.Prepare(
            "SELECT correction_id, position FROM corrections WHERE correction_id > ?1 LIMIT ?2"))
        {
            corrections.Set(1, after.CorrectionId).Set(2, (long)count);
            while (corrections.Next())
            {
                correction = corrections.Long(0);
                reader.ReadAt(corrections.Long(1), facts);
            }
        }

        return new LedgerStretch(
            facts, position, correction, position == after.Position && correction == after.CorrectionId);
    }

    /// <summary>Reads entries within one moment.</summary>
    private sealed class Reader(FleetConnection connection, BusinessZone zone, long edgeMs) : IDisposable
    {
        private readonly Statement _at = connection.Prepare(Columns + "WHERE e.position = ?1");

        private readonly Statement _refund = connection.Prepare("""
            SELECT refund_number, refund_day, amount_fen, sale_position FROM refunds WHERE position = ?1
            """);

        private readonly Statement _refundsOf = connection.Prepare("""
            SELECT line, amount_fen, refund_day FROM refunds WHERE sale_position = ?1
            """);

        public void ReadAt(long position, List<LedgerFact> facts)
        {
            _at.Set(1, position);
            var sale = _at.Next() ? Read(_at, facts) : null;
            _at.Reset();
            if (sale is { } reversed)
            {
                ReadAt(reversed, facts);
            }
        }

        public void ReadWithSale(Statement row, List<LedgerFact> facts)
        {
            if (Read(row, facts) is { } reversed)
            {
                ReadAt(reversed, facts);
            }
        }

        public void Dispose()
        {
            _at.Dispose();
            _refund.Dispose();
            _refundsOf.Dispose();
        }

        /// <summary>Notes what an entry says; of a refund returns the position of the sale that it changes.</summary>
        private long? Read(Statement row, List<LedgerFact> facts)
        {
            var (kind, state) = ((EntryKind)row.Long(1), (EntryState)row.Long(2));
            var isReleased = state == EntryState.Quarantined && !row.IsNull(12);
            var isApart = state == EntryState.Quarantined && !isReleased;
            var counts = (state == EntryState.Counted || isReleased) && row.Long(13) == 0;
            if (counts && kind == EntryKind.Refund)
            {
                return ReadRefund(row, facts);
            }

            if (counts && kind == EntryKind.Sale)
            {
                facts.Add(new LedgerFact.Sale(Sale(row)));
            }
            else if (counts || isApart)
            {
                EntryCodec.TryDecode(row.Bytes(10), out _, out var body, out _);
                AddOther(row, body, isApart, facts);
            }
            else
            {
                facts.Add(new LedgerFact.Nothing(row.Long(0)));
            }

            return null;
        }

        private static void AddOther(Statement row, EntryBody? body, bool isApart, List<LedgerFact> facts)
        {
            LedgerFact.Other? other = body switch
            {
                SaleBody sale when isApart => Other(row, sale.VendId, "quarantined", "Sale", sale.Payment),
                NonSaleBody nonSale => Other(
                    row, nonSale.VendId, isApart ? "quarantined" : "nonSale", nonSale.Purpose.ToString(), null),
                OutcomeBody outcome => Other(
                    row, outcome.VendId, isApart ? "quarantined" : "outcome",
                    $"{outcome.Delivery}, {outcome.Payment}", null),
                _ => null,
            };
            if (other is { Place.VendId.Length: > 0 } or { Payment.TransactionNumber.Length: > 0 })
            {
                facts.Add(other);
            }
        }

        private static LedgerFact.Other Other(
            Statement row, string vendId, string kind, string detail, Payment? payment) => new(
            Place(row, vendId.Trim()), kind, detail, Trimmed(payment ?? new Payment(PaymentMethod.Other, "", "")),
            row.Long(3));

        private static SalePlace Place(Statement row, string vendId) =>
            new(row.Long(0), row.Text(5), row.Text(6), row.Text(7), vendId);

        private static Payment Trimmed(Payment payment) => new(
            payment.Method, payment.MerchantOrderNumber.Trim(), payment.TransactionNumber.Trim());

        private static string Utf8(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

        private RecordedSale Sale(Statement row)
        {
            EntryHeader.TryRead(row.Bytes(10), out _, out var body);
            var sale = new SaleView(body);
            long paid = 0;
            while (sale.NextLine(out var line))
            {
                paid = checked(paid + line.PaidFen);
            }

            var (utcMs, day, position) = (row.Long(3), (int)row.Long(4), row.Long(0));
            var (refunded, refundedAid, lastDay) = Refunds(row, position, day);
            return new RecordedSale(
                Place(row, Utf8(sale.VendId)),
                Trimmed(new Payment(sale.Method, Utf8(sale.MerchantOrderNumber), Utf8(sale.TransactionNumber))),
                new SaleTime(day, utcMs, Edge(day, utcMs), lastDay),
                new SaleAmounts(paid, row.Long(11), refunded, refundedAid));
        }

        /// <summary>
        /// Refunds of a sale, their aid part by the class its lines have now, and the last of their days.
        /// </summary>
        private (long Fen, long AidFen, int LastDay) Refunds(Statement row, long position, int day)
        {
            var (fen, aidFen) = (0L, 0L);
            if (row.Long(14) == 0)
            {
                return (0, 0, day);
            }

            _refundsOf.Set(1, position);
            while (_refundsOf.Next())
            {
                var classes = row.IsNull(12) ? row.IsNull(9) ? [] : row.Bytes(9) : row.Bytes(12);
                var line = (int)_refundsOf.Long(0);
                var lineClass = line < classes.Length ? classes[line] : (byte)row.Long(8);
                fen = checked(fen + _refundsOf.Long(1));
                aidFen = checked(aidFen + (lineClass == (byte)ProductClass.Aid ? _refundsOf.Long(1) : 0));
                day = Math.Max(day, (int)_refundsOf.Long(2));
            }

            return (fen, aidFen, day);
        }

        private long? ReadRefund(Statement row, List<LedgerFact> facts)
        {
            _refund.Set(1, row.Long(0));
            long? sale = null;
            if (_refund.Next())
            {
                EntryCodec.TryDecode(row.Bytes(10), out _, out var body, out _);
                facts.Add(new LedgerFact.Refund(row.Long(0), _refund.Text(0),
                    (body as RefundBody)?.TransactionNumber.Trim() ?? "", (int)_refund.Long(1), _refund.Long(2)));
                sale = _refund.LongOrNull(3);
            }

            _refund.Reset();
            return sale;
        }

        private int Edge(int day, long utcMs)
        {
            var start = zone.StartOfUtcMs(BillDays.Of(day));
            return utcMs - start < edgeMs ? -1 : BillDays.NextStartUtcMs(zone, day) - utcMs <= edgeMs ? 1 : 0;
        }
    }
}
