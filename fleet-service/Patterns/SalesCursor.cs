using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// Streams the sales and non-sales of a range of ledger positions in order, row by row; nothing is gathered. Belongs to
/// one reading.
/// </summary>
internal sealed class SalesCursor(FleetConnection connection) : IDisposable
{
    private readonly Statement _rows = connection.Prepare("""
        SELECT position, kind, state, utc_ms, business_day, assignment_id, line_class, line_classes, bytes
        FROM entries
        WHERE position BETWEEN ?1 AND ?2 AND business_day >= ?3 AND kind IN (1, 3) AND state <> 2
        ORDER BY position
        """);

    private readonly Statement _double = connection.Prepare("SELECT 1 FROM doubles WHERE position = ?1");

    /// <summary>Ledger position.</summary>
    public long Position => _rows.Long(0);

    /// <summary>Sale or non-sale.</summary>
    public EntryKind Kind => (EntryKind)_rows.Long(1);

    /// <summary>True when it counted at commit; else it is quarantined, and counts when it was released.</summary>
    public bool CountedAtCommit => (EntryState)_rows.Long(2) == EntryState.Counted;

    /// <summary>Corrected moment, Unix milliseconds UTC.</summary>
    public long UtcMs => _rows.Long(3);

    /// <summary>Business day, yyyymmdd.</summary>
    public int Day => (int)_rows.Long(4);

    /// <summary>The assignment it was made under.</summary>
    public long AssignmentId => _rows.Long(5);

    /// <summary>The class at commit of every line, or 0.</summary>
    public byte LineClass => (byte)_rows.Long(6);

    /// <summary>One class per line at commit, or empty.</summary>
    public ReadOnlySpan<byte> LineClasses => _rows.IsNull(7) ? [] : _rows.Bytes(7);

    /// <summary>The entry's bytes; valid until the next row.</summary>
    public ReadOnlySpan<byte> Bytes => _rows.Bytes(8);

    /// <summary>Begins with a range.</summary>
    public void Open(long first, long last, int fromDay)
    {
        _rows.Reset();
        _rows.Set(1, first).Set(2, last).Set(3, (long)fromDay);
    }

    /// <summary>Goes to the next row; false behind the last.</summary>
    public bool Next() => _rows.Next();

    /// <summary>True when the same vend counts at another position.</summary>
    public bool CountsElsewhere(long position)
    {
        _double.Set(1, position);
        var found = _double.Next();
        _double.Reset();
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _double.Dispose();
    }
}

/// <summary>
/// The last corrections of a range of positions, read beside the sales in the same order. Belongs to one reading.
/// </summary>
internal sealed class CorrectionCursor(FleetConnection connection) : IDisposable
{
    // The index on the position holds the row's number too, so that this is read in order without sorting.
    private readonly Statement _rows = connection.Prepare("""
        SELECT position, line_classes FROM corrections WHERE position BETWEEN ?1 AND ?2
        ORDER BY position, correction_id
        """);

    private bool _more;

    /// <summary>Begins with a range.</summary>
    public void Open(long first, long last)
    {
        _rows.Reset();
        _rows.Set(1, first).Set(2, last);
        _more = _rows.Next();
    }

    /// <summary>
    /// The classes of a position's lines after its last correction; null when it was never corrected. Positions are
    /// asked for in ascending order.
    /// </summary>
    public byte[]? LastOf(long position)
    {
        byte[]? last = null;
        while (_more && _rows.Long(0) <= position)
        {
            last = _rows.Long(0) == position ? _rows.Bytes(1).ToArray() : null;
            _more = _rows.Next();
        }

        return last;
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();
}

/// <summary>A refund of one line.</summary>
/// <param name="Line">The line, from 0.</param>
/// <param name="Fen">What was given back, in fen.</param>
/// <param name="Day">The refund's own day, yyyymmdd.</param>
internal readonly record struct LineRefund(int Line, long Fen, int Day);

/// <summary>
/// The refunds of a range of positions' sales, read beside them in the same order. Belongs to one reading.
/// </summary>
internal sealed class RefundCursor(FleetConnection connection) : IDisposable
{
    private readonly Statement _rows = connection.Prepare("""
        SELECT sale_position, line, amount_fen, refund_day FROM refunds
        WHERE sale_position IS NOT NULL AND sale_position >= ?1 AND sale_position <= ?2
        ORDER BY sale_position
        """);

    private readonly List<LineRefund> _refunds = [];
    private bool _more;

    /// <summary>Begins with a range.</summary>
    public void Open(long first, long last)
    {
        _rows.Reset();
        _rows.Set(1, first).Set(2, last);
        _more = _rows.Next();
    }

    /// <summary>The refunds of a sale, valid until the next call. Positions are asked for in ascending order.</summary>
    public IReadOnlyList<LineRefund> Of(long salePosition)
    {
        _refunds.Clear();
        while (_more && _rows.Long(0) <= salePosition)
        {
            if (_rows.Long(0) == salePosition)
            {
                _refunds.Add(new LineRefund((int)_rows.Long(1), _rows.Long(2), (int)_rows.Long(3)));
            }

            _more = _rows.Next();
        }

        return _refunds;
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();
}

/// <summary>
/// Payers by the payment bills: of the payment that matching found for a sale, whatever numbers the sale itself names.
/// Belongs to one reading.
/// </summary>
internal sealed class BuyerCursor : IDisposable
{
    private readonly Statement _buyer;
    private readonly bool _hasBills;

    /// <summary>Looks whether there are bills at all.</summary>
    public BuyerCursor(FleetConnection connection)
    {
        _buyer = connection.Prepare("""
            SELECT b.buyer FROM recorded_payments r JOIN bill_lines b ON b.provider = r.method AND b.kind = 'payment'
              AND b.transaction_number = r.bill_transaction AND b.refund_number = ''
            WHERE r.position = ?1 AND r.bill_transaction <> ''
            """);
        using var any = connection.Prepare("SELECT 1 FROM bill_lines LIMIT 1");
        _hasBills = any.Next();
        any.Reset();
    }

    /// <summary>The payer's digest, its first 16 bytes; 0 when no bill names one.</summary>
    public UInt128 Of(long salePosition)
    {
        if (!_hasBills)
        {
            return 0;
        }

        _buyer.Set(1, salePosition);
        UInt128 buyer = 0;
        if (_buyer.Next())
        {
            // A NULL reads as no bytes.
            foreach (var value in _buyer.Bytes(0)[..Math.Min(_buyer.Bytes(0).Length, 16)])
            {
                buyer = (buyer << 8) | value;
            }
        }

        _buyer.Reset();
        return buyer;
    }

    /// <inheritdoc/>
    public void Dispose() => _buyer.Dispose();
}
