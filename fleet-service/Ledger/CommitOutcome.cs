using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Service.Ledger;

/// <summary>What became of a batch in a commit. A closed set.</summary>
internal abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>Its entries are in the ledger.</summary>
    /// <param name="Head">The journal's head now.</param>
    /// <param name="Appended">Entries appended.</param>
    /// <param name="Quarantined">Of these, entries kept apart.</param>
    public sealed record Committed(Head Head, int Appended, int Quarantined) : CommitOutcome;

    /// <summary>They were there before, proven by their hashes.</summary>
    /// <param name="Head">The journal's head now.</param>
    public sealed record Duplicate(Head Head) : CommitOutcome;

    /// <summary>It does not begin behind the head.</summary>
    /// <param name="Head">The journal's head now.</param>
    public sealed record Rewind(Head Head) : CommitOutcome;

    /// <summary>It contradicts the ledger.</summary>
    /// <param name="Refusal">Why; Busy when the database cannot keep it, whatever is set apart.</param>
    /// <param name="Words">The database's words; mostly empty.</param>
    public sealed record Refused(Refusal Refusal, string Words = "") : CommitOutcome;
}
