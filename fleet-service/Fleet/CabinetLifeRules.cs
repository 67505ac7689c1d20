namespace KioskFleet.Service.Fleet;

/// <summary>Which changes of a cabinet's life are legal: a table of transitions. Pure.</summary>
internal static class CabinetLifeRules
{
    /// <summary>The states that may follow a state, in the enum's order; empty for the last one.</summary>
    public static IReadOnlyList<CabinetLife> AllowedFrom(CabinetLife state) => state switch
    {
        CabinetLife.Registered => [CabinetLife.Active, CabinetLife.Retired],
        CabinetLife.Active => [CabinetLife.ClosedUntil, CabinetLife.Retired],

        // A closure can be moved to another day.
        CabinetLife.ClosedUntil => [CabinetLife.Active, CabinetLife.ClosedUntil, CabinetLife.Retired],
        CabinetLife.Retired => [],
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state."),
    };

    /// <summary>True when the change is legal.</summary>
    public static bool MayChange(CabinetLife from, CabinetLife to) => AllowedFrom(from).Contains(to);
}
