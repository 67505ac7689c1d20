using System.Collections.Frozen;
using System.Text.Json;

namespace KioskFleet.Agent.LocalApi;

/// <summary>A member that nobody reads.</summary>
/// <param name="Path">Where it stands, such as <c>doors[0].opened</c>.</param>
/// <param name="Known">The members that are read there.</param>
internal sealed record UnknownMember(string Path, IReadOnlyList<string> Known);

/// <summary>
/// The members that a push may have. A message of a newer cabinet may say more than its reader knows; who pushes to its
/// own agent and misspells a member must hear of it. Pure.
/// </summary>
internal static class TelemetryMembers
{
    private static readonly FrozenDictionary<string, string[]> Groups = new Dictionary<string, string[]>
    {
        ["temperatures"] = ["zone", "milliCelsius"],
        ["doors"] = ["door", "open", "openMs"],
        ["stock"] = ["slot", "pieces", "capacity", "sku"],
        ["signal"] = ["dbm", "percent", "network"],
        ["faults"] = ["code", "words"],
        ["disk"] = ["freeBytes", "totalBytes"],
        ["agent"] = ["version", "upMs"],
        ["backlog"] = ["entries", "oldestAgeMs"],
        ["clock"] = ["heard", "offsetMs"],
    }.ToFrozenDictionary();

    /// <summary>The first member that is not known; null when all are.</summary>
    /// <param name="json">Readings that could be read.</param>
    public static UnknownMember? FirstUnknown(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var group in document.RootElement.EnumerateObject())
        {
            if (!Groups.TryGetValue(group.Name, out var known))
            {
                return new UnknownMember(group.Name, [.. Groups.Keys.Order(StringComparer.Ordinal)]);
            }

            if (ObjectsOf(group).Select(one => FirstUnknown(one.Path, one.Element, known))
                .FirstOrDefault(found => found is not null) is { } unknown)
            {
                return unknown;
            }
        }

        return null;
    }

    private static UnknownMember? FirstUnknown(string path, JsonElement element, string[] known) =>
        element.EnumerateObject().Select(member => member.Name)
            .FirstOrDefault(name => !known.Contains(name)) is { } name
            ? new UnknownMember($"{path}.{name}", known)
            : null;

    private static IEnumerable<(string Path, JsonElement Element)> ObjectsOf(JsonProperty group) =>
        group.Value.ValueKind switch
        {
            JsonValueKind.Object => [(group.Name, group.Value)],
            JsonValueKind.Array => group.Value.EnumerateArray().Select((one, i) => ($"{group.Name}[{i}]", one)),
            _ => [],
        };
}
