using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Service.Fleet;

/// <summary>A public key of a cabinet.</summary>
/// <param name="Id">Its name.</param>
/// <param name="SubjectPublicKeyInfo">The P-256 key in DER.</param>
/// <param name="FromUtcMs">When it was registered, Unix milliseconds UTC.</param>
internal sealed record CabinetKey(KeyId Id, ReadOnlyMemory<byte> SubjectPublicKeyInfo, long FromUtcMs);

/// <summary>A registered cabinet as it is now. Immutable.</summary>
/// <param name="Id">The cabinet.</param>
/// <param name="Life">The stored state of its life; see <see cref="LifeAt"/> for a closure that ran out.</param>
/// <param name="ClosedUntilUtcMs">End of the closure, Unix milliseconds UTC; null in every other state.</param>
/// <param name="RegisteredUtcMs">When it was registered, Unix milliseconds UTC.</param>
/// <param name="Keys">Its public keys, oldest first; empty before enrolment.</param>
/// <param name="Assignments">Its assignments in order of time, at least one, without overlap.</param>
/// <param name="Kind">How it hands goods out.</param>
internal sealed record CabinetModel(
    CabinetId Id, CabinetLife Life, long? ClosedUntilUtcMs, long RegisteredUtcMs, IReadOnlyList<CabinetKey> Keys,
    IReadOnlyList<AssignmentModel> Assignments, CabinetKind Kind = CabinetKind.Slot)
{
    /// <summary>The newest assignment.</summary>
    public AssignmentModel CurrentAssignment => Assignments[^1];

    /// <summary>
    /// The assignment in force at a moment. Before the first one the first: a sale is never nobody's.
    /// </summary>
    /// <param name="utcMs">Unix milliseconds UTC.</param>
    public AssignmentModel AssignmentAt(long utcMs)
    {
        for (var i = Assignments.Count - 1; i > 0; i--)
        {
            if (Assignments[i].FromUtcMs <= utcMs)
            {
                return Assignments[i];
            }
        }

        return Assignments[0];
    }

    /// <summary>
    /// The state at a moment: a closure whose end has come is <see cref="CabinetLife.Active"/> again.
    /// </summary>
    /// <param name="utcMs">Unix milliseconds UTC.</param>
    public CabinetLife LifeAt(long utcMs) =>
        Life == CabinetLife.ClosedUntil && ClosedUntilUtcMs <= utcMs ? CabinetLife.Active : Life;

    /// <summary>The key of this name, or null.</summary>
    public CabinetKey? KeyOf(KeyId id)
    {
        for (var i = Keys.Count - 1; i >= 0; i--)
        {
            if (Keys[i].Id == id)
            {
                return Keys[i];
            }
        }

        return null;
    }
}
