using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Vending;

/// <summary>What is wrong with a value.</summary>
internal enum InputFault
{
    /// <summary>It must be there and is empty.</summary>
    Missing,

    /// <summary>It takes more bytes, or more lines, than the limit.</summary>
    TooLong,

    /// <summary>The number lies outside its range.</summary>
    OutOfRange,
}

/// <summary>A value that cannot be recorded as it is.</summary>
/// <param name="Field">The field in the caller's JSON words, such as <c>lines[2].paidFen</c>.</param>
/// <param name="Fault">What is wrong.</param>
internal sealed record InputProblem(string Field, InputFault Fault);

/// <summary>An entry, by the journal and number where it was recorded first (carried entries keep these).</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Seq">The number there.</param>
/// <param name="Kind">What was recorded.</param>
internal sealed record RecordedEntry(JournalId Journal, ulong Seq, EntryKind Kind);

/// <summary>Why a vend request is denied.</summary>
internal enum DenialReason
{
    /// <summary>The cabinet's plan has no such slot.</summary>
    UnknownSlot = 1,

    /// <summary>The cabinet was stopped.</summary>
    CabinetStopped = 2,

    /// <summary>The disk has no room left beyond what is reserved for approved vends.</summary>
    DiskFull = 3,

    /// <summary>Too many approved vends have no outcome yet.</summary>
    TooManyOpenVends = 4,

    /// <summary>A product asked for, or behind the door, is suspended for quality.</summary>
    ProductBlocked = 5,

    /// <summary>Ordinary products are sold up to headroom and allowance of the window.</summary>
    OrdinaryLimit = 6,

    /// <summary>The cabinet's plan has no such door.</summary>
    UnknownDoor = 7,

    /// <summary>A session was asked for where goods come out piece by piece: the sales program must ask for a vend.
    /// </summary>
    VendNeeded = 8,

    /// <summary>The cabinet was restricted, and the rule is lost: it waits until the service has sent it again.
    /// </summary>
    RuleLost = 9,
}

/// <summary>What a screen is warned of although the vend is approved.</summary>
internal enum ShareWarning
{
    /// <summary>With this vend the share comes within the policy's warning margin.</summary>
    NearLimit = 1,

    /// <summary>The vend goes beyond headroom and allowance and is not refused here.</summary>
    BeyondLimit = 2,
}

/// <summary>The answer to a vend request or to the opening of a session. A closed set.</summary>
internal abstract record VendAnswer
{
    private VendAnswer()
    {
    }

    /// <summary>Go on. The room for its outcome is reserved until then.</summary>
    /// <param name="UntilWallUtcMs">End of the approval by the cabinet's wall clock, Unix milliseconds UTC.</param>
    /// <param name="RemainingMs">Milliseconds from now until then.</param>
    internal sealed record Approved(long UntilWallUtcMs, long RemainingMs) : VendAnswer
    {
        /// <summary>Ordinary product that may be sold beyond this vend, in fen; null when no rule sets a limit.
        /// </summary>
        public long? HeadroomFen { get; init; }

        /// <summary>What the screen is warned of; null when nothing is.</summary>
        public ShareWarning? Warning { get; init; }
    }

    /// <summary>Do not vend.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="HeadroomFen">Ordinary product that may still be sold, in fen; null when no rule sets one.</param>
    internal sealed record Denied(DenialReason Reason, long? HeadroomFen) : VendAnswer;

    /// <summary>The id was used for a request with other content.</summary>
    /// <param name="Field">The first field that differs.</param>
    internal sealed record Conflict(string Field) : VendAnswer;

    /// <summary>The vend has its outcome already: it must not be vended again.</summary>
    /// <param name="Entry">The outcome.</param>
    internal sealed record Finished(RecordedEntry Entry) : VendAnswer;

    /// <summary>A value cannot be taken.</summary>
    internal sealed record Invalid(InputProblem Problem) : VendAnswer;
}

/// <summary>The answer to everything that records. A closed set.</summary>
internal abstract record RecordAnswer
{
    private RecordAnswer()
    {
    }

    /// <summary>It is fsynced in the journal.</summary>
    /// <param name="Entry">The entry; the first one when an adjustment recorded several.</param>
    /// <param name="Marks">What was odd about a sale; none for other kinds.</param>
    /// <param name="AlreadyRecorded">True when the same report had been recorded before.</param>
    internal sealed record Recorded(RecordedEntry Entry, SaleMarks Marks, bool AlreadyRecorded) : RecordAnswer
    {
        /// <summary>Further entries of an adjustment, in order; empty for everything else.</summary>
        public IReadOnlyList<RecordedEntry> More { get; init; } = [];
    }

    /// <summary>The id was recorded with other content; nothing is lost, it is the same vend.</summary>
    /// <param name="Existing">What is recorded.</param>
    /// <param name="Field">The first field that differs.</param>
    internal sealed record Conflict(RecordedEntry Existing, string Field) : RecordAnswer;

    /// <summary>
    /// The refund or adjustment names a vend or session of which no sale is recorded; nothing was recorded.
    /// </summary>
    internal sealed record UnknownSale(string VendId) : RecordAnswer;

    /// <summary>A value cannot be taken; nothing was recorded.</summary>
    internal sealed record Invalid(InputProblem Problem) : RecordAnswer;
}

/// <summary>The answer to the closing of a session. A closed set.</summary>
internal abstract record CloseAnswer
{
    private CloseAnswer()
    {
    }

    /// <summary>The door is closed; settle follows. Closing again answers the same.</summary>
    internal sealed record Closed : CloseAnswer;

    /// <summary>No such session was opened; settle records it all the same, marked.</summary>
    internal sealed record UnknownSession : CloseAnswer;

    /// <summary>The session has its outcome already.</summary>
    internal sealed record Finished(RecordedEntry Entry) : CloseAnswer;

    /// <summary>A value cannot be taken.</summary>
    internal sealed record Invalid(InputProblem Problem) : CloseAnswer;
}

/// <summary>A slot as a screen shows it.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Sku">What it holds.</param>
/// <param name="Name">Name as shown.</param>
/// <param name="PriceFen">Price of one piece, in fen.</param>
/// <param name="Capacity">Pieces it can hold.</param>
/// <param name="Stock">Pieces left by count: the plan's stock minus what left since; never below 0.</param>
/// <param name="Denial">Null when a request would be approved now, else why not.</param>
/// <param name="HeadroomFen">Ordinary product that may still be sold, in fen; null when no rule sets one.</param>
internal sealed record SellableSlot(
    string Slot, string Sku, string Name, long PriceFen, int Capacity, int Stock, DenialReason? Denial,
    long? HeadroomFen)
{
    /// <summary>What a screen is warned of; null when nothing is.</summary>
    public ShareWarning? Warning { get; init; }

    /// <summary>True when the slot has goods and a request would be approved.</summary>
    public bool CanSell => Denial is null && Stock > 0;
}
