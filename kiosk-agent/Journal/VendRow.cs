using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>What a vend row is about.</summary>
internal enum VendRowKind
{
    /// <summary>One request for one slot.</summary>
    Vend = 1,

    /// <summary>An open-door session.</summary>
    Session = 2,
}

/// <summary>
/// A vend request or session and its answer, kept in the journal's file so that approvals survive a restart. Not part
/// of the chain: the vend's outcome is an entry.
/// </summary>
/// <param name="Id">Vend or session id.</param>
/// <param name="Kind">Which.</param>
/// <param name="Slot">The slot asked for; empty for a session.</param>
/// <param name="Sku">The SKU asked for; empty for a session.</param>
/// <param name="PriceFen">The price asked for, in fen.</param>
/// <param name="Denial">0 when approved, else the reason's number.</param>
/// <param name="Boot">The boot that answered.</param>
/// <param name="UntilMonotonicMs">End of the approval by that boot's monotonic clock.</param>
/// <param name="UntilWallUtcMs">End of the approval by the wall clock then: used after a reboot.</param>
/// <param name="IsClosed">For a session: the door is closed.</param>
internal sealed record VendRow(
    string Id, VendRowKind Kind, string Slot, string Sku, long PriceFen, int Denial, BootId Boot,
    long UntilMonotonicMs, long UntilWallUtcMs, bool IsClosed);
