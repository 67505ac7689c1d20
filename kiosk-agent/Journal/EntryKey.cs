using System.Buffers.Binary;
using System.Security.Cryptography;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;

namespace KioskFleet.Agent.Journal;

/// <summary>Which namespace an id belongs to.</summary>
internal enum IdKind : byte
{
    /// <summary>No id.</summary>
    None = 0,

    /// <summary>Vend and session ids: sales, non-sales, outcomes.</summary>
    Vend = 1,

    /// <summary>Refund numbers.</summary>
    Refund = 2,

    /// <summary>Declared gaps.</summary>
    Gap = 3,
}

/// <summary>What the journal keeps beside an entry's bytes: its id and what it adds to the running sums.</summary>
/// <param name="IdKind">Namespace of the id.</param>
/// <param name="Id">The caller's id; empty when there is none.</param>
/// <param name="Adds">What it adds to the sums.</param>
internal readonly record struct EntryFacts(IdKind IdKind, string Id, RunningSums Adds)
{
    /// <summary>The facts of a body; a body that cannot be read has none.</summary>
    public static EntryFacts Of(EntryBody? body) => body switch
    {
        SaleBody sale => new(IdKind.Vend, sale.VendId, new RunningSums(Paid(sale), 0, 1)),
        NonSaleBody nonSale => new(IdKind.Vend, nonSale.VendId, default),
        OutcomeBody outcome => new(IdKind.Vend, outcome.VendId, default),
        RefundBody refund => new(IdKind.Refund, refund.RefundNumber, new RunningSums(0, refund.AmountFen, 0)),
        GapBody gap => new(IdKind.Gap, GapId(gap), default),
        _ => default,
    };

    /// <summary>
    /// The first 64 bits of SHA-256 over namespace and id: what the journal's index holds instead of the text. Never 0,
    /// which stands for "no id". A hit is always compared with the entry itself.
    /// </summary>
    public static long KeyOf(IdKind kind, string id)
    {
        if (kind == IdKind.None || id.Length == 0)
        {
            return 0;
        }

        var bytes = new byte[1 + System.Text.Encoding.UTF8.GetByteCount(id)];
        bytes[0] = (byte)kind;
        System.Text.Encoding.UTF8.GetBytes(id, bytes.AsSpan(1));
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        var key = BinaryPrimitives.ReadInt64LittleEndian(hash);
        return key == 0 ? 1 : key;
    }

    /// <summary>The id of a gap: the same gap is declared once.</summary>
    public static string GapId(GapBody gap) => $"{gap.FirstMissing}-{gap.LastMissing}-{gap.BaseHash}";

    private static long Paid(SaleBody sale)
    {
        long paid = 0;
        foreach (var line in sale.Lines)
        {
            paid = checked(paid + line.PaidFen);
        }

        return paid;
    }
}
