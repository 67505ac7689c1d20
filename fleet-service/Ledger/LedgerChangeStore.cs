using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>A committed sale, as far as projections need it.</summary>
/// <param name="UtcMs">Its corrected moment, Unix milliseconds UTC.</param>
/// <param name="Day">Its business day, yyyymmdd.</param>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="AssignmentId">The assignment; 0 without one.</param>
/// <param name="CountyCode">County of the assignment; empty without one.</param>
/// <param name="OperatorId">Operator of the assignment; empty without one.</param>
/// <param name="Bytes">Its canonical bytes.</param>
internal sealed record SoldEntry(
    long UtcMs, int Day, string CabinetId, long AssignmentId, string CountyCode, string OperatorId, byte[] Bytes);

/// <summary>A sale that counts otherwise than before.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Before">One class per line as it was counted; null when it was not.</param>
/// <param name="After">One class per line as it counts from now on.</param>
internal sealed record SaleChange(SoldEntry Sale, byte[]? Before, byte[] After);

/// <summary>Entries that were read.</summary>
/// <param name="Sales">The sales that count.</param>
/// <param name="Refunds">Positions of refunds, whether they count or not.</param>
/// <param name="Position">The last entry's position.</param>
internal sealed record EntriesRead(IReadOnlyList<SaleChange> Sales, IReadOnlyList<long> Refunds, long Position);

/// <summary>
/// Reads the ledger for projections that follow it by cursors: entries by position, corrections by number, and refunds
/// that changed their row. Reads within the caller's transaction, so that all three belong to one moment: one
/// transaction is committed after another, and a position that is visible can no longer be overtaken. No state;
/// thread-safe.
/// </summary>
internal static class LedgerChangeStore
{
    private const string SaleColumns = """
        e.utc_ms, e.business_day, j.cabinet_id, e.assignment_id, coalesce(a.county_code, ''),
        coalesce(a.operator_id, ''), e.bytes
        """;

    private const string SaleTables = """
        JOIN batches b ON b.batch_id = e.batch_id
        JOIN journals j ON j.journal_no = b.journal_no
        LEFT JOIN assignments a ON a.assignment_id = e.assignment_id
        """;

    /// <summary>The newest position; 0 in an empty ledger.</summary>
    public static long NewestPosition(FleetConnection connection)
    {
        using var query = connection.Prepare("SELECT coalesce(max(position), 0) FROM entries");
        query.Next();
        return query.Long(0);
    }

    /// <summary>The entries behind a position; null when there is none.</summary>
    public static EntriesRead? Entries(FleetConnection connection, long afterPosition, int most)
    {
        using var query = connection.Prepare($"""
            SELECT {SaleColumns}, e.position, e.kind, e.state, e.line_class, e.line_classes
            FROM entries e {SaleTables}
            WHERE e.position > ?1 ORDER BY e.position LIMIT ?2
            """);
        query.Set(1, afterPosition).Set(2, (long)most);
        var (sales, refunds) = (new List<SaleChange>(), new List<long>());
        long? last = null;
        while (query.Next())
        {
            last = query.Long(7);
            switch ((EntryKind)query.Long(8), (EntryState)query.Long(9))
            {
                case (EntryKind.Sale, EntryState.Counted):
                    var sale = SaleOf(query);
                    sales.Add(new SaleChange(sale, null, Committed(query, sale, 10)));
                    break;
                case (EntryKind.Refund, _):
                    refunds.Add(last.Value);
                    break;
                default:
                    break;
            }
        }

        return last is { } position ? new EntriesRead(sales, refunds, position) : null;
    }

    /// <summary>
    /// The sales that corrections behind a number changed, and the number of the last correction. A released refund is
    /// not among them: it shows in the refunds themselves.
    /// </summary>
    public static (IReadOnlyList<SaleChange> Sales, long CorrectionId) Corrections(
        FleetConnection connection, long afterId, int most)
    {
        using var query = connection.Prepare($"""
            SELECT {SaleColumns}, c.correction_id, e.kind, c.cause, e.line_class, e.line_classes, c.lines_delta,
              c.line_classes,
              (SELECT p.line_classes FROM corrections p
               WHERE p.position = c.position AND p.correction_id < c.correction_id
               ORDER BY p.correction_id DESC LIMIT 1)
            FROM corrections c JOIN entries e ON e.position = c.position {SaleTables}
            WHERE c.correction_id > ?1 ORDER BY c.correction_id LIMIT ?2
            """);
        query.Set(1, afterId).Set(2, (long)most);
        var sales = new List<SaleChange>();
        var last = afterId;
        while (query.Next())
        {
            last = query.Long(7);
            if ((EntryKind)query.Long(8) != EntryKind.Sale)
            {
                continue;
            }

            var (sale, after) = (SaleOf(query), query.Bytes(13).ToArray());
            if (query.Text(9) != nameof(CorrectionCause.Released))
            {
                var before = query.IsNull(14) ? Committed(query, sale, 10) : query.Bytes(14).ToArray();
                sales.Add(new SaleChange(sale, before, after));
            }
            else if (query.Bytes(12).ContainsAnyExcept((byte)0))
            {
                sales.Add(new SaleChange(sale, null, after));
            }

            // Else the vend counts elsewhere, and its release brought nothing.
        }

        return (sales, last);
    }

    /// <summary>
    /// Positions of refunds whose row changed, in a table that a trigger fills, and the number of the last change; 0
    /// when there is none.
    /// </summary>
    public static (IReadOnlyList<long> Positions, long ChangeId) RefundChanges(
        FleetConnection connection, string table, int most)
    {
        using var query = connection.Prepare($"SELECT change_id, position FROM {table} ORDER BY change_id LIMIT ?1");
        query.Set(1, (long)most);
        var positions = new List<long>();
        long last = 0;
        while (query.Next())
        {
            last = query.Long(0);
            positions.Add(query.Long(1));
        }

        return (positions, last);
    }

    /// <summary>The sale in the first seven columns of a row, in the order of the record.</summary>
    public static SoldEntry SaleOf(Statement row) => new(
        row.Long(0), (int)row.Long(1), row.Text(2), row.Long(3), row.Text(4), row.Text(5), row.Bytes(6).ToArray());

    /// <summary>The class of every line at commit: one for all of them, or one each.</summary>
    private static byte[] Committed(Statement row, SoldEntry sale, int column) => row.IsNull(column + 1)
        ? Enumerable.Repeat(
            (byte)row.Long(column),
            EntryHeader.TryRead(sale.Bytes, out _, out var body) ? new SaleView(body).LineCount : 0).ToArray()
        : row.Bytes(column + 1).ToArray();
}
