namespace KioskFleet.Simulators.Crash;

/// <summary>What the load asks an agent to record.</summary>
internal enum RecordKind
{
    /// <summary>Goods delivered and paid, known by vend id.</summary>
    Sale,

    /// <summary>Money given back, known by refund number.</summary>
    Refund,

    /// <summary>Goods that left without being sold, known by vend id.</summary>
    NonSale,
}

/// <summary>What makes a record one and the same, wherever it is found.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Cabinet">The cabinet's id.</param>
/// <param name="Id">The caller's id.</param>
internal readonly record struct RecordKey(RecordKind Kind, string Cabinet, string Id)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Cabinet}/{Id}";
}

/// <summary>A record as the load sent it.</summary>
/// <param name="Key">What it is.</param>
/// <param name="AmountFen">Paid or given back, in fen; 0 for a non-sale.</param>
/// <param name="RefundOf">For a refund: the vend id of the sale it reverses.</param>
internal sealed record SentRecord(RecordKey Key, long AmountFen, string? RefundOf);
