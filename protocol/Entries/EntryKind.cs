namespace KioskFleet.Protocol.Entries;

/// <summary>
/// What an entry of a journal records. The number is on the wire and never reused; a receiver that does not know a
/// kind quarantines the entry and goes on, because bodies are opaque to the chain.
/// </summary>
public enum EntryKind : byte
{
    /// <summary>Goods delivered and paid: <see cref="SaleBody"/>.</summary>
    Sale = 1,

    /// <summary>Money given back for a line of a sale: <see cref="RefundBody"/>.</summary>
    Refund = 2,

    /// <summary>Goods that left the cabinet and are no sale: <see cref="NonSaleBody"/>.</summary>
    NonSale = 3,

    /// <summary>The outcome of a vend or session that is no sale (yet): <see cref="OutcomeBody"/>.</summary>
    Outcome = 4,

    /// <summary>The first entry of a successor journal: <see cref="SuccessionBody"/>.</summary>
    Succession = 5,

    /// <summary>The agent's word that entries the service asks for are gone: <see cref="GapBody"/>.</summary>
    Gap = 6,
}

/// <summary>Marks of an entry's header.</summary>
[Flags]
public enum EntryMarks : byte
{
    /// <summary>An entry recorded by this journal first.</summary>
    None = 0,

    /// <summary>Carried over from a predecessor journal; the header holds its <see cref="EntryOrigin"/>.</summary>
    Carried = 1,

    /// <summary>
    /// Carried over from behind a corruption: readable, but the predecessor's chain does not prove it.
    /// </summary>
    Salvaged = 2,
}
