using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// The columns on who proposed and who decided, which both tables of proposals have. The caller brings connection and
/// transaction.
/// </summary>
internal static class TwoPersonsTable
{
    /// <summary>The columns in the order in which they are read.</summary>
    public const string Columns = """
        state, proposed_by, proposed_utc_ms, reason, decided_by, decided_utc_ms, decision_reason, catalogue_version
        """;

    /// <summary>Reads them from a row.</summary>
    public static TwoPersons Read(Statement row, int first) => new(
        Enum.Parse<ProposalState>(row.Text(first)), row.Text(first + 1), row.Long(first + 2), row.Text(first + 3))
    {
        DecidedBy = CatalogueStore.TextOrNull(row, first + 4),
        DecidedUtcMs = row.LongOrNull(first + 5),
        DecisionReason = CatalogueStore.TextOrNull(row, first + 6),
        CatalogueVersion = row.LongOrNull(first + 7),
    };

    /// <summary>Binds the four that a new proposal has, from an index on.</summary>
    public static Statement BindNew(Statement statement, int first, TwoPersons persons) => statement
        .Set(first, persons.State.ToString()).Set(first + 1, persons.ProposedBy).Set(first + 2, persons.ProposedUtcMs)
        .Set(first + 3, persons.Reason);

    /// <summary>Writes the one decision.</summary>
    /// <param name="connection">The connection with the transaction.</param>
    /// <param name="table">The table and the column of its key.</param>
    /// <param name="id">Which row.</param>
    /// <param name="persons">With the decision.</param>
    public static void Decide(
        FleetConnection connection, (string Name, string Key) table, long id, TwoPersons persons)
    {
        using var decide = connection.Prepare($"""
            UPDATE {table.Name} SET state = ?2, decided_by = ?3, decided_utc_ms = ?4, decision_reason = ?5,
              catalogue_version = ?6
            WHERE {table.Key} = ?1
            """);
        decide.Set(1, id).Set(2, persons.State.ToString()).Set(3, persons.DecidedBy).Set(4, persons.DecidedUtcMs)
            .Set(5, persons.DecisionReason).Set(6, persons.CatalogueVersion).Run();
    }
}
