namespace KioskFleet.Agent.LocalApi;

/// <summary>An approved vend or session.</summary>
/// <param name="Approved">Always true; a denial is a problem with its reason.</param>
/// <param name="UntilUtc">End of the approval by the cabinet's wall clock.</param>
/// <param name="RemainingMs">Milliseconds until then.</param>
/// <param name="HeadroomFen">
/// Ordinary product that may be sold beyond this, in fen; null when no rule sets a limit.
/// </param>
/// <param name="Warning">nearLimit or beyondLimit; null when there is nothing to warn of.</param>
/// <param name="WarningText">The same for people.</param>
internal sealed record ApprovedAnswer(
    bool Approved, DateTimeOffset UntilUtc, long RemainingMs, long? HeadroomFen = null, string? Warning = null,
    string? WarningText = null);

/// <summary>An entry of the journal.</summary>
/// <param name="Journal">The journal, 32 hex digits.</param>
/// <param name="Seq">The entry's number there.</param>
/// <param name="Kind">Sale, Refund, NonSale or Outcome.</param>
internal sealed record EntryAnswer(string Journal, ulong Seq, string Kind);

/// <summary>Recorded: it is on the disk.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Marks">What was odd about a sale; empty when nothing was.</param>
/// <param name="AlreadyRecorded">True when the same report had been recorded before.</param>
/// <param name="More">Further entries of an adjustment.</param>
internal sealed record RecordedAnswer(
    EntryAnswer Entry, IReadOnlyList<string> Marks, bool AlreadyRecorded, IReadOnlyList<EntryAnswer> More);

/// <summary>A session's door is closed.</summary>
/// <param name="Closed">Always true.</param>
/// <param name="Known">False when no such session was opened; settling it is recorded all the same.</param>
internal sealed record ClosedAnswer(bool Closed, bool Known);

/// <summary>A slot as a screen shows it.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Sku">What it holds.</param>
/// <param name="Name">Name as shown.</param>
/// <param name="PriceFen">Price of one piece, in fen.</param>
/// <param name="Sellable">True when a request would be approved now and goods are left.</param>
/// <param name="Denial">Why not; null when nothing forbids it.</param>
/// <param name="DenialText">The same for people.</param>
/// <param name="HeadroomFen">Ordinary product that may still be sold, in fen; null when no rule sets one.</param>
/// <param name="Warning">nearLimit or beyondLimit when it would be sold with a warning; else null.</param>
internal sealed record SellableAnswer(
    string Slot, string Sku, string Name, long PriceFen, bool Sellable, string? Denial, string? DenialText,
    long? HeadroomFen, string? Warning = null);

/// <summary>What is left in a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Sku">What it holds.</param>
/// <param name="Name">Name as shown.</param>
/// <param name="Capacity">Pieces it can hold.</param>
/// <param name="Stock">Pieces left by count.</param>
internal sealed record StockAnswer(string Slot, string Sku, string Name, int Capacity, int Stock);

/// <summary>A problem, as application/problem+json.</summary>
/// <param name="Type">A name of the kind of problem: <c>urn:kioskfleet:problem:…</c>.</param>
/// <param name="Title">The problem in the caller's language.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What to do about it, in the caller's language.</param>
/// <param name="Field">The field that is meant, such as <c>lines[2].paidFen</c>; null when none is.</param>
/// <param name="Reason">A fixed word for programs.</param>
internal sealed record ApiProblem(
    string Type, string Title, int Status, string Detail, string? Field, string Reason)
{
    /// <summary>The entry that stands in the way; null when none does.</summary>
    public EntryAnswer? Existing { get; init; }

    /// <summary>For a denial: ordinary product that may still be sold, in fen.</summary>
    public long? HeadroomFen { get; init; }
}
