using System.Runtime.InteropServices;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// The totals of whole months and weeks: standings are made from them, so that a window costs one range of rows however
/// many sales it holds. Written beside the days, in their transaction. Belongs to one session.
/// </summary>
internal sealed class WindowTotalsTable(FleetConnection connection) : IDisposable
{
    private readonly RowWriter _rows = connection.PrepareRows(
        "window_totals",
        """
        kind, first_day, cabinet_id, assignment_id, class, sales_fen, sales_lines, refunds_fen, refunds_of_day_fen
        """,
        """
        ON CONFLICT (kind, first_day, cabinet_id, assignment_id, class)
        DO UPDATE SET sales_fen = window_totals.sales_fen + excluded.sales_fen,
          sales_lines = window_totals.sales_lines + excluded.sales_lines,
          refunds_fen = window_totals.refunds_fen + excluded.refunds_fen,
          refunds_of_day_fen = window_totals.refunds_of_day_fen + excluded.refunds_of_day_fen
        """);

    private readonly Dictionary<Key, TotalsChange> _changes = [];
    private (int Day, int Monday) _week;

    private readonly record struct Key(
        WindowKind Kind, int FirstDay, CabinetId Cabinet, long Assignment, ProductClass Class);

    /// <summary>Adds what a day's total changed by to the day's month and week.</summary>
    public void Add(CabinetId cabinet, long assignment, int day, ProductClass of, in TotalsChange change)
    {
        if (_week.Day != day)
        {
            _week = (day, TotalsWindow.WeekOf(day));
        }

        At(new Key(WindowKind.Month, TotalsWindow.MonthOf(day), cabinet, assignment, of)).Add(change);
        At(new Key(WindowKind.Week, _week.Monday, cabinet, assignment, of)).Add(change);
    }

    /// <summary>Writes what was gathered.</summary>
    public void Flush()
    {
        foreach (var (key, change) in _changes)
        {
            _rows.Set(1, (long)key.Kind).Set(2, (long)key.FirstDay).Set(3, key.Cabinet.Value).Set(4, key.Assignment)
                .Set(5, (long)key.Class).Set(6, change.SalesFen).Set(7, change.SalesLines).Set(8, change.RefundsFen)
                .Set(9, change.RefundsOfDayFen).Add();
        }

        _changes.Clear();
    }

    /// <summary>Forgets what was gathered: the transaction is undone.</summary>
    public void Forget() => _changes.Clear();

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private ref TotalsChange At(Key key) => ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, key, out _);
}
