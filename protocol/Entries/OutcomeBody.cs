using KioskFleet.Protocol.Encoding;

namespace KioskFleet.Protocol.Entries;

/// <summary>
/// State of a delivery. The words are those of OPC 30210-1 (unattended retail), with two of our own for what that
/// vocabulary leaves open. The number is on the wire.
/// </summary>
public enum DeliveryState : byte
{
    /// <summary>Approved, nothing moved yet.</summary>
    ReadyToDeliver = 1,

    /// <summary>The machine is delivering.</summary>
    Started = 2,

    /// <summary>Delivered.</summary>
    Finished = 3,

    /// <summary>Not delivered, although it was tried.</summary>
    Failed = 4,

    /// <summary>Delivery could not begin.</summary>
    CannotStart = 5,

    /// <summary>Nobody knows whether the goods left the cabinet.</summary>
    Unknown = 6,

    /// <summary>A person or a vision service still decides what was taken.</summary>
    UnderReview = 7,
}

/// <summary>What became of the customer's money, in the words of OPC 30210-1. The number is on the wire.</summary>
public enum PaymentOutcome : byte
{
    /// <summary>Nothing was paid.</summary>
    NotPaid = 0,

    /// <summary>Paid: success.</summary>
    Success = 1,

    /// <summary>Paid and not delivered: fail with refund in execution.</summary>
    FailRefundInExecution = 2,

    /// <summary>Paid and given back: fail with refund success.</summary>
    FailRefundSuccess = 3,

    /// <summary>Goods taken and not yet paid.</summary>
    Owed = 4,
}

/// <summary>
/// The outcome of a vend or session that is no sale (yet); outside every total. A later sale or refund with the same
/// vend id supersedes it. Layout version 1: delivery state (1), payment outcome (1), vend id (text), slot (text), SKU
/// (text), amount (8), detail (text).
/// </summary>
/// <param name="Delivery">State of the delivery.</param>
/// <param name="Payment">What became of the money.</param>
/// <param name="VendId">The vend or session.</param>
/// <param name="Slot">The slot; may be empty.</param>
/// <param name="Sku">The SKU; may be empty.</param>
/// <param name="AmountFen">The amount paid or owed, in fen.</param>
/// <param name="Detail">The machine's own words; may be empty.</param>
public sealed record OutcomeBody(
    DeliveryState Delivery, PaymentOutcome Payment, string VendId, string Slot, string Sku, long AmountFen,
    string Detail) : EntryBody
{
    /// <inheritdoc/>
    public override EntryKind Kind => EntryKind.Outcome;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.U8((byte)Delivery);
        writer.U8((byte)Payment);
        writer.Text(VendId);
        writer.Text(Slot);
        writer.Text(Sku);
        writer.I64(AmountFen);
        writer.Text(Detail);
    }

    internal static OutcomeBody? Read(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var outcome = new OutcomeBody((DeliveryState)reader.U8(), (PaymentOutcome)reader.U8(), reader.Text(),
            reader.Text(), reader.Text(), reader.I64(), reader.Text());
        return reader.AtEnd ? outcome : null;
    }
}
