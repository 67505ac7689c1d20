using System.Runtime.InteropServices;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>What a total changes by: amounts in fen, refunds positive.</summary>
internal struct TotalsChange
{
    /// <summary>Paid amounts of sales.</summary>
    public long SalesFen;

    /// <summary>Lines of sales.</summary>
    public long SalesLines;

    /// <summary>Refunds by their own day.</summary>
    public long RefundsFen;

    /// <summary>Refunds by the day of the sale they reverse.</summary>
    public long RefundsOfDayFen;

    /// <summary>Adds another change.</summary>
    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public void Add(in TotalsChange other)
    {
        SalesFen = checked(SalesFen + other.SalesFen);
        SalesLines = checked(SalesLines + other.SalesLines);
        RefundsFen = checked(RefundsFen + other.RefundsFen);
        RefundsOfDayFen = checked(RefundsOfDayFen + other.RefundsOfDayFen);
    }
}

/// <summary>
/// The totals per cabinet, assignment, business day and class, and those of whole months and weeks. Changes are
/// gathered for a group of batches and written in the transaction that writes the entries. Checked arithmetic: a sum
/// that does not fit is a data error. Belongs to one session.
/// </summary>
internal sealed class TotalsTable(FleetConnection connection) : IDisposable
{
    private readonly RowWriter _rows = connection.PrepareRows(
        "totals",
        "cabinet_id, assignment_id, business_day, class, sales_fen, sales_lines, refunds_fen, refunds_of_day_fen",
        """
        ON CONFLICT (cabinet_id, assignment_id, business_day, class)
        DO UPDATE SET sales_fen = totals.sales_fen + excluded.sales_fen,
          sales_lines = totals.sales_lines + excluded.sales_lines,
          refunds_fen = totals.refunds_fen + excluded.refunds_fen,
          refunds_of_day_fen = totals.refunds_of_day_fen + excluded.refunds_of_day_fen
        """);

    private readonly WindowTotalsTable _windows = new(connection);
    private readonly Dictionary<Key, TotalsChange> _changes = [];

    private readonly record struct Key(CabinetId Cabinet, long Assignment, int Day, ProductClass Class);

    /// <summary>Adds a sale's amounts, or a correction's differences.</summary>
    public void AddSale(CabinetId cabinet, long assignment, int day, in ClassAmounts amounts)
    {
        AddClass(cabinet, assignment, day, ProductClass.Aid, amounts);
        AddClass(cabinet, assignment, day, ProductClass.Ordinary, amounts);
        AddClass(cabinet, assignment, day, ProductClass.Unmapped, amounts);
    }

    /// <summary>
    /// Adds a refund on its own day and on the day of the sale it reverses; a negative amount takes it away.
    /// </summary>
    public void AddRefund(
        CabinetId cabinet, long saleAssignment, int refundDay, int saleDay, ProductClass lineClass, long amountFen)
    {
        ref var own = ref At(new Key(cabinet, saleAssignment, refundDay, lineClass));
        own.RefundsFen = checked(own.RefundsFen + amountFen);
        ref var reversed = ref At(new Key(cabinet, saleAssignment, saleDay, lineClass));
        reversed.RefundsOfDayFen = checked(reversed.RefundsOfDayFen + amountFen);
    }

    /// <summary>Writes what was gathered.</summary>
    public void Flush()
    {
        foreach (var (key, change) in _changes)
        {
            _rows.Set(1, key.Cabinet.Value).Set(2, key.Assignment).Set(3, (long)key.Day).Set(4, (long)key.Class)
                .Set(5, change.SalesFen).Set(6, change.SalesLines).Set(7, change.RefundsFen)
                .Set(8, change.RefundsOfDayFen).Add();
            _windows.Add(key.Cabinet, key.Assignment, key.Day, key.Class, change);
        }

        _changes.Clear();
        _windows.Flush();
    }

    /// <summary>Forgets what was gathered: the transaction is undone.</summary>
    public void Forget()
    {
        _changes.Clear();
        _windows.Forget();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _windows.Dispose();
    }

    private void AddClass(CabinetId cabinet, long assignment, int day, ProductClass lineClass, in ClassAmounts amounts)
    {
        var fen = amounts.FenOf(lineClass);
        var lines = amounts.LinesOf(lineClass);
        if (fen == 0 && lines == 0)
        {
            return;
        }

        ref var change = ref At(new Key(cabinet, assignment, day, lineClass));
        change.SalesFen = checked(change.SalesFen + fen);
        change.SalesLines += lines;
    }

    private ref TotalsChange At(Key key) => ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, key, out _);
}
