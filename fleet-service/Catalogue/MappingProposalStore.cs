using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>The table of mapping proposals. The caller brings connection and transaction.</summary>
internal static class MappingProposalStore
{
    /// <summary>The columns in the order in which they are read.</summary>
    public const string Columns = $"""
        proposal_id, operator_id, sku, barcode, product_id, county_code, from_utc_ms, to_utc_ms, replaces,
        {TwoPersonsTable.Columns}
        """;

    /// <summary>The proposal with a number, or null.</summary>
    public static MappingProposal? Find(FleetConnection connection, long proposalId)
    {
        using var find = connection.Prepare($"SELECT {Columns} FROM mapping_proposals WHERE proposal_id = ?1");
        return find.Set(1, proposalId).Next() ? Read(find) : null;
    }

    /// <summary>The proposals that wait, longest first.</summary>
    public static IReadOnlyList<MappingProposal> Waiting(FleetConnection connection)
    {
        using var find = connection.Prepare($"""
            SELECT {Columns} FROM mapping_proposals WHERE state = 'Proposed' ORDER BY proposed_utc_ms, proposal_id
            """);
        var waiting = new List<MappingProposal>();
        while (find.Next())
        {
            waiting.Add(Read(find));
        }

        return waiting;
    }

    /// <summary>Adds a proposal; returns it with its number.</summary>
    public static MappingProposal Insert(FleetConnection connection, MappingProposal proposal)
    {
        using var insert = connection.Prepare("""
            INSERT INTO mapping_proposals (operator_id, sku, barcode, product_id, county_code, from_utc_ms, to_utc_ms,
              replaces, state, proposed_by, proposed_utc_ms, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            RETURNING proposal_id
            """);
        insert.Set(1, proposal.OperatorId).Set(2, proposal.Sku).Set(3, proposal.Barcode)
            .Set(4, proposal.ProductId).Set(5, proposal.County).Set(6, proposal.InForce.FromUtcMs)
            .Set(7, proposal.InForce.ToUtcMs).Set(8, proposal.Replaces ? 1L : 0);
        TwoPersonsTable.BindNew(insert, 9, proposal.Persons).Next();
        var stored = proposal with { ProposalId = insert.Long(0) };
        insert.Reset();
        return stored;
    }

    /// <summary>Writes the decision of a proposal.</summary>
    public static void Decide(FleetConnection connection, MappingProposal proposal) => TwoPersonsTable.Decide(
        connection, ("mapping_proposals", "proposal_id"), proposal.ProposalId, proposal.Persons);

    /// <summary>Reads a proposal from a row of <see cref="Columns"/>.</summary>
    public static MappingProposal Read(Statement row) => new(
        row.Long(0), row.Text(1), row.Text(2), CatalogueStore.TextOrNull(row, 3), row.Text(4), row.Text(5),
        new InForce(row.Long(6), row.LongOrNull(7)), row.Long(8) != 0, TwoPersonsTable.Read(row, 9));
}
