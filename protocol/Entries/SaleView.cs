using KioskFleet.Protocol.Encoding;

namespace KioskFleet.Protocol.Entries;

/// <summary>One line of a sale, read in place.</summary>
public readonly ref struct SaleLineView
{
    /// <summary>Slot, UTF-8.</summary>
    public ReadOnlySpan<byte> Slot { get; init; }

    /// <summary>SKU, UTF-8.</summary>
    public ReadOnlySpan<byte> Sku { get; init; }

    /// <summary>Name as shown, UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Pieces.</summary>
    public int Quantity { get; init; }

    /// <summary>Price of one piece, in fen.</summary>
    public long UnitPriceFen { get; init; }

    /// <summary>What was paid for the line, in fen.</summary>
    public long PaidFen { get; init; }

    /// <summary>What the sales program says of the line; counts for nothing.</summary>
    public AidClaim Claim { get; init; }
}

/// <summary>
/// Reads a sale's body in place, without allocating: for a receiver that takes hundreds of thousands a second. Read
/// every line with <see cref="NextLine"/>, then ask <see cref="AtEnd"/>: only then was the body a sale.
/// </summary>
public ref struct SaleView
{
    private ByteReader _reader;
    private int _linesRead;

    /// <summary>Reads the part in front of the lines.</summary>
    public SaleView(ReadOnlySpan<byte> body)
    {
        _reader = new ByteReader(body);
        Source = (SaleSource)_reader.U8();
        Marks = (SaleMarks)_reader.U16();
        VendId = _reader.TextBytes();
        Method = (PaymentMethod)_reader.U8();
        MerchantOrderNumber = _reader.TextBytes();
        TransactionNumber = _reader.TextBytes();
        LineCount = _reader.U8();
    }

    /// <summary>Which way of selling.</summary>
    public SaleSource Source { get; }

    /// <summary>What was odd.</summary>
    public SaleMarks Marks { get; }

    /// <summary>Vend or session id, UTF-8.</summary>
    public ReadOnlySpan<byte> VendId { get; }

    /// <summary>How it was paid.</summary>
    public PaymentMethod Method { get; }

    /// <summary>The merchant's order number, UTF-8.</summary>
    public ReadOnlySpan<byte> MerchantOrderNumber { get; }

    /// <summary>The provider's transaction number, UTF-8.</summary>
    public ReadOnlySpan<byte> TransactionNumber { get; }

    /// <summary>Lines that follow.</summary>
    public int LineCount { get; }

    /// <summary>True when every line was read and nothing was left over or missing.</summary>
    public readonly bool AtEnd => _reader.AtEnd && _linesRead == LineCount;

    /// <summary>Reads the next line; false behind the last one or when the bytes cannot be read.</summary>
    public bool NextLine(out SaleLineView line)
    {
        line = default;
        if (_linesRead == LineCount || _reader.Failed)
        {
            return false;
        }

        line = new SaleLineView
        {
            Slot = _reader.TextBytes(),
            Sku = _reader.TextBytes(),
            Name = _reader.TextBytes(),
            Quantity = _reader.U16(),
            UnitPriceFen = _reader.I64(),
            PaidFen = _reader.I64(),
            Claim = (AidClaim)_reader.U8(),
        };
        if (_reader.Failed)
        {
            return false;
        }

        _linesRead++;
        return true;
    }
}
