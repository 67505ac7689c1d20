using System.Text.Json;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Telemetry;

/// <summary>
/// Reads the members of one JSON object under limits. The first fault is kept and everything after it reads as empty,
/// so a caller checks once at the end. Members that nobody asks for are passed over. Not thread-safe.
/// </summary>
/// <param name="element">The object.</param>
/// <param name="path">Its path, as faults name it; empty for the root.</param>
/// <param name="faults">Where the first fault of a whole message is kept.</param>
internal readonly struct JsonMembers(JsonElement element, string path, FirstProblem faults)
{
    /// <summary>True when the member is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A whole number within a range.</summary>
    public long Number(string name, long least, long most) => OptionalNumber(name, least, most) ?? Lacks(name, 0L);

    /// <summary>A whole number within a range; null when it is not there.</summary>
    public long? OptionalNumber(string name, long least, long most)
    {
        if (Find(name) is not { } found)
        {
            return null;
        }

        if (found.ValueKind != JsonValueKind.Number || !found.TryGetInt64(out var value))
        {
            return Wrong(name, TelemetryFault.WrongType, $"got {Shown(found)}, takes a whole number", 0L);
        }

        return value >= least && value <= most
            ? value
            : Wrong(name, TelemetryFault.OutOfRange, $"got {value}, takes {least} to {most}", 0L, least, most);
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name) => Find(name) switch
    {
        null => Lacks(name, false),
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => Wrong(name, TelemetryFault.WrongType, $"got {Shown(other)}, takes true or false", false),
    };

    /// <summary>A text of 1 to so many bytes.</summary>
    public string Text(string name, int mostBytes)
    {
        var text = OptionalText(name, mostBytes);
        return text.Length > 0 ? text : Lacks(name, "");
    }

    /// <summary>A text of at most so many bytes; empty when it is not there.</summary>
    public string OptionalText(string name, int mostBytes)
    {
        if (Find(name) is not { } found)
        {
            return "";
        }

        if (found.ValueKind != JsonValueKind.String)
        {
            return Wrong(name, TelemetryFault.WrongType, $"got {Shown(found)}, takes a text", "");
        }

        var text = found.GetString()!;
        var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        return bytes <= mostBytes
            ? text
            : Wrong(name, TelemetryFault.TooLong, $"got {bytes} bytes, takes at most {mostBytes}", "", 0, mostBytes);
    }

    /// <summary>A boot id.</summary>
    public BootId Boot(string name) => BootId.TryParse(Text(name, 32), out var boot)
        ? boot
        : Wrong(name, TelemetryFault.WrongType, "takes 32 hexadecimal digits", default(BootId));

    /// <summary>An object; null when it is not there.</summary>
    public JsonMembers? Object(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } found => new JsonMembers(found, PathOf(name), faults),
        { } other => Wrong<JsonMembers?>(
            name, TelemetryFault.WrongType, $"got {Shown(other)}, takes an object", null),
    };

    /// <summary>The objects of a list; none when it is not there.</summary>
    public IReadOnlyList<JsonMembers> Objects(string name, int most)
    {
        if (Find(name) is not { } found)
        {
            return [];
        }

        if (found.ValueKind != JsonValueKind.Array)
        {
            return Wrong<IReadOnlyList<JsonMembers>>(
                name, TelemetryFault.WrongType, $"got {Shown(found)}, takes a list", []);
        }

        if (found.GetArrayLength() > most)
        {
            return Wrong<IReadOnlyList<JsonMembers>>(
                name, TelemetryFault.TooLong, $"got {found.GetArrayLength()}, takes at most {most}", [], 0, most);
        }

        var members = new List<JsonMembers>();
        foreach (var (index, item) in found.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                return Wrong<IReadOnlyList<JsonMembers>>(
                    $"{name}[{index}]", TelemetryFault.WrongType, $"got {Shown(item)}, takes an object", []);
            }

            members.Add(new JsonMembers(item, $"{PathOf(name)}[{index}]", faults));
        }

        return members;
    }

    /// <summary>Says that a member must be there.</summary>
    public T Lacks<T>(string name, T empty) => Wrong(name, TelemetryFault.Missing, "is missing", empty);

    private static string Shown(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private JsonElement? Find(string name) =>
        faults.Problem is null && element.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null
            ? found
            : null;

    private T Wrong<T>(string name, TelemetryFault fault, string words, T empty, long least = 0, long most = 0)
    {
        faults.Problem ??= new TelemetryProblem(fault, PathOf(name), words) { Least = least, Most = most };
        return empty;
    }
}

/// <summary>The first fault of a message.</summary>
internal sealed class FirstProblem
{
    /// <summary>The fault; null while there is none.</summary>
    public TelemetryProblem? Problem { get; set; }
}
