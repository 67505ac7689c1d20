using System.Text.Json;

namespace KioskFleet.Service.Compliance;

/// <summary>Compares the figures of two editions. Pure.</summary>
internal static class EditionDifference
{
    private static readonly string[] Sections = ["cabinets", "operatorsInCounties", "operators", "counties", "city"];

    /// <summary>
    /// Every figure that differs, cabinets first; at most <see cref="ComplianceLimits.MaxChangesShown"/> are listed.
    /// </summary>
    /// <param name="before">Bytes of the earlier edition.</param>
    /// <param name="after">Bytes of the later one.</param>
    public static EditionChanges Between(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        using var earlier = JsonDocument.Parse(before);
        using var later = JsonDocument.Parse(after);
        var changes = new List<EditionChange>();
        var count = 0;
        foreach (var section in Sections)
        {
            var (old, now) = (Rows(earlier, section), Rows(later, section));
            foreach (var key in old.Keys.Union(now.Keys).Order())
            {
                foreach (var change in Row(section, key, old.GetValueOrDefault(key), now.GetValueOrDefault(key)))
                {
                    if (count++ < ComplianceLimits.MaxChangesShown)
                    {
                        changes.Add(change);
                    }
                }
            }
        }

        return new EditionChanges(count, changes);
    }

    private readonly record struct RowKey(string Cabinet, string Operator, string Place) : IComparable<RowKey>
    {
        public int CompareTo(RowKey other)
        {
            var by = string.CompareOrdinal(Cabinet, other.Cabinet);
            by = by != 0 ? by : string.CompareOrdinal(Operator, other.Operator);
            return by != 0 ? by : string.CompareOrdinal(Place, other.Place);
        }
    }

    private static Dictionary<RowKey, JsonElement> Rows(JsonDocument edition, string section) => edition.RootElement
        .GetProperty("figures").GetProperty(section).EnumerateArray()
        .ToDictionary(row => new RowKey(Text(row, "cabinet"), Text(row, "operator"), Text(row, "place")));

    private static IEnumerable<EditionChange> Row(string section, RowKey key, JsonElement old, JsonElement now)
    {
        if (old.ValueKind == JsonValueKind.Undefined || now.ValueKind == JsonValueKind.Undefined)
        {
            yield return Change("row", OrNull(old), OrNull(now));
            yield break;
        }

        var later = now.EnumerateObject().ToDictionary(m => m.Name, m => m.Value);
        foreach (var member in old.EnumerateObject())
        {
            if (!later.TryGetValue(member.Name, out var value)
                || value.GetRawText() != member.Value.GetRawText())
            {
                yield return Change(member.Name, member.Value.Clone(), OrNull(value));
            }
        }

        EditionChange Change(string figure, JsonElement? before, JsonElement? after) =>
            new(section, key.Cabinet, key.Operator, key.Place, figure, before, after);
    }

    private static JsonElement? OrNull(JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? null : element.Clone();

    private static string Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
