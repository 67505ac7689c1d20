using KioskFleet.Service.Access;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>A budget unit's year on a procurement platform: the plan and the purchases against it, in fen.</summary>
internal sealed record UnitYear(
    string Platform, string Unit, string Name, string PlaceCode, long PlanFen, long PurchasedFen, long Documents);

/// <summary>
/// The tables of procurement, apart from every table of sales. Reading opens its own connection; writing joins the
/// caller's transaction. Thread-safe.
/// </summary>
internal sealed class ProcurementStore(FleetDatabase database)
{
    /// <summary>Every unit that has a plan in a year, by platform and unit.</summary>
    public IReadOnlyList<UnitYear> Year(int year)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT p.platform, p.unit_id, p.name, p.place_code, p.plan_fen, coalesce(sum(d.sign * d.amount_fen), 0),
              count(d.purchase_id)
            FROM procurement_plans p LEFT JOIN procurement_purchases d
              ON d.platform = p.platform AND d.unit_id = p.unit_id AND d.last_day BETWEEN p.year * 10000
                AND p.year * 10000 + 9999
            WHERE p.year = ?1 GROUP BY p.platform, p.unit_id, p.year ORDER BY p.platform, p.unit_id
            """);
        query.Set(1, (long)year);
        var units = new List<UnitYear>();
        while (query.Next())
        {
            units.Add(new UnitYear(query.Text(0), query.Text(1), query.Text(2), query.Text(3), query.Long(4),
                query.Long(5), query.Long(6)));
        }

        return units;
    }

    /// <summary>Purchases, newest first, of one unit or of all.</summary>
    public BackwardsPage<PurchaseView> Purchases(string? unit, long? before, int count)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT p.purchase_id, p.platform, p.unit_id, p.document_number, o.document_number, p.first_day, p.last_day,
              p.amount_fen, p.evidence, p.note, p.received_utc_ms, p.received_by
            FROM procurement_purchases p LEFT JOIN procurement_purchases o ON o.purchase_id = p.reverses_id
            WHERE (?1 = '' OR p.unit_id = ?1) AND p.purchase_id < ?2 ORDER BY p.purchase_id DESC LIMIT ?3
            """);
        query.Set(1, unit ?? "").Set(2, before ?? long.MaxValue).Set(3, (long)count);
        var rows = new List<PurchaseView>();
        while (query.Next())
        {
            rows.Add(new PurchaseView(
                query.Long(0), query.Text(1), query.Text(2), query.Text(3), query.IsNull(4) ? null : query.Text(4),
                DayText.Of(query.Long(5)), DayText.Of(query.Long(6)), query.Long(7), query.Text(8), query.Text(9),
                DateTimeOffset.FromUnixTimeMilliseconds(query.Long(10)).UtcDateTime, query.Text(11)));
        }

        return new BackwardsPage<PurchaseView>(rows, rows.Count < count ? null : rows[^1].Id);
    }

    /// <summary>The plan of a unit in a year, or null.</summary>
    public static ProcurementPlan? FindPlan(FleetConnection connection, string platform, string unit, int year)
    {
        using var query = connection.Prepare("""
            SELECT name, place_code, plan_fen, evidence FROM procurement_plans
            WHERE platform = ?1 AND unit_id = ?2 AND year = ?3
            """);
        query.Set(1, platform).Set(2, unit).Set(3, (long)year);
        return query.Next()
            ? new ProcurementPlan(
                platform, unit, year, query.Text(0), query.Text(1), query.Long(2), query.Text(3))
            : null;
    }

    /// <summary>Enters or changes a plan; the audit log keeps the one before.</summary>
    public static void PutPlan(FleetConnection connection, ProcurementPlan plan, (long UtcMs, string By) made)
    {
        using var upsert = connection.Prepare("""
            INSERT INTO procurement_plans (platform, unit_id, year, name, place_code, plan_fen, evidence,
              changed_utc_ms, changed_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (platform, unit_id, year) DO UPDATE SET name = excluded.name, place_code = excluded.place_code,
              plan_fen = excluded.plan_fen, evidence = excluded.evidence, changed_utc_ms = excluded.changed_utc_ms,
              changed_by = excluded.changed_by
            """);
        upsert.Set(1, plan.Platform).Set(2, plan.Unit).Set(3, (long)plan.Year).Set(4, plan.Name)
            .Set(5, plan.PlaceCode).Set(6, plan.PlanFen).Set(7, plan.Evidence).Set(8, made.UtcMs).Set(9, made.By).Run();
    }

    /// <summary>Takes one purchase; writes only when it accepts.</summary>
    public static IntakeVerdict Take(FleetConnection connection, PurchaseDraft draft, (long UtcMs, string By) received)
    {
        var digest = DocumentRules.Digest(draft.Content);
        var first = Find(connection, draft.Unit, draft.DocumentNumber);
        if (IntakeStore.AgainstFirst(first is null ? null : (first.Document, first.Digest), digest) is { } known)
        {
            return known;
        }

        var reversed = draft.Reverses is { } number ? Find(connection, draft.Unit, number) : null;
        var refusal = draft.Reverses is null
            ? FindPlan(connection, draft.Platform, draft.Unit, draft.Period!.Value.Last.Year) is null
                ? new Refusal(RefusalCode.NoPlan, "unit", draft.Unit)
                : null
            : reversed is null ? new Refusal(RefusalCode.NoSuchDocument, "reverses", draft.Reverses)
            : reversed.IsCounter ? new Refusal(RefusalCode.ReversesCounter, "reverses", draft.Reverses)
            : null;
        if (refusal is not null)
        {
            return new IntakeVerdict.Refused(refusal);
        }

        var (fen, bad) = reversed is null
            ? (draft.AmountFen, null)
            : ProcurementRules.Reverse(Left(connection, reversed.Document.Id), draft.AmountFen);
        if (fen is not { } amountFen)
        {
            return new IntakeVerdict.Refused(bad!);
        }

        var id = Insert(connection, draft, digest, (amountFen, reversed), received);
        AuditLog.Write(connection, new AuditEntry(
            received.UtcMs, received.By, reversed is null ? "purchase.accepted" : "purchase.reversed", $"purchase:{id}",
            null, new { draft.Platform, draft.Unit, draft.DocumentNumber, draft.Reverses, amountFen }));
        return new IntakeVerdict.Accepted(id);
    }

    private static long Insert(
        FleetConnection connection, PurchaseDraft draft, byte[] digest, (long Fen, Stored? Reversed) counts,
        (long UtcMs, string By) received)
    {
        using var insert = connection.Prepare("""
            INSERT INTO procurement_purchases (platform, unit_id, document_number, content_sha256, reverses_id, sign,
              first_day, last_day, amount_fen, evidence, note, received_utc_ms, received_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            RETURNING purchase_id
            """);
        var reversed = counts.Reversed;
        insert.Set(1, reversed?.Platform ?? draft.Platform).Set(2, draft.Unit).Set(3, draft.DocumentNumber)
            .Set(4, digest).Set(5, reversed?.Document.Id).Set(6, reversed is null ? 1 : -1)
            .Set(7, reversed?.FirstDay ?? DayText.Number(draft.Period!.Value.First))
            .Set(8, reversed?.LastDay ?? DayText.Number(draft.Period!.Value.Last)).Set(9, counts.Fen)
            .Set(10, draft.Evidence).Set(11, draft.Note).Set(12, received.UtcMs).Set(13, received.By);
        insert.Next();
        return insert.Long(0);
    }

    /// <summary>A purchase as it is stored.</summary>
    private sealed record Stored(
        FirstDocument Document, byte[] Digest, bool IsCounter, string Platform, long FirstDay, long LastDay);

    private static Stored? Find(FleetConnection connection, string unit, string number)
    {
        using var query = connection.Prepare("""
            SELECT purchase_id, document_number, received_utc_ms, received_by, content_sha256, reverses_id, platform,
              first_day, last_day
            FROM procurement_purchases WHERE unit_id = ?1 AND document_number = ?2
            """);
        query.Set(1, unit).Set(2, number);
        return query.Next()
            ? new Stored(
                new FirstDocument(query.Long(0), query.Text(1),
                    DateTimeOffset.FromUnixTimeMilliseconds(query.Long(2)).UtcDateTime, query.Text(3)),
                query.Bytes(4).ToArray(), !query.IsNull(5), query.Text(6), query.Long(7), query.Long(8))
            : null;
    }

    private static long Left(FleetConnection connection, long purchaseId)
    {
        using var query = connection.Prepare("""
            SELECT sum(sign * amount_fen) FROM procurement_purchases WHERE purchase_id = ?1 OR reverses_id = ?1
            """);
        query.Set(1, purchaseId);
        query.Next();
        return query.Long(0);
    }
}
