namespace KioskFleet.Service.Catalogue;

/// <summary>A mapping that an operator proposes and a county decides. Immutable.</summary>
/// <param name="ProposalId">Its number; 0 before it is stored.</param>
/// <param name="OperatorId">The operator whose SKU it is.</param>
/// <param name="Sku">The SKU as its sales programs send it.</param>
/// <param name="Barcode">A barcode that is mapped beside the SKU, or null.</param>
/// <param name="ProductId">The product.</param>
/// <param name="County">GB/T 2260 code of the county whose office decides.</param>
/// <param name="InForce">When the mapping is to hold.</param>
/// <param name="Replaces">True when the operator's mapping in force then ends where this one begins.</param>
/// <param name="Persons">Who proposed and who decided.</param>
internal sealed record MappingProposal(
    long ProposalId, string OperatorId, string Sku, string? Barcode, string ProductId, string County, InForce InForce,
    bool Replaces, TwoPersons Persons);

/// <summary>What an approval comes to. A closed set.</summary>
internal abstract record MappingDecision
{
    private MappingDecision()
    {
    }

    /// <summary>It fits: what changes in the catalogue.</summary>
    internal sealed record Taken(IReadOnlyList<CatalogueChange> Changes) : MappingDecision;

    /// <summary>The code is mapped otherwise within the time.</summary>
    internal sealed record Overlaps(SkuMapping Other) : MappingDecision;
}

/// <summary>What a proposal does to the catalogue. Pure.</summary>
internal static class MappingProposalRules
{
    /// <summary>Decides.</summary>
    public static MappingDecision Decide(CatalogueIndex catalogue, MappingProposal proposal)
    {
        var changes = new List<CatalogueChange>();
        foreach (var code in new[] { proposal.Sku, proposal.Barcode }.OfType<string>().Distinct())
        {
            var mapping = new SkuMapping(proposal.OperatorId, code, proposal.ProductId, proposal.InForce);
            foreach (var present in catalogue.MappingsOf(proposal.OperatorId, code)
                .Where(m => m.InForce.Overlaps(mapping.InForce)))
            {
                if (!proposal.Replaces || present.InForce.FromUtcMs >= mapping.InForce.FromUtcMs)
                {
                    return new MappingDecision.Overlaps(present);
                }

                changes.Add(new CatalogueChange.MappingEndMoved(
                    present with { InForce = present.InForce with { ToUtcMs = mapping.InForce.FromUtcMs } },
                    present.InForce.ToUtcMs));
            }

            changes.Add(new CatalogueChange.MappingAdded(mapping));
        }

        return new MappingDecision.Taken(changes);
    }

    /// <summary>
    /// True for a GTIN of 8, 12, 13 or 14 digits whose last one is its check digit (GB 12904: weights 3 and 1 from the
    /// right).
    /// </summary>
    public static bool IsBarcode(string text)
    {
        if (text.Length is not (8 or 12 or 13 or 14) || !text.All(char.IsAsciiDigit))
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < text.Length; i++)
        {
            sum += (text[^(i + 1)] - '0') * (i % 2 == 0 ? 1 : 3);
        }

        return sum % 10 == 0;
    }
}
