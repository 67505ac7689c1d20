using System.Text.Json.Nodes;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>The evidence of what is found in standings, as JSON. Pure.</summary>
internal static class StandingEvidence
{
    /// <summary>
    /// Window, both amounts, share, threshold, policy and catalogue version, and the heads that the figures stand on:
    /// of one cabinet each head, of several their number and digest.
    /// </summary>
    /// <param name="found">What was found.</param>
    /// <param name="before">All heads, read before the figures.</param>
    /// <param name="after">All heads, read after them.</param>
    public static string Of(
        StandingFound found, ILookup<string, HeadShown> before, ILookup<string, HeadShown> after)
    {
        var (figures, window) = (found.Figures, found.Frame.Window);
        var evidence = new JsonObject
        {
            ["figures"] = found.Frame.Figures,
            ["window"] = new JsonObject
            {
                ["name"] = window.Name,
                ["from"] = PolicyJson.Day(window.From),
                ["to"] = PolicyJson.Day(window.To),
                ["zoneId"] = window.ZoneId,
            },
            ["provisional"] = found.Frame.Provisional,
            ["aidFen"] = figures.AidFen,
            ["unmappedFen"] = figures.UnmappedFen,
            ["totalFen"] = figures.TotalFen,
            ["shareBasisPoints"] = AidShareRule.ShareBasisPoints(figures.AidFen, figures.TotalFen),
            ["thresholdBasisPoints"] = figures.ThresholdBasisPoints,
            ["warningMarginBasisPoints"] = found.Policy.WarningMarginBasisPoints,
            ["shortfallFen"] = figures.ShortfallFen,
            ["unmappedBasisPoints"] = AidShareRule.ShareBasisPoints(figures.UnmappedFen, figures.TotalFen),
            ["unmappedLimitBasisPoints"] = figures.UnmappedLimitBasisPoints,
            ["policyId"] = found.Policy.Id,
            ["policyVersion"] = found.Policy.Version,
            ["catalogueVersion"] = found.Frame.CatalogueVersion,
        };
        AddHeads(evidence, found, before, after);
        return evidence.ToJsonString();
    }

    private static void AddHeads(
        JsonObject evidence, StandingFound found, ILookup<string, HeadShown> before, ILookup<string, HeadShown> after)
    {
        var cabinets = found.Members.Select(m => m.CabinetId).ToList();
        evidence["dataCompleteUntilUtc"] = found.Members.Min(m => m.DataCompleteUntilUtc)?.UtcDateTime.ToString("O");
        if (found.About.CabinetId.Length > 0)
        {
            evidence["heads"] = new JsonArray([.. before[found.About.CabinetId].Select(h => new JsonObject
            {
                ["journal"] = h.Journal,
                ["seq"] = h.Seq,
                ["hash"] = h.Hash,
            })]);
        }
        else
        {
            evidence["cabinets"] = cabinets.Count;
            evidence["headsSha256"] = HeadsStore.DigestOf(cabinets
                .SelectMany(c => before[c].Select(h => (c, h))));
        }

        // Entries that were committed while the figures were read may be in them: then they stand on these heads or
        // later ones. The next assessment says it exactly.
        evidence["headsMoved"] = cabinets.Any(c => !before[c].SequenceEqual(after[c]));
    }
}
