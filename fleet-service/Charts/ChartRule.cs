using System.Runtime.InteropServices;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.Charts;

/// <summary>Which row of the rollups, of hours and of days.</summary>
/// <param name="HourUtcMs">The hour's begin, Unix milliseconds UTC.</param>
/// <param name="Day">The business day, yyyymmdd.</param>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="AssignmentId">The assignment: operator and county.</param>
/// <param name="Class">The class's number; 0 counts whole sales, whatever their classes.</param>
internal readonly record struct ChartKey(
    long HourUtcMs, int Day, string CabinetId, long AssignmentId, byte Class);

/// <summary>What a row holds, or changes by. Amounts in fen; refunds positive, by their own time.</summary>
internal readonly record struct ChartSums(long SalesFen, long Sales, long SalesLines, long RefundsFen, long Refunds)
{
    /// <summary>Both together.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static ChartSums operator +(ChartSums a, ChartSums b) => new(
        checked(a.SalesFen + b.SalesFen), a.Sales + b.Sales, a.SalesLines + b.SalesLines,
        checked(a.RefundsFen + b.RefundsFen), a.Refunds + b.Refunds);

    /// <summary>The other way round.</summary>
    public static ChartSums operator -(ChartSums a) =>
        new(-a.SalesFen, -a.Sales, -a.SalesLines, -a.RefundsFen, -a.Refunds);
}

/// <summary>What a refund counts as.</summary>
internal sealed record ChartRefund(ChartKey Key, long AmountFen);

/// <summary>A refund that may count otherwise than before.</summary>
/// <param name="Position">Its entry.</param>
/// <param name="Before">What the rollups count of it, or null.</param>
/// <param name="Now">What it counts as now, or null.</param>
internal sealed record ChartRefundChange(long Position, ChartRefund? Before, ChartRefund? Now);

/// <summary>What was read of the ledger, and where the cursors stand behind it.</summary>
internal sealed record ChartStretch(
    IReadOnlyList<SaleChange> Sales, IReadOnlyList<ChartRefundChange> Refunds, long Position, long CorrectionId,
    long RefundChangeId);

/// <summary>What a stretch changes.</summary>
internal sealed record ChartChange(
    IReadOnlyDictionary<ChartKey, ChartSums> Sums, IReadOnlyDictionary<long, ChartRefund?> Refunds);

/// <summary>
/// Turns a stretch of the ledger into differences of sums. Every sale and every refund brings what it counts now less
/// what it counted before, so the order in which they are read never matters. Pure.
/// </summary>
internal static class ChartRule
{
    /// <summary>The class of rows that count whole sales.</summary>
    public const byte WholeSale = 0;

    private const long HourMs = 3_600_000;

    /// <summary>The begin of a moment's hour; both Unix milliseconds UTC.</summary>
    public static long HourOf(long utcMs) => utcMs - (utcMs % HourMs + HourMs) % HourMs;

    /// <summary>Sums a stretch.</summary>
    public static ChartChange Change(ChartStretch stretch)
    {
        var sums = new Dictionary<ChartKey, ChartSums>();
        foreach (var change in stretch.Sales)
        {
            if (change.Before is { } before)
            {
                AddSale(sums, change.Sale, before, isGone: true);
            }

            AddSale(sums, change.Sale, change.After, isGone: false);
        }

        var refunds = new Dictionary<long, ChartRefund?>();
        foreach (var change in stretch.Refunds)
        {
            // The same refund may be named twice in a stretch; both say what it is now, and only once is it moved.
            if (refunds.TryAdd(change.Position, change.Now))
            {
                AddRefund(sums, change.Before, isGone: true);
                AddRefund(sums, change.Now, isGone: false);
            }
        }

        return new ChartChange(sums, refunds);
    }

    private static void AddSale(
        Dictionary<ChartKey, ChartSums> sums, SoldEntry sale, byte[] classes, bool isGone)
    {
        EntryHeader.TryRead(sale.Bytes, out _, out var body);
        var byClass = new Dictionary<byte, ChartSums>();
        var lines = new SaleView(body);
        for (var i = 0; lines.NextLine(out var line); i++)
        {
            ref var of = ref CollectionsMarshal.GetValueRefOrAddDefault(byClass, classes[i], out _);
            of = new ChartSums(checked(of.SalesFen + line.PaidFen), 1, of.SalesLines + 1, 0, 0);
        }

        byClass[WholeSale] = new ChartSums(0, 1, 0, 0, 0);
        foreach (var (of, sold) in byClass)
        {
            Add(sums, new ChartKey(HourOf(sale.UtcMs), sale.Day, sale.CabinetId, sale.AssignmentId, of), sold, isGone);
        }
    }

    private static void AddRefund(Dictionary<ChartKey, ChartSums> sums, ChartRefund? refund, bool isGone)
    {
        if (refund is not null)
        {
            Add(sums, refund.Key, new ChartSums(0, 0, 0, refund.AmountFen, 1), isGone);
        }
    }

    private static void Add(Dictionary<ChartKey, ChartSums> sums, ChartKey key, in ChartSums change, bool isGone)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        sum += isGone ? -change : change;
    }
}
