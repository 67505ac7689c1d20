using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Series;

/// <summary>A stretch of the ledger.</summary>
/// <param name="Entries">What there is to show of it, by position.</param>
/// <param name="LastPosition">The last position read; the cursor after it. Null when there is nothing new.</param>
internal sealed record SeriesStretch(IReadOnlyList<SeriesEntry> Entries, long? LastPosition);

/// <summary>
/// Reads the ledger's entries by position. The only place of this folder that knows the ledger's tables. The
/// ledger has one writer at a time on either engine, so a position that is visible can no longer be overtaken.
/// </summary>
internal sealed class SeriesLedger(FleetDatabase database)
{
    private const int Sale = 1;
    private const int Refund = 2;
    private const int Counted = 0;

    /// <summary>Reads at most <paramref name="count"/> entries behind a position.</summary>
    public SeriesStretch Read(long afterPosition, int count)
    {
        using var connection = database.OpenReader();
        using var row = connection.Prepare("""
            SELECT e.position, e.kind, e.state, e.utc_ms, j.cabinet_id, coalesce(a.operator_id, ''),
              coalesce(a.county_code, ''), e.aid_fen, e.ordinary_fen, e.unmapped_fen, r.amount_fen, r.class
            FROM entries e
            JOIN batches b ON b.batch_id = e.batch_id
            JOIN journals j ON j.journal_no = b.journal_no
            LEFT JOIN assignments a ON a.assignment_id = e.assignment_id
            LEFT JOIN refunds r ON r.position = e.position
            WHERE e.position > ?1 ORDER BY e.position LIMIT ?2
            """);
        row.Set(1, afterPosition).Set(2, (long)count);
        var entries = new List<SeriesEntry>();
        long? last = null;
        while (row.Next())
        {
            last = row.Long(0);
            var kind = (int)row.Long(1);
            if (row.Long(2) != Counted || kind is not Sale and not Refund)
            {
                continue;
            }

            var refund = kind == Refund && !row.IsNull(10) ? row.Long(10) : 0;
            var refundClass = row.IsNull(11) ? (Catalogue.ProductClass?)null
                : (Catalogue.ProductClass)row.Long(11);
            entries.Add(new SeriesEntry(
                last.Value, kind == Refund, row.Long(3), row.Text(4), row.Text(5),
                row.Text(6),
                kind == Sale ? row.Long(7) : Part(refund, refundClass == Catalogue.ProductClass.Aid),
                kind == Sale ? row.Long(8) : Part(refund, refundClass == Catalogue.ProductClass.Ordinary),
                kind == Sale
                    ? row.Long(9)
                    : Part(refund, refundClass is null or Catalogue.ProductClass.Unmapped)));
        }

        return new SeriesStretch(entries, last);
    }

    private static long Part(long amount, bool isThisClass) => isThisClass ? amount : 0;
}
