using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>What became of a quarantined entry that was processed again. A closed set.</summary>
internal abstract record ReleaseOutcome
{
    private ReleaseOutcome()
    {
    }

    /// <summary>It counts now.</summary>
    /// <param name="Amounts">What it counts, in fen.</param>
    public sealed record Released(ClassAmounts Amounts) : ReleaseOutcome;

    /// <summary>It still cannot be counted.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record StillQuarantined(QuarantineReason Reason) : ReleaseOutcome;

    /// <summary>Nothing is quarantined at this position, or it was released before.</summary>
    public sealed record NotQuarantined : ReleaseOutcome;
}

/// <summary>
/// Processes quarantined entries again: after an update that can read them, or after the cause was mended. The entry
/// stays as it is; what it counts becomes a correction row. Thread-safe.
/// </summary>
internal sealed class QuarantineRelease(
    FleetDatabase database, CurrentCatalogue catalogue, FleetRegister register, PlacesDataSet places, TimeProvider time)
{
    /// <summary>Processes one entry.</summary>
    /// <param name="position">Its ledger position.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<ReleaseOutcome> ReleaseAsync(long position, string by, CancellationToken cancellationToken)
    {
        using var turn = await database.Writers.EnterAsync(cancellationToken);
        using var session = new LedgerSession(database);
        session.Begin();
        try
        {
            var outcome = Release(session, position, by);
            session.Commit();
            return outcome;
        }
        catch (Exception error) when (error is not CommitOutcomeUnknownException)
        {
            session.Rollback();
            throw;
        }
    }

    private ReleaseOutcome Release(LedgerSession session, long position, string by)
    {
        if (Find(session, position) is not { } found || !register.Current.TryGet(found.Cabinet, out var cabinet))
        {
            return new ReleaseOutcome.NotQuarantined();
        }

        var snapshot = catalogue.Snapshot;
        var entry = session.Entries.Read(position);
        var judged = new EntryJudge(snapshot, new BusinessCalendar(places.Zone))
            .JudgeAt(entry.Bytes, cabinet, found.UtcMs);
        if (judged.State == EntryState.Quarantined)
        {
            return new ReleaseOutcome.StillQuarantined(judged.Reason);
        }

        if (judged.Kind is EntryKind.Sale or EntryKind.NonSale
            && !new SuccessionBook(session).CountLate(cabinet.Id, found.JournalNo, judged, entry))
        {
            judged.Amounts = default;
        }

        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (judged.Kind == EntryKind.Refund)
        {
            var reason = new RefundBook(session).CountLate(cabinet.Id, found.Journal, entry, nowUtcMs);
            if (reason != QuarantineReason.None)
            {
                session.Refunds.Forget(position, entry.State);
                return new ReleaseOutcome.StillQuarantined(reason);
            }
        }

        var classes = judged.LineClasses ?? [judged.LineClass];
        if (judged.Kind == EntryKind.Sale)
        {
            classes = judged.LineClasses ?? Enumerable.Repeat(judged.LineClass, LineCount(entry.Bytes)).ToArray();
            session.Totals.AddSale(cabinet.Id, entry.AssignmentId, entry.BusinessDay, judged.Amounts);
        }

        session.Corrections.Insert(
            position, CorrectionCause.Released, judged.Amounts, classes, snapshot.Version, (nowUtcMs, by));
        var refunds = new RefundBook(session);
        refunds.Release(cabinet.Id, found.Journal, found.Seq, nowUtcMs);
        if (judged.Header.Origin is { } origin)
        {
            refunds.Release(cabinet.Id, origin.Journal, origin.Seq, nowUtcMs);
        }

        session.Quarantine.Release(position, nowUtcMs, by);
        AuditLog.Write(session.Connection,
            new AuditEntry(nowUtcMs, by, "quarantine.released", $"entry:{position}", null, null));
        return new ReleaseOutcome.Released(judged.Amounts);
    }

    private static int LineCount(ReadOnlySpan<byte> bytes)
    {
        EntryHeader.TryRead(bytes, out _, out var body);
        return new SaleView(body).LineCount;
    }

    private static (CabinetId Cabinet, JournalId Journal, long JournalNo, ulong Seq, long UtcMs)? Find(
        LedgerSession session, long position)
    {
        using var query = session.Connection.Prepare("""
            SELECT q.cabinet_id, q.journal_id, j.journal_no, q.seq, e.utc_ms
            FROM quarantine q JOIN entries e USING (position) JOIN journals j USING (journal_id)
            WHERE q.position = ?1 AND q.released_utc_ms IS NULL
            """);
        query.Set(1, position);
        return query.Next()
            ? (CabinetId.Parse(query.Text(0)), query.Journal(1), query.Long(2), (ulong)query.Long(3), query.Long(4))
            : null;
    }
}
