using KioskFleet.Protocol.Encoding;

namespace KioskFleet.Protocol.Entries;

/// <summary>Why goods left a cabinet without being sold. The number is on the wire.</summary>
public enum NonSalePurpose : byte
{
    /// <summary>A test vend.</summary>
    Test = 1,

    /// <summary>Given away by the operator.</summary>
    Free = 2,

    /// <summary>Taken out or moved by maintenance.</summary>
    Maintenance = 3,

    /// <summary>A wholly free order of a promotion.</summary>
    Promotion = 4,
}

/// <summary>One line of a non-sale.</summary>
/// <param name="Slot">Slot of the cabinet, at most 16 UTF-8 bytes; may be empty.</param>
/// <param name="Sku">The operator's SKU, at most 64 UTF-8 bytes.</param>
/// <param name="Name">The product's name as shown, at most 255 UTF-8 bytes.</param>
/// <param name="Quantity">Pieces, 1 to 10,000.</param>
/// <param name="UnitPriceFen">Its usual price, in fen; for stock figures only.</param>
public sealed record NonSaleLine(string Slot, string Sku, string Name, int Quantity, long UnitPriceFen);

/// <summary>
/// Goods that left the cabinet and count for nothing but stock. Layout version 1: purpose (1), vend id (text), reason
/// (text), line count (1), then per line slot, SKU and name (texts), quantity (2), unit price (8).
/// </summary>
/// <param name="Purpose">Why.</param>
/// <param name="VendId">The caller's id; unique within its cabinet.</param>
/// <param name="Reason">Free words; may be empty.</param>
/// <param name="Lines">1 to 100 lines.</param>
public sealed record NonSaleBody(
    NonSalePurpose Purpose, string VendId, string Reason, IReadOnlyList<NonSaleLine> Lines) : EntryBody
{
    /// <inheritdoc/>
    public override EntryKind Kind => EntryKind.NonSale;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.U8((byte)Purpose);
        writer.Text(VendId);
        writer.Text(Reason);
        writer.U8(checked((byte)Lines.Count));
        foreach (var line in Lines)
        {
            writer.Text(line.Slot);
            writer.Text(line.Sku);
            writer.Text(line.Name);
            writer.U16(checked((ushort)line.Quantity));
            writer.I64(line.UnitPriceFen);
        }
    }

    internal static NonSaleBody? Read(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var purpose = (NonSalePurpose)reader.U8();
        var vendId = reader.Text();
        var reason = reader.Text();
        var lines = new NonSaleLine[reader.U8()];
        for (var i = 0; i < lines.Length && !reader.Failed; i++)
        {
            lines[i] = new NonSaleLine(reader.Text(), reader.Text(), reader.Text(), reader.U16(), reader.I64());
        }

        return reader.AtEnd ? new NonSaleBody(purpose, vendId, reason, lines) : null;
    }
}
