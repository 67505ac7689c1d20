using System.Text.Json;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>What a sealed edition says of everything that was judged in its window. Immutable.</summary>
internal sealed class EditionVerdicts
{
    private readonly Dictionary<(string Cabinet, string Subject), Verdict> _verdicts = [];

    private sealed record Verdict(string Standing, long UnmappedFen, long TotalFen, string PolicyId, int PolicyVersion);

    /// <summary>Reads an edition's bytes.</summary>
    public static EditionVerdicts Read(string window, ReadOnlyMemory<byte> content)
    {
        using var edition = JsonDocument.Parse(content);
        var figures = edition.RootElement.GetProperty("figures");
        var verdicts = new EditionVerdicts();
        foreach (var row in figures.GetProperty("cabinets").EnumerateArray()
            .Where(r => r.GetProperty("judged").GetString() == "cabinet"))
        {
            verdicts.Add((Text(row, "cabinet"), StandingFindingRule.Subject(window, Text(row, "operator"))), row);
        }

        foreach (var row in figures.GetProperty("operatorsInCounties").EnumerateArray()
            .Concat(figures.GetProperty("counties").EnumerateArray())
            .Where(r => r.GetProperty("judgedAsOne").GetBoolean()))
        {
            verdicts.Add(
                ("", StandingFindingRule.Subject(window, Text(row, "operator"), Text(row, "place"))), row);
        }

        return verdicts;
    }

    /// <summary>
    /// True when the edition shows that a finding's condition does not hold: no breach for BelowThreshold, not near the
    /// threshold for AtRisk, few enough sales without a mapping. Without data nothing is cleared.
    /// </summary>
    public bool Clears(OpenFinding finding, PolicyBook policies)
    {
        if (!_verdicts.TryGetValue((finding.CabinetId, finding.Subject), out var verdict))
        {
            return false;
        }

        return finding.Kind switch
        {
            FindingKind.BelowThreshold => verdict.Standing is "compliant" or "atRisk",
            FindingKind.AtRisk => verdict.Standing is "compliant" or "breach",
            FindingKind.UnmappedShare => verdict.TotalFen > 0
                && policies.All.FirstOrDefault(p => p.Id == verdict.PolicyId && p.Version == verdict.PolicyVersion)
                    is { } policy
                && !StandingFindingRule.IsUnmappedAbove(
                    verdict.UnmappedFen, verdict.TotalFen, policy.Checks.UnmappedShareBasisPoints),
            _ => false,
        };
    }

    private void Add((string, string) key, JsonElement row)
    {
        if (row.GetProperty("policy").GetString() is { } policy)
        {
            _verdicts[key] = new Verdict(
                Text(row, "standing"), row.GetProperty("judgedUnmappedFen").GetInt64(),
                row.GetProperty("judgedTotalFen").GetInt64(), policy, row.GetProperty("policyVersion").GetInt32());
        }
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() ?? "";
}
