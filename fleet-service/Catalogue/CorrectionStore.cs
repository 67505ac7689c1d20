using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>The table of corrections. The caller brings connection and transaction.</summary>
internal static class CorrectionStore
{
    /// <summary>The columns in the order in which they are read.</summary>
    public const string Columns = $"""
        correction_id, subject, product_id, owner, sku, present_from_utc_ms, from_utc_ms, to_utc_ms,
        {TwoPersonsTable.Columns}
        """;

    /// <summary>The correction with a number, or null.</summary>
    public static Correction? Find(FleetConnection connection, long correctionId)
    {
        using var find = connection.Prepare($"SELECT {Columns} FROM catalogue_corrections WHERE correction_id = ?1");
        return find.Set(1, correctionId).Next() ? Read(find) : null;
    }

    /// <summary>Adds a correction; returns it with its number.</summary>
    public static Correction Insert(FleetConnection connection, Correction correction)
    {
        using var insert = connection.Prepare("""
            INSERT INTO catalogue_corrections (subject, product_id, owner, sku, present_from_utc_ms, from_utc_ms,
              to_utc_ms, state, proposed_by, proposed_utc_ms, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            RETURNING correction_id
            """);
        insert.Set(1, correction.Subject.ToString()).Set(2, correction.ProductId).Set(3, correction.Owner ?? "")
            .Set(4, correction.Sku).Set(5, correction.PresentFromUtcMs).Set(6, correction.After?.FromUtcMs)
            .Set(7, correction.After?.ToUtcMs);
        TwoPersonsTable.BindNew(insert, 8, correction.Persons).Next();
        var stored = correction with { CorrectionId = insert.Long(0) };
        insert.Reset();
        return stored;
    }

    /// <summary>Writes the decision of a correction.</summary>
    public static void Decide(FleetConnection connection, Correction correction) => TwoPersonsTable.Decide(
        connection, ("catalogue_corrections", "correction_id"), correction.CorrectionId, correction.Persons);

    /// <summary>The spans that a version judges otherwise than the one before, at most so many.</summary>
    public static IReadOnlyList<AffectedSpan> Affected(FleetConnection connection, long version, int most)
    {
        using var find = connection.Prepare("""
            SELECT operator_id, sku, from_utc_ms, to_utc_ms FROM catalogue_affected WHERE version = ?1
            ORDER BY operator_id, sku, from_utc_ms LIMIT ?2
            """);
        find.Set(1, version).Set(2, (long)most);
        var spans = new List<AffectedSpan>();
        while (find.Next())
        {
            spans.Add(new AffectedSpan(find.Text(0), find.Text(1), find.Long(2), find.LongOrNull(3)));
        }

        return spans;
    }

    /// <summary>Reads a correction from a row of <see cref="Columns"/>.</summary>
    public static Correction Read(Statement row) => new(
        row.Long(0), Enum.Parse<CorrectionSubject>(row.Text(1)), row.Text(2),
        row.Text(3) is { Length: > 0 } owner ? owner : null, row.Text(4), row.LongOrNull(5),
        row.LongOrNull(6) is { } from ? new InForce(from, row.LongOrNull(7)) : null, TwoPersonsTable.Read(row, 8));
}
