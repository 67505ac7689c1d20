using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Fleet;

/// <summary>What became of a wish to change the register. A closed set.</summary>
internal abstract record FleetOutcome
{
    private FleetOutcome()
    {
    }

    /// <summary>It is committed; the cabinet as it is now.</summary>
    public sealed record Done(CabinetModel Cabinet) : FleetOutcome;

    /// <summary>The request is not well-formed; nothing was changed.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : FleetOutcome;

    /// <summary>Nobody registered this cabinet.</summary>
    public sealed record Unknown(CabinetId Cabinet) : FleetOutcome;

    /// <summary>The cabinet is registered already.</summary>
    public sealed record Exists(CabinetId Cabinet) : FleetOutcome;

    /// <summary>The state does not allow the change.</summary>
    public sealed record IllegalLife(CabinetLife From, CabinetLife To, IReadOnlyList<CabinetLife> Allowed)
        : FleetOutcome;
}

/// <summary>What became of a bulk registration.</summary>
/// <param name="Registered">Ids registered now.</param>
/// <param name="Existing">Ids that were registered before; left as they are.</param>
/// <param name="Problems">Findings; when there are any, nothing was registered.</param>
internal sealed record BulkOutcome(
    IReadOnlyList<string> Registered, IReadOnlyList<string> Existing, IReadOnlyList<FieldProblem> Problems);
