namespace KioskFleet.Service.Ledger;

/// <summary>One line of a sale as the interface shows it. Amounts in fen.</summary>
internal sealed record SaleLineShown(
    string Slot, string Sku, string Name, int Quantity, long UnitPriceFen, long PaidFen, string Class);

/// <summary>A sale as the interface shows it.</summary>
internal sealed record SaleShown
{
    /// <summary>Its position in the ledger.</summary>
    public required long Position { get; init; }

    /// <summary>The journal it came in.</summary>
    public required string Journal { get; init; }

    /// <summary>Its number there.</summary>
    public required ulong Seq { get; init; }

    /// <summary>Its hash in that journal's chain.</summary>
    public required string Hash { get; init; }

    /// <summary>The moment of sale by the cabinet's corrected clock, UTC.</summary>
    public required DateTime SoldUtc { get; init; }

    /// <summary>Its business day, yyyymmdd.</summary>
    public required int BusinessDay { get; init; }

    /// <summary>The assignment it was sold under.</summary>
    public required long AssignmentId { get; init; }

    /// <summary>The vend or session it settles.</summary>
    public required string VendId { get; init; }

    /// <summary>What it was sold by.</summary>
    public required string Source { get; init; }

    /// <summary>What the agent marked on it.</summary>
    public required string Marks { get; init; }

    /// <summary>What the ledger does with it.</summary>
    public required string State { get; init; }

    /// <summary>How it was paid.</summary>
    public required string PaymentMethod { get; init; }

    /// <summary>The merchant's order number.</summary>
    public required string MerchantOrderNumber { get; init; }

    /// <summary>The payment service's transaction number.</summary>
    public required string TransactionNumber { get; init; }

    /// <summary>Aid part, corrections included, in fen.</summary>
    public required long AidFen { get; init; }

    /// <summary>Ordinary part, likewise.</summary>
    public required long OrdinaryFen { get; init; }

    /// <summary>Part without a mapping, likewise.</summary>
    public required long UnmappedFen { get; init; }

    /// <summary>Refunded so far, in fen.</summary>
    public required long RefundedFen { get; init; }

    /// <summary>Its lines, by their present classes.</summary>
    public required IReadOnlyList<SaleLineShown> Lines { get; init; }

    /// <summary>What changed of it since commit, oldest first; mostly nothing.</summary>
    public required IReadOnlyList<CorrectionShown> Corrections { get; init; }
}

/// <summary>A correction of an entry as the interface shows it. Amounts in fen.</summary>
/// <param name="CorrectionId">Its number.</param>
/// <param name="Cause">Why.</param>
/// <param name="CatalogueVersion">The catalogue that it was judged by.</param>
/// <param name="CorrectedUtc">When.</param>
/// <param name="CorrectedBy">Who answers for it.</param>
/// <param name="AidDeltaFen">Change of the aid part.</param>
/// <param name="OrdinaryDeltaFen">Change of the ordinary part.</param>
/// <param name="UnmappedDeltaFen">Change of the part without a mapping.</param>
/// <param name="Classes">The class of each line from then on.</param>
internal sealed record CorrectionShown(
    long CorrectionId, string Cause, long CatalogueVersion, DateTime CorrectedUtc, string CorrectedBy, long AidDeltaFen,
    long OrdinaryDeltaFen, long UnmappedDeltaFen, IReadOnlyList<string> Classes);

/// <summary>A page read backwards in time.</summary>
/// <param name="Items">The rows, newest first.</param>
/// <param name="NextBefore">Give this as <c>before</c> for the next page; null at the end.</param>
internal sealed record BackwardsPage<T>(IReadOnlyList<T> Items, long? NextBefore);

/// <summary>A quarantined entry as the interface shows it.</summary>
internal sealed record QuarantinedShown(
    long Position, string Cabinet, string Journal, ulong Seq, string Reason, string Detail, DateTime QuarantinedUtc,
    DateTime? ReleasedUtc, string? ReleasedBy, string EntryHex);

/// <summary>A journal as the interface shows it.</summary>
internal sealed record JournalShown(
    string Journal, ulong HeadSeq, string HeadHash, ulong Skipped, ulong? SupersededAfter, string? Predecessor,
    ulong? AnnouncedTail);

/// <summary>What a cabinet said of itself last. Provisional: its own word, until its backlog is committed.</summary>
internal sealed record HelloShown(
    string Journal, DateTime HeardUtc, ulong TailSeq, ulong Backlog, DateTime? OldestUnsentUtc, long SalesFen,
    long RefundsFen, long Sales, long ClockOffsetMs, string AppliedConfig, string AgentVersion, bool Provisional);

/// <summary>What one of many cabinets said of itself last.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Hello">Its newest hello.</param>
internal sealed record CabinetHelloShown(string Cabinet, HelloShown Hello);

/// <summary>A page of newest hellos, by cabinet.</summary>
/// <param name="Items">The rows.</param>
/// <param name="NextAfter">Ask for the next page after this cabinet; null when this page is the last.</param>
internal sealed record HelloPage(IReadOnlyList<CabinetHelloShown> Items, string? NextAfter);
