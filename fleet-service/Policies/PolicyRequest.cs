using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>
/// Reads what people send, reporting everything that is wrong at once. Pure. A policy has the JSON shape of the data
/// set; beside it <c>replaces</c> names the policy that ends for it. <c>version</c> is counted by the service and need
/// not be there; <c>to</c> and <c>thresholdSteps</c> may be left out when there are none.
/// </summary>
internal static class PolicyRequest
{
    /// <summary>A wish to make a policy, or the findings that stand against it.</summary>
    internal sealed record MakeReading(Policy? Policy, string? Replaces, IReadOnlyList<DataSetFinding> Findings);

    /// <summary>A wish to end one, or the findings.</summary>
    internal sealed record EndReading(DateOnly To, string Reason, IReadOnlyList<DataSetFinding> Findings);

    /// <summary>Reads the body of a new policy.</summary>
    public static MakeReading ReadMake(ReadOnlyMemory<byte> json, PlacesDataSet places)
    {
        var findings = new List<DataSetFinding>();
        if (Parse(json, findings) is not { } root)
        {
            return new MakeReading(null, null, findings);
        }

        root["version"] = 1;
        root.TryAdd("to", null);
        root.TryAdd("thresholdSteps", new JsonArray());
        using var document = JsonDocument.Parse(root.ToJsonString());
        var node = new DataNode(document.RootElement, "$", findings);
        var replaces = !root.ContainsKey("replaces") || node.IsNull("replaces") ? null : node.Text("replaces");
        var policy = PolicyReader.Read(node);
        node.NoteUnknown();

        // What could not be read has its finding already; a stand-in needs no second one.
        var unread = findings.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        DataSetRules.CheckPolicy(places, policy, "$", (path, got, takes) =>
        {
            if (!unread.Contains(path))
            {
                findings.Add(new DataSetFinding(path, got, takes));
            }
        });
        if (PolicyRule.RestrictScope(policy) is { } scope
            && !unread.Contains("$.scope") && !unread.Contains("$.scope.kind"))
        {
            findings.Add(scope);
        }

        return new MakeReading(findings.Count == 0 ? policy : null, replaces, findings);
    }

    /// <summary>Reads the body of an end: <c>to</c>, the first business day no longer in force, and a reason.</summary>
    public static EndReading ReadEnd(ReadOnlyMemory<byte> json)
    {
        var findings = new List<DataSetFinding>();
        if (Parse(json, findings) is not { } root)
        {
            return new EndReading(default, "", findings);
        }

        using var document = JsonDocument.Parse(root.ToJsonString());
        var node = new DataNode(document.RootElement, "$", findings);
        var to = node.Day("to");
        var reason = !root.ContainsKey("reason") || node.IsNull("reason") ? "" : node.Text("reason");
        node.NoteUnknown();
        return new EndReading(to, reason, findings);
    }

    /// <summary>Reads a business day of a query, yyyy-mm-dd; null when it is none.</summary>
    public static DateOnly? Day(string text) => DateOnly.TryParseExact(
        text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static JsonObject? Parse(ReadOnlyMemory<byte> json, List<DataSetFinding> findings)
    {
        using var document = JsonText.Parse(json, findings);
        if (document?.RootElement is { ValueKind: not JsonValueKind.Object } other)
        {
            findings.Add(new DataSetFinding("$", $"a {other.ValueKind}", DataSetTexts.Of("Object")));
        }

        return findings.Count > 0 ? null : JsonObject.Create(document!.RootElement.Clone());
    }
}
