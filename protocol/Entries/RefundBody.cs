using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Entries;

/// <summary>
/// Money given back for one line of a sale: partial, repeatable, idempotent by its refund number. Layout version 1:
/// refund number (text), sale journal (16), sale seq (8), line (1), amount (8), quantity (2), transaction number
/// (text), reason (text).
/// </summary>
/// <param name="RefundNumber">The refund's own number; unique within its cabinet.</param>
/// <param name="SaleJournal">The journal that holds the sale.</param>
/// <param name="SaleSeq">The sale's number there.</param>
/// <param name="Line">The line reversed, from 0.</param>
/// <param name="AmountFen">What was given back, in fen; positive.</param>
/// <param name="Quantity">Pieces given back; 0 when only money was.</param>
/// <param name="TransactionNumber">The provider's refund transaction; may be empty.</param>
/// <param name="Reason">Why, as the caller says; may be empty.</param>
public sealed record RefundBody(
    string RefundNumber, JournalId SaleJournal, ulong SaleSeq, byte Line, long AmountFen, int Quantity,
    string TransactionNumber, string Reason) : EntryBody
{
    /// <inheritdoc/>
    public override EntryKind Kind => EntryKind.Refund;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Text(RefundNumber);
        writer.Journal(SaleJournal);
        writer.U64(SaleSeq);
        writer.U8(Line);
        writer.I64(AmountFen);
        writer.U16(checked((ushort)Quantity));
        writer.Text(TransactionNumber);
        writer.Text(Reason);
    }

    internal static RefundBody? Read(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var refund = new RefundBody(reader.Text(), reader.Journal(), reader.U64(), reader.U8(), reader.I64(),
            reader.U16(), reader.Text(), reader.Text());
        return reader.AtEnd ? refund : null;
    }
}
