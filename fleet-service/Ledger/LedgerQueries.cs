using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>Reads the ledger for people and programs. Each call has its own connection; thread-safe.</summary>
internal sealed class LedgerQueries(FleetDatabase database)
{
    /// <summary>Most rows of one page.</summary>
    public const int MaxPage = 500;

    /// <summary>The sales of a cabinet, newest position first.</summary>
    public BackwardsPage<SaleShown> Sales(CabinetId cabinet, long? before, int count)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT e.position, j.journal_id, e.seq, e.hash, e.utc_ms, e.business_day, e.assignment_id, e.state,
                   e.aid_fen, e.ordinary_fen, e.unmapped_fen, e.line_class,
                   coalesce((SELECT line_classes FROM corrections c WHERE c.position = e.position
                             ORDER BY correction_id DESC LIMIT 1), e.line_classes),
                   e.bytes,
                   (SELECT coalesce(sum(amount_fen), 0) FROM refunds r
                    WHERE r.sale_position = e.position),
                   (SELECT coalesce(sum(aid_delta_fen), 0) FROM corrections c WHERE c.position = e.position),
                   (SELECT coalesce(sum(ordinary_delta_fen), 0) FROM corrections c WHERE c.position = e.position),
                   (SELECT coalesce(sum(unmapped_delta_fen), 0) FROM corrections c WHERE c.position = e.position)
            FROM journals j JOIN batches b USING (journal_no)
            JOIN entries e ON e.position BETWEEN b.first_position AND b.first_position + b.entries - 1
            WHERE j.cabinet_id = ?1 AND e.position < ?2 AND e.kind = 1
            ORDER BY e.position DESC LIMIT ?3
            """);
        using var corrections = connection.Prepare("""
            SELECT correction_id, cause, catalogue_version, corrected_utc_ms, corrected_by, aid_delta_fen,
                   ordinary_delta_fen, unmapped_delta_fen, line_classes
            FROM corrections WHERE position = ?1 ORDER BY correction_id
            """);
        query.Set(1, cabinet.Value).Set(2, before ?? long.MaxValue).Set(3, (long)Math.Clamp(count, 1, MaxPage));
        var sales = new List<SaleShown>();
        long? last = null;
        var read = 0;
        while (query.Next())
        {
            last = query.Long(0);
            read++;
            if (Show(query, corrections) is { } sale)
            {
                sales.Add(sale);
            }
        }

        return new BackwardsPage<SaleShown>(sales, read < Math.Clamp(count, 1, MaxPage) ? null : last);
    }

    /// <summary>Quarantined entries, newest first.</summary>
    public BackwardsPage<QuarantinedShown> Quarantine(string? cabinet, bool open, long? before, int count)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT q.position, q.cabinet_id, q.journal_id, q.seq, q.reason, q.detail, q.quarantined_utc_ms,
                   q.released_utc_ms, q.released_by, e.bytes
            FROM quarantine q JOIN entries e USING (position)
            WHERE (?1 = '' OR q.cabinet_id = ?1) AND (?2 = 0 OR q.released_utc_ms IS NULL) AND q.position < ?3
            ORDER BY q.position DESC LIMIT ?4
            """);
        query.Set(1, cabinet ?? "").Set(2, open ? 1L : 0L).Set(3, before ?? long.MaxValue)
            .Set(4, (long)Math.Clamp(count, 1, MaxPage));
        var rows = new List<QuarantinedShown>();
        while (query.Next())
        {
            rows.Add(new QuarantinedShown(query.Long(0), query.Text(1), query.Journal(2).ToString(),
                (ulong)query.Long(3), ((QuarantineReason)query.Long(4)).ToString(), query.Text(5), Utc(query.Long(6)),
                query.IsNull(7) ? null : Utc(query.Long(7)), query.IsNull(8) ? null : query.Text(8),
                Convert.ToHexStringLower(query.Bytes(9))));
        }

        return new BackwardsPage<QuarantinedShown>(rows,
            rows.Count < Math.Clamp(count, 1, MaxPage) ? null : rows[^1].Position);
    }

    /// <summary>The journals of a cabinet, oldest first.</summary>
    public IReadOnlyList<JournalShown> Journals(CabinetId cabinet)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT journal_id, head_seq, head_hash, skipped, superseded_after, predecessor_id, witness_seq
            FROM journals WHERE cabinet_id = ?1 ORDER BY journal_no
            """);
        query.Set(1, cabinet.Value);
        var journals = new List<JournalShown>();
        while (query.Next())
        {
            journals.Add(new JournalShown(query.Journal(0).ToString(), (ulong)query.Long(1), query.Hash(2).ToString(),
                (ulong)query.Long(3), (ulong?)query.LongOrNull(4), query.IsNull(5) ? null : query.Journal(5).ToString(),
                (ulong?)query.LongOrNull(6)));
        }

        return journals;
    }

    private static SaleShown? Show(Statement row, Statement corrections)
    {
        if (!EntryCodec.TryDecode(row.Bytes(13), out _, out var body, out _) || body is not SaleBody sale)
        {
            return null;
        }

        var classes = row.IsNull(12) ? null : row.Bytes(12).ToArray();
        var lineClass = (byte)row.Long(11);
        var lines = sale.Lines.Select((line, i) => new SaleLineShown(line.Slot, line.Sku, line.Name, line.Quantity,
            line.UnitPriceFen, line.PaidFen, ((ProductClass)(classes?[i] ?? lineClass)).ToString()));
        return new SaleShown
        {
            Position = row.Long(0),
            Journal = row.Journal(1).ToString(),
            Seq = (ulong)row.Long(2),
            Hash = row.Hash(3).ToString(),
            SoldUtc = Utc(row.Long(4)),
            BusinessDay = (int)row.Long(5),
            AssignmentId = row.Long(6),
            VendId = sale.VendId,
            Source = sale.Source.ToString(),
            Marks = sale.Marks.ToString(),
            State = ((EntryState)row.Long(7)).ToString(),
            PaymentMethod = sale.Payment.Method.ToString(),
            MerchantOrderNumber = sale.Payment.MerchantOrderNumber,
            TransactionNumber = sale.Payment.TransactionNumber,
            AidFen = row.Long(8) + row.Long(15),
            OrdinaryFen = row.Long(9) + row.Long(16),
            UnmappedFen = row.Long(10) + row.Long(17),
            RefundedFen = row.Long(14),
            Lines = [.. lines],
            Corrections = Corrections(corrections, row.Long(0)),
        };
    }

    private static List<CorrectionShown> Corrections(Statement query, long position)
    {
        var corrections = new List<CorrectionShown>();
        query.Set(1, position);
        while (query.Next())
        {
            corrections.Add(new CorrectionShown(query.Long(0), query.Text(1), query.Long(2), Utc(query.Long(3)),
                query.Text(4), query.Long(5), query.Long(6), query.Long(7),
                [.. query.Bytes(8).ToArray().Select(c => ((ProductClass)c).ToString())]));
        }

        return corrections;
    }

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(utcMs, -62_135_596_800_000, 253_402_300_799_999)).UtcDateTime;
}
