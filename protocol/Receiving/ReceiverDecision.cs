using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Protocol.Receiving;

/// <summary>Numbers that a signed gap skips.</summary>
/// <param name="First">First missing number.</param>
/// <param name="Last">Last missing number.</param>
public readonly record struct SkippedRange(ulong First, ulong Last);

/// <summary>What a receiver does with a batch. A closed set.</summary>
public abstract record ReceiverDecision
{
    private ReceiverDecision()
    {
    }

    /// <summary>Commit the entries from <paramref name="Skip"/> on.</summary>
    /// <param name="Skip">Entries at the batch's beginning that the ledger has already, proven equal by hash.</param>
    /// <param name="NewHead">The head after it.</param>
    /// <param name="Gap">Numbers that are declared gone, or null.</param>
    public sealed record Append(int Skip, Head NewHead, SkippedRange? Gap) : ReceiverDecision;

    /// <summary>All entries are in the ledger, proven equal by hash: answer with the present head.</summary>
    public sealed record AlreadyCommitted : ReceiverDecision;

    /// <summary>Entries between the head and this batch are missing: answer with the present head.</summary>
    public sealed record Rewind : ReceiverDecision;

    /// <summary>Refuse; the refusal names the agent's next step.</summary>
    /// <param name="Why">Why.</param>
    public sealed record Refuse(Refusal Why) : ReceiverDecision;

    /// <summary>
    /// Look up the committed hash at a number, and ask again with it. When the ledger has none there, the number lies
    /// in a declared gap and nothing can be proven: answer with the present head, as for <see cref="Rewind"/>.
    /// </summary>
    /// <param name="Seq">The number, not above the head.</param>
    public sealed record NeedHash(ulong Seq) : ReceiverDecision;
}
