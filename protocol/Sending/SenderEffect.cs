using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Sending;

/// <summary>
/// What the loop does next for a sender. A closed set. The loop performs it, tells the outcome, and ticks again until
/// there is nothing to do.
/// </summary>
public abstract record SenderEffect
{
    private SenderEffect()
    {
    }

    /// <summary>Nothing now; step again when something happens or at <see cref="JournalSender.WakeAtMs"/>.</summary>
    public sealed record Nothing : SenderEffect
    {
        /// <summary>The one instance.</summary>
        public static readonly Nothing Instance = new();
    }

    /// <summary>Build, sign and send a hello, then tell <see cref="SenderInput.Sent"/>.</summary>
    public sealed record SendHello : SenderEffect
    {
        /// <summary>The one instance.</summary>
        public static readonly SendHello Instance = new();
    }

    /// <summary>Build, sign and send a batch, then tell <see cref="SenderInput.Sent"/>.</summary>
    /// <param name="AfterSeq">The entries begin behind this number.</param>
    /// <param name="GapBase">The service's head when a gap must be declared, else null.</param>
    /// <param name="MaxEntries">Most entries.</param>
    public sealed record SendBatch(ulong AfterSeq, Head? GapBase, int MaxEntries) : SenderEffect;

    /// <summary>
    /// The service holds everything up to this head: move the committed mark there. It may move back: then the ledger
    /// was restored from a backup, and the entries behind the head are uncommitted again and must be kept.
    /// </summary>
    /// <param name="Head">The head; held by this journal, or from before everything that it retains.</param>
    public sealed record MoveCommitted(Head Head) : SenderEffect;

    /// <summary>Append a Gap entry: the service asks for entries that are no longer here.</summary>
    /// <param name="ServiceHead">The service's head.</param>
    public sealed record DeclareGap(Head ServiceHead) : SenderEffect;

    /// <summary>Begin a successor journal, then tell <see cref="SenderInput.SuccessorBegun"/>.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record BeginSuccessor(SuccessionReason Reason) : SenderEffect;

    /// <summary>
    /// The service holds another history of this closed journal, so it cannot be refilled under its own name: carry its
    /// retained entries over into the journal that is written, once, each with its origin. The service counts none
    /// twice.
    /// </summary>
    public sealed record CarryOver : SenderEffect
    {
        /// <summary>The one instance.</summary>
        public static readonly CarryOver Instance = new();
    }

    /// <summary>Enrol again with the same key; the sender goes on with a hello after a back-off.</summary>
    public sealed record Enrol : SenderEffect
    {
        /// <summary>The one instance.</summary>
        public static readonly Enrol Instance = new();
    }

    /// <summary>Close the link and make it anew: it answers nothing.</summary>
    public sealed record Reconnect : SenderEffect
    {
        /// <summary>The one instance.</summary>
        public static readonly Reconnect Instance = new();
    }
}
