namespace KioskFleet.Service.Findings;

/// <summary>What can be found wrong. A closed set; the names are stored and are the API's words.</summary>
internal enum FindingKind
{
    /// <summary>
    /// A journal was corrupt or lost and got a successor. Evidence: both journals, last common head, counts.
    /// </summary>
    ChainBroken,

    /// <summary>
    /// Two histories at the same numbers of a journal: an older disk image was restored, or an identity runs twice.
    /// Evidence: both journals, last common head.
    /// </summary>
    Fork,

    /// <summary>Numbers of a journal are gone from the cabinet and not in the ledger. Evidence: the range.</summary>
    SequenceGap,

    /// <summary>
    /// A boot never heard the service and its wall clock was not believed: its entries are dated between their
    /// neighbours. Evidence: the boot, wall clock and date given of the first such entry.
    /// </summary>
    ClockImplausible,

    /// <summary>Refunds of a line exceed what was paid for it. They count. Evidence: paid and refunded.</summary>
    RefundAbovePaid,

    /// <summary>An entry is kept apart. Evidence: journal, number, reason.</summary>
    EntryQuarantined,

    /// <summary>
    /// A stored entry or total contradicts the others: the proof names it. Evidence: the proof's words.
    /// </summary>
    LedgerProofFailed,
}
