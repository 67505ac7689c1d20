using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Which bill.</summary>
internal sealed record BillName(PaymentMethod Provider, string OperatorId, DateOnly Day)
{
    /// <summary>What who brings it says of it beside.</summary>
    public StatedBill Stated { get; init; } = StatedBill.Nothing;
}

/// <summary>What who brings a bill says of it, to be compared; all of it is optional.</summary>
/// <param name="Rows">Its data rows.</param>
/// <param name="AmountFen">Payments less refunds, in fen.</param>
/// <param name="Merchants">The merchant numbers that it is for, those without a row too.</param>
internal sealed record StatedBill(long? Rows, long? AmountFen, IReadOnlyList<string> Merchants)
{
    /// <summary>Nothing is said.</summary>
    public static StatedBill Nothing { get; } = new(null, null, []);
}

/// <summary>A bill that is being imported.</summary>
/// <param name="BillId">Its number.</param>
/// <param name="IsFinished">True when the same file was imported before.</param>
/// <param name="WasComplete">What was said of it then.</param>
internal sealed record BegunBill(long BillId, bool IsFinished, bool WasComplete);

/// <summary>A bill as the interface shows it. Amounts in fen; refunds positive.</summary>
internal sealed record BillShown(
    long BillId, string Provider, string OperatorId, DateOnly Day, string Sha256, string Encoding, int RowsRead,
    int RowsTaken, int RowsKnown, int RowsSkipped, int RowsRefused, BillSums Counted, string Summary, bool Complete,
    string ImportedBy, DateTime? ImportedUtc)
{
    /// <summary>The merchant numbers that it is for.</summary>
    public IReadOnlyList<string> Merchants { get; init; } = [];

    /// <summary>Its withdrawal, proposed or approved; null when there is none.</summary>
    public WithdrawalShown? Withdrawal { get; init; }
}

/// <summary>The table of bills. Reading opens its own connection; writing joins the caller's transaction.</summary>
internal sealed class BillStore(FleetDatabase database, IOptions<ReconciliationOptions> options)
{
    /// <summary>True when the register knows the operator.</summary>
    public bool KnowsOperator(string operatorId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("SELECT 1 FROM operators WHERE operator_id = ?1");
        return query.Set(1, operatorId).Next();
    }

    /// <summary>Bills, newest first; empty texts stand for all.</summary>
    public BackwardsPage<BillShown> Page(
        (string Operator, string Provider) of, (int From, int To) days, long? before, int count)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT bill_id, provider, operator_id, day, file_sha256, encoding, rows_read, rows_taken, rows_known,
                   rows_skipped, rows_refused, payments, payments_fen, refunds, refunds_fen, summary, complete,
                   imported_by, finished_utc_ms, (SELECT coalesce(string_agg(merchant_number, ','), '') FROM
                   bill_merchants m WHERE m.bill_id = bills.bill_id)
            FROM bills WHERE bill_id < ?1 AND (?2 = '' OR operator_id = ?2) AND (?3 = '' OR provider = ?3)
              AND day >= ?4 AND day < ?5
            ORDER BY bill_id DESC LIMIT ?6
            """);
        query.Set(1, before ?? long.MaxValue).Set(2, of.Operator).Set(3, of.Provider).Set(4, (long)days.From)
            .Set(5, (long)days.To).Set(6, (long)count);
        var bills = new List<BillShown>();
        using var withdrawals = new WithdrawalTable(connection);
        while (query.Next())
        {
            bills.Add(new BillShown(
                query.Long(0), query.Text(1), query.Text(2), BillDays.Of((int)query.Long(3)),
                Convert.ToHexStringLower(query.Bytes(4)), query.Text(5), (int)query.Long(6), (int)query.Long(7),
                (int)query.Long(8), (int)query.Long(9), (int)query.Long(10),
                new BillSums(query.Long(6), query.Long(11), query.Long(12), query.Long(13), query.Long(14)),
                query.Text(15), query.Long(16) == 1, query.Text(17),
                query.LongOrNull(18) is { } utcMs
                    ? DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime
                    : null)
            {
                Merchants = [.. query.Text(19).Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Order(StringComparer.Ordinal)],
                Withdrawal = withdrawals.Standing(query.Long(0))?.Show(),
            });
        }

        return new BackwardsPage<BillShown>(bills, bills.Count < count ? null : bills[^1].BillId);
    }

    /// <summary>
    /// What was imported for each operator, provider and day of a range [from, to), yyyymmdd; unfinished files and
    /// withdrawn ones do not count.
    /// </summary>
    public IReadOnlyList<BillDayState> Days(int fromDay, int toDay)
    {
        var merchantDays = options.Value.MerchantDays;
        var earliest = fromDay == 0
            ? 0
            : BusinessZone.Number(BillDays.Of(fromDay).AddDays(-merchantDays));
        return [.. BillDayRule.Of(MerchantDays(earliest, toDay), merchantDays).Where(day => day.Day >= fromDay)];
    }

    private List<MerchantDay> MerchantDays(int fromDay, int toDay)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT b.operator_id, b.provider, b.day, coalesce(m.merchant_number, ''), count(*),
                   max(b.complete * b.has_payments), max(b.complete * b.has_refunds)
            FROM bills b LEFT JOIN bill_merchants m USING (bill_id)
            WHERE b.finished_utc_ms IS NOT NULL AND b.withdrawn_utc_ms IS NULL AND b.day >= ?1 AND b.day < ?2
            GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            """);
        query.Set(1, (long)fromDay).Set(2, (long)toDay);
        var days = new List<MerchantDay>();
        while (query.Next())
        {
            days.Add(new MerchantDay(query.Text(0), query.Text(1), (int)query.Long(2), query.Text(3),
                (int)query.Long(4), query.Long(5) == 1, query.Long(6) == 1));
        }

        return days;
    }

    /// <summary>
    /// The first of some merchant numbers that another operator's bills name, and that operator; or null.
    /// </summary>
    public static (string Merchant, string OperatorId)? Taken(
        FleetConnection connection, BillName name, IEnumerable<string> merchants)
    {
        using var query = connection.Prepare("""
            SELECT b.operator_id FROM bill_merchants m JOIN bills b USING (bill_id)
            WHERE m.provider = ?1 AND m.merchant_number = ?2 AND b.operator_id <> ?3 AND b.withdrawn_utc_ms IS NULL
            ORDER BY bill_id LIMIT 1
            """);
        query.Set(1, name.Provider.ToString()).Set(3, name.OperatorId);
        foreach (var merchant in merchants)
        {
            query.Set(2, merchant);
            if (query.Next())
            {
                return (merchant, query.Text(0));
            }

            query.Reset();
        }

        return null;
    }

    /// <summary>Notes the merchant numbers of a bill.</summary>
    public static void Name(
        FleetConnection connection, BillName name, long billId, IEnumerable<string> merchants)
    {
        using var insert = connection.Prepare("""
            INSERT INTO bill_merchants (provider, merchant_number, bill_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING
            """);
        foreach (var merchant in merchants)
        {
            insert.Set(1, name.Provider.ToString()).Set(2, merchant).Set(3, billId).Run();
        }
    }

    /// <summary>Begins the import of a file, or finds that it was begun or imported before.</summary>
    public static BegunBill Begin(
        FleetConnection connection, BillName name, ReadOnlySpan<byte> sha256, (long UtcMs, string By) made)
    {
        using var find = connection.Prepare("""
            SELECT bill_id, finished_utc_ms, complete FROM bills
            WHERE provider = ?1 AND operator_id = ?2 AND day = ?3 AND file_sha256 = ?4 AND withdrawn_utc_ms IS NULL
            """);
        Bind(find, name, sha256);
        if (find.Next())
        {
            return new BegunBill(find.Long(0), !find.IsNull(1), find.Long(2) == 1);
        }

        using var insert = connection.Prepare("""
            INSERT INTO bills (provider, operator_id, day, file_sha256, encoding, has_payments, has_refunds, rows_read,
                               rows_taken, rows_known, rows_skipped, rows_refused, payments, payments_fen, refunds,
                               refunds_fen, summary, complete, imported_by, begun_utc_ms)
            VALUES (?1, ?2, ?3, ?4, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', 0, ?5, ?6)
            RETURNING bill_id
            """);
        Bind(insert, name, sha256);
        insert.Set(5, made.By).Set(6, made.UtcMs).Next();
        return new BegunBill(insert.Long(0), false, false);
    }

    /// <summary>Writes what came of the import.</summary>
    public static void Finish(
        FleetConnection connection, BillReport report, (bool Payments, bool Refunds) covers, long nowUtcMs)
    {
        using var update = connection.Prepare("""
            UPDATE bills SET encoding = ?2, has_payments = ?3, has_refunds = ?4, rows_read = ?5,
              rows_taken = rows_taken + ?6, rows_known = ?7, rows_skipped = ?8, rows_refused = ?9, payments = ?10,
              payments_fen = ?11, refunds = ?12, refunds_fen = ?13, summary = ?14, complete = ?15, finished_utc_ms = ?16
            WHERE bill_id = ?1
            """);
        var counted = report.Summary.Counted;
        update.Set(1, report.BillId).Set(2, report.Encoding).Set(3, covers.Payments ? 1L : 0L)
            .Set(4, covers.Refunds ? 1L : 0L).Set(5, (long)report.RowsRead).Set(6, (long)report.RowsTaken)
            .Set(7, (long)report.RowsKnown).Set(8, (long)report.RowsSkipped).Set(9, (long)report.RowsRefused)
            .Set(10, counted.Payments).Set(11, counted.PaymentsFen).Set(12, counted.Refunds)
            .Set(13, counted.RefundsFen).Set(14, ReconciliationTexts.Word(report.Summary.State.ToString()))
            .Set(15, report.Complete ? 1L : 0L).Set(16, nowUtcMs).Run();
    }

    private static void Bind(Statement statement, BillName name, ReadOnlySpan<byte> sha256) =>
        statement.Set(1, name.Provider.ToString()).Set(2, name.OperatorId)
            .Set(3, (long)BusinessZone.Number(name.Day)).Set(4, sha256);
}
