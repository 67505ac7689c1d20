using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Protocol.Sending;

/// <summary>Whether a journal holds a head that the service states.</summary>
public enum HeadHolding
{
    /// <summary>The journal has exactly this hash at this number.</summary>
    Held,

    /// <summary>The number is retained, or lies behind the tail, and the hash is not this journal's.</summary>
    NotHeld,

    /// <summary>The number is before everything retained, so nobody here can tell.</summary>
    BeforeRetention,
}

/// <summary>Where a journal stands, read before every step.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Tail">
/// Its last entry; of a closed journal the last head common with its successor, because what follows was carried over.
/// </param>
/// <param name="Committed">The last head of which the service said that it is committed.</param>
/// <param name="OldestRetainedSeq">The first entry still here; tail + 1 when there is none.</param>
/// <param name="Closed">True for a predecessor that is only refilled.</param>
public readonly record struct JournalFacts(
    JournalId Journal, Head Tail, Head Committed, ulong OldestRetainedSeq, bool Closed)
{
    /// <summary>True when anything is retained.</summary>
    public bool HasEntries => OldestRetainedSeq <= Tail.Seq;
}

/// <summary>The moment of a step.</summary>
/// <param name="NowMs">Monotonic milliseconds.</param>
/// <param name="Jitter">A random number from 0 to 1 for back-off, given from outside.</param>
/// <param name="Facts">Where the journal stands.</param>
public readonly record struct SenderMoment(long NowMs, double Jitter, JournalFacts Facts);

/// <summary>What can happen to a sender. A closed set.</summary>
public abstract record SenderInput
{
    private SenderInput()
    {
    }

    /// <summary>Time has passed, or entries were appended.</summary>
    public sealed record Tick : SenderInput
    {
        /// <summary>The one instance.</summary>
        public static readonly Tick Instance = new();
    }

    /// <summary>
    /// What the next hello says has changed, such as the applied config: say it as soon as nothing is in flight.
    /// </summary>
    public sealed record GreetSoon : SenderInput
    {
        /// <summary>The one instance.</summary>
        public static readonly GreetSoon Instance = new();
    }

    /// <summary>The link to the service is up.</summary>
    public sealed record LinkUp : SenderInput
    {
        /// <summary>The one instance.</summary>
        public static readonly LinkUp Instance = new();
    }

    /// <summary>The link is down.</summary>
    public sealed record LinkDown : SenderInput
    {
        /// <summary>The one instance.</summary>
        public static readonly LinkDown Instance = new();
    }

    /// <summary>The message of the last send effect was built and handed to the link.</summary>
    /// <param name="MessageHash">The hash by which its receipt will name it.</param>
    public sealed record Sent(Digest MessageHash) : SenderInput;

    /// <summary>
    /// The link lives, but would not take the message of the last send effect now: as if the service were busy.
    /// </summary>
    public sealed record PutOff : SenderInput
    {
        /// <summary>The one instance.</summary>
        public static readonly PutOff Instance = new();
    }

    /// <summary>A receipt came.</summary>
    /// <param name="Receipt">The receipt.</param>
    /// <param name="Holding">Whether this journal holds the receipt's head.</param>
    public sealed record ReceiptArrived(Receipt Receipt, HeadHolding Holding) : SenderInput;

    /// <summary>The successor journal was begun; the facts are its own from now on.</summary>
    public sealed record SuccessorBegun : SenderInput
    {
        /// <summary>The one instance.</summary>
        public static readonly SuccessorBegun Instance = new();
    }
}
