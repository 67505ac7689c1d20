using System.Text.Json;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// Where a run keeps ledger and journals: a folder that was named and stays, or a temporary one that goes with the run.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private readonly bool _isTemporary;

    /// <summary>Makes the folder.</summary>
    /// <param name="named">The folder to keep, or null for a temporary one.</param>
    public RunFolder(string? named)
    {
        _isTemporary = named is null;
        Root = named is null
            ? Directory.CreateTempSubdirectory("kioskfleet-").FullName
            : Directory.CreateDirectory(named).FullName;
    }

    /// <summary>The folder's full path.</summary>
    public string Root { get; }

    /// <summary>The ledger's folder.</summary>
    public string Ledger => Path.Combine(Root, "fleet");

    /// <summary>The agents' folders.</summary>
    public string Cabinets => Path.Combine(Root, "cabinets");

    /// <summary>
    /// Binds the folder to a load: a second run may only go on with the same one, because the proof compares everything
    /// in the ledger with it. Null when it may, else why not.
    /// </summary>
    /// <param name="load">What makes the load what it is.</param>
    public string? Bind(IReadOnlyDictionary<string, string> load)
    {
        var path = Path.Combine(Root, "load.json");
        if (!File.Exists(path))
        {
            JsonResultFile.Write(path, load);
            return null;
        }

        var bound = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? [];
        var different = load.Where(part => bound.GetValueOrDefault(part.Key) != part.Value)
            .Select(part => $"{part.Key} was {bound.GetValueOrDefault(part.Key) ?? "absent"} and is {part.Value}")
            .ToList();
        return different.Count == 0 ? null : $"{Root} holds another load: {string.Join(", ", different)}.";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isTemporary)
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
