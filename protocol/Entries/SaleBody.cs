using KioskFleet.Protocol.Encoding;

namespace KioskFleet.Protocol.Entries;

/// <summary>Which way of selling a sale came from. The number is on the wire.</summary>
public enum SaleSource : byte
{
    /// <summary>A vend: one request, delivered slot by slot.</summary>
    Vend = 1,

    /// <summary>An open-door session that was settled.</summary>
    Session = 2,

    /// <summary>Recorded by hand at the agent's command line.</summary>
    Hand = 3,
}

/// <summary>What was odd about a sale that was recorded all the same. Bits on the wire.</summary>
[Flags]
public enum SaleMarks : ushort
{
    /// <summary>Nothing odd.</summary>
    None = 0,

    /// <summary>The agent had never approved, or seen, this vend.</summary>
    UnknownVend = 1,

    /// <summary>A line names a slot that the cabinet's plan does not hold.</summary>
    UnknownSlot = 2,

    /// <summary>A line names a SKU that the cabinet's plan does not hold.</summary>
    UnknownSku = 4,

    /// <summary>A price differs from the plan's or from the approved one.</summary>
    PriceDiffers = 8,

    /// <summary>The vend had been denied, and the goods were delivered all the same.</summary>
    WasDenied = 16,

    /// <summary>The approval's time had run out before the goods were delivered.</summary>
    Late = 32,

    /// <summary>The vend had been reported failed or unknown before.</summary>
    OutcomeRevised = 64,

    /// <summary>A text was longer than the journal holds and was cut.</summary>
    TextCut = 128,

    /// <summary>Other goods, another slot or another number of pieces than approved.</summary>
    GoodsDiffer = 256,

    /// <summary>Less aid was delivered, or paid for, than the approved vend held.</summary>
    AidMissing = 512,
}

/// <summary>
/// What the sales program says that a line is. It counts for nothing: the fleet service decides by its catalogue, and
/// finds cabinets whose claims differ from it. The number is on the wire; one that is not known here claims nothing.
/// </summary>
public enum AidClaim : byte
{
    /// <summary>The sales program says nothing.</summary>
    None = 0,

    /// <summary>It says: an aid product.</summary>
    Aid = 1,

    /// <summary>It says: an ordinary product.</summary>
    Ordinary = 2,
}

/// <summary>One line of a sale.</summary>
/// <param name="Slot">Slot of the cabinet, at most 16 UTF-8 bytes; may be empty.</param>
/// <param name="Sku">The operator's SKU, at most 64 UTF-8 bytes.</param>
/// <param name="Name">The product's name as it was shown, at most 255 UTF-8 bytes.</param>
/// <param name="Quantity">Pieces, 1 to 10,000.</param>
/// <param name="UnitPriceFen">Price of one piece as shown, in fen.</param>
/// <param name="PaidFen">
/// What was paid for this line, in fen: coupons funded by third parties included, the merchant's discounts excluded.
/// </param>
/// <param name="Claim">What the sales program says of the line; counts for nothing.</param>
public sealed record SaleLine(
    string Slot, string Sku, string Name, int Quantity, long UnitPriceFen, long PaidFen,
    AidClaim Claim = AidClaim.None);

/// <summary>
/// Goods delivered and paid. Layout version 1: source (1), marks (2), vend or session id (text), payment method (1),
/// merchant order number (text), transaction number (text), line count (1), then per line slot, SKU and name (texts),
/// quantity (2), unit price (8), paid (8), claim (1).
/// </summary>
/// <param name="Source">Which way of selling.</param>
/// <param name="Marks">What was odd about it.</param>
/// <param name="VendId">The caller's vend or session id; unique within its cabinet.</param>
/// <param name="Payment">How it was paid.</param>
/// <param name="Lines">1 to 100 lines.</param>
public sealed record SaleBody(
    SaleSource Source, SaleMarks Marks, string VendId, Payment Payment, IReadOnlyList<SaleLine> Lines) : EntryBody
{
    /// <inheritdoc/>
    public override EntryKind Kind => EntryKind.Sale;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.U8((byte)Source);
        writer.U16((ushort)Marks);
        writer.Text(VendId);
        writer.U8((byte)Payment.Method);
        writer.Text(Payment.MerchantOrderNumber);
        writer.Text(Payment.TransactionNumber);
        writer.U8(checked((byte)Lines.Count));
        foreach (var line in Lines)
        {
            writer.Text(line.Slot);
            writer.Text(line.Sku);
            writer.Text(line.Name);
            writer.U16(checked((ushort)line.Quantity));
            writer.I64(line.UnitPriceFen);
            writer.I64(line.PaidFen);
            writer.U8((byte)line.Claim);
        }
    }

    internal static SaleBody? Read(ReadOnlySpan<byte> body)
    {
        var view = new SaleView(body);
        var lines = new List<SaleLine>(view.LineCount);
        while (view.NextLine(out var line))
        {
            lines.Add(new SaleLine(
                Utf8(line.Slot), Utf8(line.Sku), Utf8(line.Name), line.Quantity, line.UnitPriceFen, line.PaidFen,
                line.Claim));
        }

        return view.AtEnd
            ? new SaleBody(view.Source, view.Marks, Utf8(view.VendId), new Payment(
                view.Method, Utf8(view.MerchantOrderNumber), Utf8(view.TransactionNumber)), lines)
            : null;
    }

    private static string Utf8(ReadOnlySpan<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
