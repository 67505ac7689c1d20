using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Fleet;

/// <summary>All registered cabinets at one moment. Immutable and thread-safe.</summary>
internal sealed class FleetSnapshot
{
    /// <summary>No cabinets.</summary>
    public static readonly FleetSnapshot Empty = new([]);

    private readonly FrozenDictionary<CabinetId, CabinetModel> _cabinets;

    /// <summary>Holds the cabinets, sorted by id.</summary>
    public FleetSnapshot(IEnumerable<CabinetModel> cabinets)
    {
        _cabinets = cabinets.ToFrozenDictionary(c => c.Id);
        Cabinets = [.. _cabinets.Values.OrderBy(c => c.Id)];
    }

    /// <summary>All cabinets by id.</summary>
    public IReadOnlyList<CabinetModel> Cabinets { get; }

    /// <summary>Finds a cabinet; false when it is not registered.</summary>
    public bool TryGet(CabinetId id, [NotNullWhen(true)] out CabinetModel? cabinet) =>
        _cabinets.TryGetValue(id, out cabinet);
}
