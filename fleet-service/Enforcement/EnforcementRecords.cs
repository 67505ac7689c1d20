namespace KioskFleet.Service.Enforcement;

/// <summary>A member's part of what its group has left.</summary>
/// <param name="AllowanceFen">Its allowance, signed, in fen.</param>
/// <param name="WindowFirst">First day of the window that it is for.</param>
/// <param name="SplitOn">The business day on which it was split.</param>
internal sealed record GroupCredit(long AllowanceFen, DateOnly WindowFirst, DateOnly SplitOn);

/// <summary>What is stored of a cabinet. Immutable.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">Its operator: the next one inherits nothing.</param>
/// <param name="CountFromUtcMs">Since when that one has it, see <see cref="PlanSubject.CountFromUtcMs"/>.</param>
/// <param name="Ladder">Where it stands.</param>
/// <param name="WantedVersion">The config that it is to work by; empty before the first.</param>
/// <param name="Frame">Everything of that config but its figures, as one digest.</param>
/// <param name="SentUtcMs">When the broker got it; null before.</param>
/// <param name="Credit">Its part in a group; null outside of one.</param>
internal sealed record EnforcementState(
    string CabinetId, string OperatorId, long CountFromUtcMs, LadderState Ladder, string WantedVersion, string Frame,
    long? SentUtcMs, GroupCredit? Credit);

/// <summary>Why a config replaces the one before. The names are stored and are the API's words.</summary>
internal enum ReplanReason
{
    /// <summary>It is the first one.</summary>
    First,

    /// <summary>Mode, policy, classes, exemptions or kind changed.</summary>
    Rule,

    /// <summary>Another window runs.</summary>
    Window,

    /// <summary>The cabinet writes another journal, or has another operator.</summary>
    Journal,

    /// <summary>The ledger knows something of its sales that the cabinet cannot know by itself.</summary>
    Figures,

    /// <summary>Its part of the group changed.</summary>
    Group,
}

/// <summary>A change of a cabinet, to be written.</summary>
/// <param name="State">The state from now on.</param>
/// <param name="Steps">Changes of the rung.</param>
/// <param name="Evidence">What they rest on, as JSON.</param>
/// <param name="Config">The new config; null when the wanted one stays.</param>
internal sealed record PlannedChange(
    EnforcementState State, IReadOnlyList<LadderStep> Steps, string Evidence, PlannedConfig? Config);

/// <summary>A new config.</summary>
/// <param name="Config">The config.</param>
/// <param name="Reason">Why.</param>
internal sealed record PlannedConfig(Protocol.Configs.VersionedConfig Config, ReplanReason Reason);
