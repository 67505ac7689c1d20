namespace KioskFleet.Service.Ledger;

/// <summary>One line of a sale as the interface shows it. Amounts in fen.</summary>
internal sealed record SaleLineShown(
    string Slot, string Sku, string Name, int Quantity, long UnitPriceFen, long PaidFen, string Class);

/// <summary>A sale as the interface shows it. Amounts in fen; instants in UTC.</summary>
internal sealed record SaleShown(
    long Position, string Journal, ulong Seq, string Hash, DateTime SoldUtc, int BusinessDay, long AssignmentId,
    string VendId, string Source, string Marks, string State, string PaymentMethod, string MerchantOrderNumber,
    string TransactionNumber, long AidFen, long OrdinaryFen, long UnmappedFen, long RefundedFen,
    IReadOnlyList<SaleLineShown> Lines);

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
