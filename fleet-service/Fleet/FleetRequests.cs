namespace KioskFleet.Service.Fleet;

/// <summary>The wish to register a cabinet.</summary>
/// <param name="CabinetId">1 to 32 characters of A–Z a–z 0–9 - _.</param>
/// <param name="County">The six digits of GB/T 2260.</param>
/// <param name="OperatorId">The operator; null for none yet.</param>
/// <param name="SiteName">The concrete place; null for none yet.</param>
/// <param name="SiteKind">The kind of site; null for unknown.</param>
/// <param name="Kind">Slot (when missing), Locker, OpenDoor or OpenDoorCompartments.</param>
internal sealed record CabinetRequest(
    string? CabinetId, string? County, string? OperatorId, string? SiteName, string? SiteKind, string? Kind = null);

/// <summary>The wish to state how a cabinet hands goods out.</summary>
/// <param name="Kind">Slot, Locker, OpenDoor or OpenDoorCompartments.</param>
internal sealed record KindRequest(string? Kind);

/// <summary>The wish to register many cabinets.</summary>
/// <param name="Cabinets">1 to <see cref="FleetDesk.MaxBulk"/>.</param>
internal sealed record BulkRequest(IReadOnlyList<CabinetRequest?>? Cabinets);

/// <summary>The wish to move a cabinet, from now on.</summary>
/// <param name="County">The six digits of GB/T 2260.</param>
/// <param name="OperatorId">The operator; null for none yet.</param>
/// <param name="SiteName">The concrete place; null for none yet.</param>
/// <param name="SiteKind">The kind of site; null for unknown.</param>
internal sealed record AssignmentRequest(string? County, string? OperatorId, string? SiteName, string? SiteKind);

/// <summary>The wish to change a cabinet's life.</summary>
/// <param name="Life">The state to go to.</param>
/// <param name="ClosedUntil">For ClosedUntil: the first day of business again, in the city's time zone.</param>
internal sealed record LifeRequest(string? Life, DateOnly? ClosedUntil);

/// <summary>One finding about a request.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Problem">What it got and what it takes.</param>
internal sealed record FieldProblem(string Field, string Problem);
