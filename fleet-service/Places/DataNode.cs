using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Places;

/// <summary>
/// One JSON object while it is read: takes its members one by one and notes every finding with its path instead of
/// stopping at the first. What it returns after a finding is only a stand-in; the caller looks at the findings.
/// Not thread-safe.
/// </summary>
internal sealed class DataNode(JsonElement element, string path, List<DataSetFinding> findings)
{
    /// <summary>Longest text of a data set, in characters.</summary>
    public const int MaxTextLength = 500;

    private const int MaxShownLength = 60;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Notes a finding on a member (or on this object when the name is empty).</summary>
    public void Note(string name, string got, Bilingual takes) =>
        findings.Add(new DataSetFinding(name.Length == 0 ? path : $"{path}.{name}", got, takes));

    /// <summary>A text that is not empty.</summary>
    public string Text(string name)
    {
        var member = Take(name);
        if (member is { ValueKind: JsonValueKind.String } && member.Value.GetString() is { } text
            && text.Trim().Length is > 0 and <= MaxTextLength)
        {
            return text;
        }

        Note(name, Shown(member), DataSetTexts.Of("Text", MaxTextLength));
        return "";
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name)
    {
        var member = Take(name);
        if (member?.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return member.Value.GetBoolean();
        }

        Note(name, Shown(member), DataSetTexts.Of("Flag"));
        return false;
    }

    /// <summary>A whole number within bounds.</summary>
    public long Number(string name, long least, long most)
    {
        var member = Take(name);
        if (member is { ValueKind: JsonValueKind.Number } && member.Value.TryGetInt64(out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        Note(name, Shown(member), DataSetTexts.Of("Number", least, most));
        return least;
    }

    /// <summary>A day as yyyy-mm-dd.</summary>
    public DateOnly Day(string name)
    {
        var member = Take(name);
        if (member is { ValueKind: JsonValueKind.String } && DateOnly.TryParseExact(
            member.Value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        Note(name, Shown(member), DataSetTexts.Of("Day"));
        return DateOnly.MinValue;
    }

    /// <summary>A GB/T 2260 code.</summary>
    public CountyCode Code(string name)
    {
        var member = Take(name);
        if (member is { ValueKind: JsonValueKind.String }
            && CountyCode.TryParse(member.Value.GetString(), out var code))
        {
            return code;
        }

        Note(name, Shown(member), DataSetTexts.Of("AreaCode"));
        return default;
    }

    /// <summary>One of the names of an enum, written in kebab-case.</summary>
    public T Choice<T>(string name)
        where T : struct, Enum
    {
        var member = Take(name);
        var names = Enum.GetValues<T>().ToDictionary(
            v => JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()), StringComparer.Ordinal);
        if (member is { ValueKind: JsonValueKind.String }
            && names.TryGetValue(member.Value.GetString()!, out var value))
        {
            return value;
        }

        Note(name, Shown(member), DataSetTexts.Of("OneOf", string.Join(", ", names.Keys)));
        return default;
    }

    /// <summary>True, and the member is taken, when it is there and null.</summary>
    public bool IsNull(string name)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member)
            && member.ValueKind == JsonValueKind.Null)
        {
            _taken.Add(name);
            return true;
        }

        return false;
    }

    /// <summary>An object, read by <paramref name="read"/> and checked for members that nobody took.</summary>
    public T Child<T>(string name, Func<DataNode, T> read) => ReadObject(Take(name), $"{path}.{name}", read);

    /// <summary>A list of objects.</summary>
    public ImmutableArray<T> Children<T>(string name, int least, Func<DataNode, T> read) =>
        Items(name, least, (item, itemPath) => ReadObject(item, itemPath, read));

    /// <summary>A list of GB/T 2260 codes.</summary>
    public ImmutableArray<CountyCode> Codes(string name) => Items(name, 0, (item, itemPath) =>
    {
        if (item.ValueKind == JsonValueKind.String && CountyCode.TryParse(item.GetString(), out var code))
        {
            return code;
        }

        findings.Add(new DataSetFinding(itemPath, Shown(item), DataSetTexts.Of("AreaCode")));
        return default;
    });

    /// <summary>Notes every member that nobody took: a misspelt name must not be passed over in silence.</summary>
    public void NoteUnknown()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in element.EnumerateObject().Where(m => !_taken.Contains(m.Name)))
        {
            Note(member.Name, Shown(member.Value), DataSetTexts.Of("NoMember"));
        }
    }

    private ImmutableArray<T> Items<T>(string name, int least, Func<JsonElement, string, T> read)
    {
        var member = Take(name);
        if (member is not { ValueKind: JsonValueKind.Array } || member.Value.GetArrayLength() < least)
        {
            Note(name, Shown(member), least == 0 ? DataSetTexts.Of("List") : DataSetTexts.Of("ListOf", least));
            return [];
        }

        return [.. member.Value.EnumerateArray().Select((item, i) => read(item, $"{path}.{name}[{i}]"))];
    }

    private T ReadObject<T>(JsonElement? member, string memberPath, Func<DataNode, T> read)
    {
        if (member is not { ValueKind: JsonValueKind.Object })
        {
            findings.Add(new DataSetFinding(memberPath, Shown(member), DataSetTexts.Of("Object")));

            // Its members are all missing; one finding says enough.
            return read(new DataNode(default, memberPath, []));
        }

        var node = new DataNode(member.Value, memberPath, findings);
        var value = read(node);
        node.NoteUnknown();
        return value;
    }

    private JsonElement? Take(string name)
    {
        _taken.Add(name);
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member)
            ? member
            : null;
    }

    private static string Shown(JsonElement? member)
    {
        if (member is null)
        {
            return "nothing";
        }

        var text = member.Value.ToString();
        return member.Value.ValueKind switch
        {
            JsonValueKind.Null => "null",
            JsonValueKind.Array => $"a list of {member.Value.GetArrayLength()}",
            JsonValueKind.Object => "an object",
            _ => text.Length > MaxShownLength ? $"'{text[..MaxShownLength]}…'" : $"'{text}'",
        };
    }
}
