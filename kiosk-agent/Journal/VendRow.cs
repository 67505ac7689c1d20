using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>What a vend row is about.</summary>
internal enum VendRowKind
{
    /// <summary>One request for one slot.</summary>
    Vend = 1,

    /// <summary>An open-door session.</summary>
    Session = 2,
}

/// <summary>One line of a vend request.</summary>
/// <param name="Slot">The slot; may be empty.</param>
/// <param name="Sku">The SKU; empty for goods nobody can name before they are taken.</param>
/// <param name="Quantity">Pieces, 1 to 10,000.</param>
/// <param name="AmountFen">What the customer will pay for the line, in fen.</param>
internal readonly record struct VendLine(string Slot, string Sku, int Quantity, long AmountFen);

/// <summary>
/// A vend request or session and its answer, kept in the journal's file so that approvals survive a restart. Not part
/// of the chain: the vend's outcome is an entry.
/// </summary>
/// <param name="Id">Vend or session id.</param>
/// <param name="Kind">Which.</param>
/// <param name="Slot">The slot asked for; the door for a session; empty for a basket.</param>
/// <param name="Sku">The SKU asked for; empty for a session and for a basket.</param>
/// <param name="PriceFen">The price asked for, in fen; of a basket all of it.</param>
/// <param name="Denial">0 when approved, else the reason's number.</param>
/// <param name="Boot">The boot that answered.</param>
/// <param name="UntilMonotonicMs">End of the approval by that boot's monotonic clock.</param>
/// <param name="UntilWallUtcMs">End of the approval by the wall clock then: used after a reboot.</param>
/// <param name="IsClosed">For a session: the door is closed.</param>
internal sealed record VendRow(
    string Id, VendRowKind Kind, string Slot, string Sku, long PriceFen, int Denial, BootId Boot,
    long UntilMonotonicMs, long UntilWallUtcMs, bool IsClosed)
{
    /// <summary>
    /// The lines of a basket; what is kept in reserve for a session's door; empty for a request for one slot.
    /// </summary>
    public IReadOnlyList<VendLine> Basket { get; init; } = [];

    /// <summary>What was asked for, line by line.</summary>
    public IReadOnlyList<VendLine> Lines =>
        Kind == VendRowKind.Vend && Basket.Count == 0 ? [new VendLine(Slot, Sku, 1, PriceFen)] : Basket;

    /// <summary>The bytes of a basket: per line slot and SKU (texts), quantity (2), amount (8).</summary>
    internal static byte[] Write(IReadOnlyList<VendLine> basket)
    {
        var writer = new ByteWriter(64);
        foreach (var line in basket)
        {
            writer.Text(line.Slot);
            writer.Text(line.Sku);
            writer.U16(checked((ushort)line.Quantity));
            writer.I64(line.AmountFen);
        }

        return writer.Written.ToArray();
    }

    /// <summary>Reads a basket; null when the bytes are none.</summary>
    internal static IReadOnlyList<VendLine>? Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var basket = new List<VendLine>();
        while (!reader.AtEnd && !reader.Failed)
        {
            basket.Add(new VendLine(reader.Text(), reader.Text(), reader.U16(), reader.I64()));
        }

        return reader.Failed ? null : basket;
    }
}
