using System.Data.Common;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Access;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.DetachedMonths;

/// <summary>
/// Takes the batches and entries of an old month out of the ledger, whose services may run meanwhile: their tables stay
/// in the database beside it, to be dumped and dropped. What is left are sums and hashes for the proof, and the rows
/// that others rest on. Attaches a month again. One caller at a time.
/// </summary>
internal sealed class MonthDetachment(FleetDatabase database, TimeProvider time)
{
    /// <summary>
    /// Days from the end of a month until it may be detached: cabinets hold their entries for 400 days, so that a
    /// restored ledger can be refilled from them, and payment providers refund for a year.
    /// </summary>
    public const int MinAgeDays = 400;

    // Readers hold their locks as long as they read; the ledger waits with us, so not for long at once.
    private const int LockSeconds = 3;

    private const int LockTries = 20;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(5);

    /// <summary>Seals a month and detaches it.</summary>
    /// <param name="month">The month of commit.</param>
    /// <param name="by">Who asks for it; shown in the audit log.</param>
    /// <param name="progress">Told the entries read so far, now and then.</param>
    /// <param name="cancellationToken">Stops before anything is changed, or between two tries.</param>
    /// <exception cref="StorageException">It may not be detached: the message says why and from when on.</exception>
    public async Task<SealedMonth> DetachAsync(
        MonthName month, string by, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        RequireServer();
        SealedMonth read;
        MonthFigures figures;
        using (var reader = database.OpenReader())
        {
            MonthChecks.BeforeDetaching(reader, month, time.GetUtcNow());
            var report = LedgerProof.Run(reader, progress, cancellationToken);
            if (!report.IsProven)
            {
                throw new StorageException($"{month}: the ledger is not proven ({report.ProblemCount} problems, first "
                    + $"{report.Problems[0].Subject}: {report.Problems[0].Detail}). 'verify' names them all; what is "
                    + "wrong must not be sealed.");
            }

            using var moment = reader.BeginRead();
            (read, figures) = MonthReading.Read(
                reader, month, (month.Entries, month.Batches), progress, cancellationToken);
        }

        return await PatientlyAsync(month, connection => Detach(connection, month, read, figures, by),
            cancellationToken);
    }

    /// <summary>Attaches a detached month again, when its tables are what was sealed.</summary>
    /// <param name="month">The month of commit.</param>
    /// <param name="by">Who asks for it; shown in the audit log.</param>
    /// <param name="progress">Told the entries read so far, now and then.</param>
    /// <param name="cancellationToken">Stops before anything is changed, or between two tries.</param>
    /// <exception cref="StorageException">It is not detached, its tables are gone, or other than sealed.</exception>
    public async Task<SealedMonth> AttachAsync(
        MonthName month, string by, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        RequireServer();
        SealedMonth sealedMonth;
        using (var reader = database.OpenReader())
        {
            sealedMonth = MonthChecks.BeforeAttaching(reader, month);
            using var moment = reader.BeginRead();
            var (read, _) = MonthReading.Read(
                reader, month, (month.DetachedEntries, month.DetachedBatches), progress, cancellationToken);
            if (read.RowsHash != sealedMonth.RowsHash)
            {
                throw new StorageException($"{month}: {month.DetachedEntries} and {month.DetachedBatches} are not "
                    + $"what was sealed: their hash is {read.RowsHash}, sealed was {sealedMonth.RowsHash}. Restore "
                    + "them from a dump made when the month was detached.");
            }
        }

        return await PatientlyAsync(month, connection => Attach(connection, month, sealedMonth, by),
            cancellationToken);
    }

    private SealedMonth Detach(
        FleetConnection connection, MonthName month, SealedMonth read, MonthFigures figures, string by)
    {
        // Much may have begun since the first look: the proof of a large ledger takes long.
        MonthChecks.BeforeDetaching(connection, month, time.GetUtcNow());
        connection.Script($"""
            ALTER TABLE entries DETACH PARTITION {month.Entries};
            ALTER TABLE batches DETACH PARTITION {month.Batches};
            ALTER TABLE {month.Entries} RENAME TO {month.DetachedEntries};
            ALTER TABLE {month.Batches} RENAME TO {month.DetachedBatches};
            SELECT make_ledger_month({month.Number});
            INSERT INTO entries {KeptSql(month, read)};
            INSERT INTO batches SELECT * FROM {month.DetachedBatches}
            WHERE batch_id IN (SELECT batch_id FROM {month.Entries});
            """);
        using var kept = Kept(connection, month);
        var whole = read with
        {
            KeptEntries = kept.Entries,
            KeptHash = kept.End(),
            SealedUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            SealedBy = by,
        };
        whole = whole with { Seal = MonthSeal.Of(whole, figures) };
        SealedMonthStore.Insert(connection, whole, figures);
        Audit(connection, by, "month.detached", month, null, whole);
        return whole;
    }

    private SealedMonth Attach(FleetConnection connection, MonthName month, SealedMonth sealedMonth, string by)
    {
        connection.Script($"""
            DROP TABLE {month.Entries};
            DROP TABLE {month.Batches};
            ALTER TABLE {month.DetachedEntries} RENAME TO {month.Entries};
            ALTER TABLE {month.DetachedBatches} RENAME TO {month.Batches};
            ALTER TABLE entries ATTACH PARTITION {month.Entries} FOR VALUES IN ({month.Number});
            ALTER TABLE batches ATTACH PARTITION {month.Batches} FOR VALUES IN ({month.Number});
            """);
        SealedMonthStore.Remove(connection, month.Number);
        Audit(connection, by, "month.attached", month, sealedMonth, null);
        return sealedMonth;
    }

    /// <summary>
    /// Entries that others rest on: refunds, what they reverse, what was corrected, kept apart or counted elsewhere,
    /// and what a later month's message was signed over as well.
    /// </summary>
    private static string KeptSql(MonthName month, SealedMonth read)
    {
        string Of(string table, string position) =>
            $"SELECT {position} FROM {table} WHERE {position} BETWEEN {read.FirstPosition} AND {read.LastPosition}";
        return $"""
            SELECT e.* FROM {month.DetachedEntries} e
            WHERE e.kind = {(int)EntryKind.Refund} OR e.position IN (
              {Of("refunds", "sale_position")} UNION ALL {Of("corrections", "position")}
              UNION ALL {Of("quarantine", "position")} UNION ALL {Of("doubles", "position")}
              UNION ALL {Of("doubles", "counted_position")}
              UNION ALL SELECT o.first_position + later.signed_first_seq - o.first_seq + i
              FROM batches later JOIN {month.DetachedBatches} o ON o.journal_no = later.journal_no
                AND o.first_seq < later.first_seq AND o.first_seq + o.entries > later.signed_first_seq
              CROSS JOIN generate_series(0, later.first_seq - later.signed_first_seq - 1) i
              WHERE later.signed_first_seq < later.first_seq
                AND later.signed_first_seq + i BETWEEN o.first_seq AND o.first_seq + o.entries - 1)
            """;
    }

    /// <summary>The hash of what stays, in the order of the proof.</summary>
    private static KeptRows Kept(FleetConnection connection, MonthName month)
    {
        var kept = new KeptRows();
        using var rows = new ProofRows(connection);
        foreach (var batch in connection.Query(
            $"SELECT {ProofRows.BatchColumns} FROM {month.Batches} ORDER BY journal_no, first_seq", ProofRows.BatchOf))
        {
            kept.Add(batch, rows.Entries(
                batch.Range.FirstPosition, batch.Range.FirstPosition + batch.Range.Entries - 1));
        }

        return kept;
    }

    private void Audit(
        FleetConnection connection, string by, string action, MonthName month, SealedMonth? before, SealedMonth? after)
    {
        AuditLog.Write(connection, new AuditEntry(
            time.GetUtcNow().ToUnixTimeMilliseconds(), by, action, $"month:{month}", Shown(before), Shown(after)));

        static object? Shown(SealedMonth? month) => month is null
            ? null
            : new { month.Entries, month.Batches, month.KeptEntries, Seal = $"{month.Seal}" };
    }

    /// <summary>
    /// Tries again while readers hold the tables: meanwhile the ledger writes on.
    /// </summary>
    private async Task<SealedMonth> PatientlyAsync(
        MonthName month, Func<FleetConnection, SealedMonth> change, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await database.WriteAsync((connection, _) =>
                {
                    connection.Script($"SET LOCAL lock_timeout = '{LockSeconds}s'");
                    return change(connection);
                }, cancellationToken);
            }
            catch (DbException error) when (PostgreSqlEngine.IsHeldByOthers(error))
            {
                if (tries == LockTries)
                {
                    throw new StorageException($"{month}: the tables are read all the time by somebody else, a dump or "
                        + "a long report; nothing was changed. Try again when that is over.", error);
                }

                await Task.Delay(BetweenTries, time, cancellationToken);
            }
        }
    }

    private void RequireServer()
    {
        if (!database.IsShared)
        {
            throw new StorageException($"{database.Name}: a SQLite file has no months to detach; this takes "
                + "Storage:Engine=PostgreSql.");
        }
    }
}
