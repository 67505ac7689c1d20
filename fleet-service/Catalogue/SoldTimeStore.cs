using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Says whether the ledger holds sales of a time: from its journals and its daily totals, so that no entry is read and
/// the ledger needs no index for it. A day counts as a whole, so at a span's edges the answer may be yes for a sale
/// that lies some hours outside: then two persons look at a change that one could have made. Thread-safe.
/// </summary>
internal sealed class SoldTimeStore(BusinessZone zone)
{
    // Days are the third column of the key: from each cabinet and assignment to the next by seeking.
    private const string Sql = """
        WITH RECURSIVE sold (cabinet_id, assignment_id) AS (
          SELECT * FROM (SELECT cabinet_id, assignment_id FROM totals ORDER BY cabinet_id, assignment_id LIMIT 1)
          UNION ALL
          SELECT
            (SELECT t.cabinet_id FROM totals t WHERE (t.cabinet_id, t.assignment_id) > (s.cabinet_id, s.assignment_id)
             ORDER BY t.cabinet_id, t.assignment_id LIMIT 1),
            (SELECT t.assignment_id FROM totals t
             WHERE (t.cabinet_id, t.assignment_id) > (s.cabinet_id, s.assignment_id)
             ORDER BY t.cabinet_id, t.assignment_id LIMIT 1)
          FROM sold s WHERE s.cabinet_id IS NOT NULL
        )
        SELECT EXISTS (
          SELECT 1 FROM sold s CROSS JOIN totals t
            ON t.cabinet_id = s.cabinet_id AND t.assignment_id = s.assignment_id AND t.business_day BETWEEN ?1 AND ?2
          WHERE t.sales_lines > 0)
        """;

    /// <summary>True when there is a sale within a span that ends.</summary>
    public bool Holds(SqliteConnection connection, InForce span)
    {
        using var reached = new Statement(connection, "SELECT EXISTS (SELECT 1 FROM journals WHERE last_utc_ms >= ?1)");
        reached.Set(1, span.FromUtcMs).Next();
        if (reached.Long(0) == 0 || span.ToUtcMs is not { } to)
        {
            return false;
        }

        using var sold = new Statement(connection, Sql);
        sold.Set(1, (long)BusinessZone.Number(zone.DayOf(span.FromUtcMs)))
            .Set(2, (long)BusinessZone.Number(zone.DayOf(to - 1))).Next();
        return sold.Long(0) != 0;
    }

    /// <summary>True when changes would judge sales of the ledger otherwise than they were judged.</summary>
    public bool AreTouchedBy(IEnumerable<CatalogueChange> changes, CatalogueTurn turn) => changes
        .SelectMany(change => PastRule.Effects(change, turn.NowUtcMs))
        .Any(past => Holds(turn.Connection, past));
}
