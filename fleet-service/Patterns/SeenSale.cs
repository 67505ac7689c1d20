using System.Runtime.CompilerServices;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.Patterns;

/// <summary>One line of a sale as it counts now. Amounts in fen.</summary>
internal struct SeenLine
{
    /// <summary>The SKU's number in this reading.</summary>
    public int Sku;

    /// <summary>Its class after the last correction.</summary>
    public ProductClass Class;

    /// <summary>What the sales program says that it is.</summary>
    public AidClaim Claim;

    /// <summary>Pieces.</summary>
    public int Quantity;

    /// <summary>Price of one piece as shown.</summary>
    public long UnitPriceFen;

    /// <summary>What was paid for the line.</summary>
    public long PaidFen;

    /// <summary>What was given back of it, whenever.</summary>
    public long RefundedFen;

    /// <summary>Of that, what was given back on days after the sale's window.</summary>
    public long LateRefundedFen;

    /// <summary>What it counts.</summary>
    public readonly long NetFen => PaidFen - RefundedFen;
}

/// <summary>
/// One sale as it counts now. One object for a whole reading: what a rule wants to keep of it, it copies. Not
/// thread-safe.
/// </summary>
internal sealed class SeenSale
{
    private readonly SeenLine[] _lines = new SeenLine[Limits.MaxLines];
    private int _count;

    /// <summary>Its ledger position.</summary>
    public long Position { get; set; }

    /// <summary>Its corrected moment, Unix milliseconds UTC.</summary>
    public long UtcMs { get; set; }

    /// <summary>Its business day, yyyymmdd.</summary>
    public int Day { get; set; }

    /// <summary>The payer's digest, or 0 when no bill names one.</summary>
    public UInt128 Buyer { get; set; }

    /// <summary>True when it was paid through a provider whose bills should have it.</summary>
    public bool IsByBill { get; set; } = true;

    /// <summary>Its lines.</summary>
    public Span<SeenLine> Lines => _lines.AsSpan(0, _count);

    /// <summary>What its aid lines count, in fen.</summary>
    public long AidNetFen
    {
        get
        {
            var fen = 0L;
            foreach (ref readonly var line in Lines)
            {
                fen += line.Class == ProductClass.Aid ? line.NetFen : 0;
            }

            return fen;
        }
    }

    /// <summary>Forgets the lines.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds a line.</summary>
    public void Add(in SeenLine line) => _lines[_count++] = line;
}

/// <summary>Goods that left without a sale.</summary>
/// <param name="Position">The entry's ledger position.</param>
/// <param name="Day">Its business day, yyyymmdd.</param>
/// <param name="Purpose">Why.</param>
/// <param name="Slots">From which slots, and how many pieces of each; a slot may come more than once.</param>
internal readonly record struct SeenNonSale(
    long Position, int Day, NonSalePurpose Purpose, IReadOnlyList<(string Slot, int Pieces)> Slots)
{
    /// <summary>How many pieces.</summary>
    public long Pieces => Slots.Sum(slot => (long)slot.Pieces);
}

/// <summary>The ledger positions of the first few entries that show a pattern. A value: copies are apart.</summary>
internal struct Examples
{
    private Slots _slots;
    private int _count;

    [InlineArray(PatternLimits.MaxExamples)]
    private struct Slots
    {
        private long _first;
    }

    /// <summary>Notes an entry, while there is room.</summary>
    public void Add(long position)
    {
        if (_count < PatternLimits.MaxExamples)
        {
            _slots[_count++] = position;
        }
    }

    /// <summary>Notes another one's entries, while there is room.</summary>
    public void Add(in Examples others)
    {
        foreach (var position in others.Positions())
        {
            Add(position);
        }
    }

    /// <summary>The entries.</summary>
    public readonly long[] Positions()
    {
        var positions = new long[_count];
        for (var i = 0; i < _count; i++)
        {
            positions[i] = _slots[i];
        }

        return positions;
    }
}
