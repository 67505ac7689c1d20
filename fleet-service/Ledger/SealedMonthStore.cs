using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>The tables of sealed months. The caller brings connection and transaction.</summary>
internal static class SealedMonthStore
{
    /// <summary>All sealed months, oldest first.</summary>
    public static IReadOnlyList<SealedMonth> All(FleetConnection connection) => connection.Query(
        """
        SELECT month, first_position, last_position, batches, entries, rows_hash, kept_entries, kept_hash,
               sealed_utc_ms, sealed_by, seal
        FROM sealed_months ORDER BY month
        """,
        row => new SealedMonth(
            (int)row.Long(0), row.Long(1), row.Long(2), row.Long(3), row.Long(4), HashOf(row, 5))
        {
            KeptEntries = row.Long(6),
            KeptHash = HashOf(row, 7),
            SealedUtcMs = row.Long(8),
            SealedBy = row.Text(9),
            Seal = HashOf(row, 10),
        });

    /// <summary>A sealed month; null when it is not sealed.</summary>
    public static SealedMonth? Find(FleetConnection connection, int month) =>
        All(connection).FirstOrDefault(found => found.Month == month);

    /// <summary>The figures of a sealed month.</summary>
    public static MonthFigures Figures(FleetConnection connection, int month) => new(
        connection.Query(
            """
            SELECT month, journal_no, first_seq, last_seq, base_seq, base_hash, last_hash FROM sealed_runs
            WHERE month = $month ORDER BY journal_no, first_seq
            """,
            row => new SealedRun((int)row.Long(0), row.Long(1), row.Long(2), row.Long(3),
                new Head((ulong)row.Long(4), HashOf(row, 5)), HashOf(row, 6)),
            ("$month", (long)month)),
        connection.Query(
            """
            SELECT cabinet_id, assignment_id, business_day, class, sales_fen, sales_lines FROM sealed_sums
            WHERE month = $month ORDER BY cabinet_id, assignment_id, business_day, class
            """,
            row => new SealedSum(
                row.Text(0), row.Long(1), (int)row.Long(2), (int)row.Long(3), row.Long(4), row.Long(5)),
            ("$month", (long)month)),
        connection.Query(
            "SELECT block, first_utc_ms, last_utc_ms FROM sealed_spans WHERE month = $month ORDER BY block",
            row => new SealedSpan(row.Long(0), row.Long(1), row.Long(2)), ("$month", (long)month)));

    /// <summary>
    /// The newest sealed month in which a sale of a span of time may be; null when none of that time was detached.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="fromUtcMs">First millisecond of the span, Unix time.</param>
    /// <param name="toUtcMs">First millisecond after it; null without an end.</param>
    public static int? MonthWithSales(FleetConnection connection, long fromUtcMs, long? toUtcMs) => connection.Query(
        """
        SELECT coalesce(max(month), 0) FROM sealed_spans WHERE last_utc_ms >= $from AND first_utc_ms < $to
        """,
        row => (int)row.Long(0), ("$from", fromUtcMs), ("$to", toUtcMs ?? long.MaxValue))[0] is > 0 and var month
            ? month
            : null;

    /// <summary>Writes a month with its figures.</summary>
    public static void Insert(FleetConnection connection, SealedMonth month, MonthFigures figures)
    {
        using (var row = connection.Prepare("""
            INSERT INTO sealed_months (month, first_position, last_position, batches, entries, rows_hash, kept_entries,
              kept_hash, sealed_utc_ms, sealed_by, seal)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """))
        {
            row.Set(1, (long)month.Month).Set(2, month.FirstPosition).Set(3, month.LastPosition)
                .Set(4, month.Batches).Set(5, month.Entries).Set(6, month.RowsHash).Set(7, month.KeptEntries)
                .Set(8, month.KeptHash).Set(9, month.SealedUtcMs).Set(10, month.SealedBy).Set(11, month.Seal).Run();
        }

        using var runs = connection.PrepareRows(
            "sealed_runs", "month, journal_no, first_seq, last_seq, base_seq, base_hash, last_hash");
        foreach (var run in figures.Runs)
        {
            runs.Set(1, run.Month).Set(2, run.JournalNo).Set(3, run.FirstSeq).Set(4, run.LastSeq)
                .Set(5, (long)run.Base.Seq).Set(6, run.Base.Hash).Set(7, run.LastHash).Add();
        }

        using var sums = connection.PrepareRows(
            "sealed_sums", "month, cabinet_id, assignment_id, business_day, class, sales_fen, sales_lines");
        foreach (var sum in figures.Sums)
        {
            sums.Set(1, month.Month).Set(2, sum.Cabinet).Set(3, sum.Assignment).Set(4, sum.Day).Set(5, sum.Class)
                .Set(6, sum.SalesFen).Set(7, sum.SalesLines).Add();
        }

        using var spans = connection.PrepareRows("sealed_spans", "month, block, first_utc_ms, last_utc_ms");
        foreach (var span in figures.Spans)
        {
            spans.Set(1, month.Month).Set(2, span.Block).Set(3, span.FirstUtcMs).Set(4, span.LastUtcMs).Add();
        }

        connection.FlushRows();
    }

    /// <summary>Forgets a month whose rows are back.</summary>
    public static void Remove(FleetConnection connection, int month)
    {
        foreach (var table in (string[])["sealed_months", "sealed_runs", "sealed_sums", "sealed_spans"])
        {
            connection.Execute($"DELETE FROM {table} WHERE month = $month", ("$month", (long)month));
        }
    }

    // What was changed must be named by the proof, so nothing that is read here may throw.
    private static Digest HashOf(Statement row, int column) =>
        row.Bytes(column) is { Length: Digest.Size } bytes ? Digest.Read(bytes) : default;
}
