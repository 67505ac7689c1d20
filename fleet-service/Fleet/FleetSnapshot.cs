using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Fleet;

/// <summary>All registered cabinets at one moment. Immutable and thread-safe.</summary>
internal sealed class FleetSnapshot
{
    /// <summary>No cabinets.</summary>
    public static readonly FleetSnapshot Empty = new(ImmutableDictionary<CabinetId, CabinetModel>.Empty);

    private readonly ImmutableDictionary<CabinetId, CabinetModel> _cabinets;
    private readonly Lazy<IReadOnlyList<CabinetModel>> _sorted;

    private FleetSnapshot(ImmutableDictionary<CabinetId, CabinetModel> cabinets)
    {
        _cabinets = cabinets;
        _sorted = new Lazy<IReadOnlyList<CabinetModel>>(() => [.. cabinets.Values.OrderBy(c => c.Id)]);
    }

    /// <summary>Holds the cabinets.</summary>
    public FleetSnapshot(IEnumerable<CabinetModel> cabinets) : this(cabinets.ToImmutableDictionary(c => c.Id))
    {
    }

    /// <summary>How many there are.</summary>
    public int Count => _cabinets.Count;

    /// <summary>All cabinets by id; sorted at first use.</summary>
    public IReadOnlyList<CabinetModel> Cabinets => _sorted.Value;

    /// <summary>Finds a cabinet; false when it is not registered.</summary>
    public bool TryGet(CabinetId id, [NotNullWhen(true)] out CabinetModel? cabinet) =>
        _cabinets.TryGetValue(id, out cabinet);

    /// <summary>This snapshot with some cabinets added or replaced.</summary>
    public FleetSnapshot With(IEnumerable<CabinetModel> changed) =>
        new(_cabinets.SetItems(changed.Select(c => KeyValuePair.Create(c.Id, c))));
}
