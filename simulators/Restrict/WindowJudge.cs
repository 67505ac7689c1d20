using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.Restrict;

/// <summary>A line of a sale in the ledger.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Place">Journal, number and line.</param>
/// <param name="Day">The business day.</param>
/// <param name="IsAid">True for an aid product.</param>
/// <param name="PaidFen">What was paid, in fen.</param>
internal readonly record struct SoldLine(string Cabinet, LinePlace Place, DateOnly Day, bool IsAid, long PaidFen);

/// <summary>Where a line stands.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Seq">The entry's number.</param>
/// <param name="Line">The line, from 0.</param>
internal readonly record struct LinePlace(JournalId Journal, ulong Seq, int Line);

/// <summary>Money given back, in the ledger.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Of">The line that it reverses.</param>
/// <param name="Day">The business day on which it was given back.</param>
/// <param name="Number">The refund's number.</param>
/// <param name="AmountFen">The amount, in fen.</param>
internal readonly record struct GivenBack(
    string Cabinet, LinePlace Of, DateOnly Day, string Number, long AmountFen);

/// <summary>All sales and refunds of a ledger.</summary>
/// <param name="Lines">Lines sold.</param>
/// <param name="Refunds">Money given back.</param>
internal sealed record LedgerSales(IReadOnlyList<SoldLine> Lines, IReadOnlyList<GivenBack> Refunds);

/// <summary>The rule that the run is judged by.</summary>
/// <param name="ThresholdBasisPoints">The least share, 1 to 10,000.</param>
/// <param name="AllowanceFen">Ordinary sales allowed beyond the headroom in a window, in fen.</param>
/// <param name="AllowanceBasisPoints">… or this part of the turnover of the window before, when that is more.</param>
internal sealed record ShareTerms(int ThresholdBasisPoints, long AllowanceFen, int AllowanceBasisPoints);

/// <summary>How a cabinet ended a window. Amounts in fen.</summary>
internal sealed record WindowVerdict
{
    /// <summary>The cabinet.</summary>
    public required string Cabinet { get; init; }

    /// <summary>The window's first business day, a Monday.</summary>
    public required DateOnly First { get; init; }

    /// <summary>Aid, net of refunds by the day of the sale.</summary>
    public required long AidFen { get; init; }

    /// <summary>All, net likewise.</summary>
    public required long TotalFen { get; init; }

    /// <summary>Aid sold in the window and given back after the cut-off: no gate can undo that, so it is added back.
    /// </summary>
    public required long AddedBackFen { get; init; }

    /// <summary>The window's allowance.</summary>
    public required long AllowanceFen { get; init; }

    /// <summary>Ordinary product below the threshold, allowance not looked at, after adding back; at least 0.</summary>
    public required long ShortfallFen { get; init; }

    /// <summary>The part of the shortfall that the allowance does not cover; at least 0.</summary>
    public long BeyondFen => Math.Max(0, ShortfallFen - AllowanceFen);
}

/// <summary>
/// Judges windows from single sales by plain arithmetic, written apart from gate and service. Pure.
/// </summary>
internal static class WindowJudge
{
    private const int Whole = 10_000;

    /// <summary>Judges every window that has sales and ends on a day or later.</summary>
    /// <param name="sales">The ledger's sales, those before the cut-off included.</param>
    /// <param name="terms">The rule.</param>
    /// <param name="cutDay">The business day of the cut-off.</param>
    /// <param name="aidRefundsSince">Numbers of the refunds of aid sales that were made after the cut-off.</param>
    public static IReadOnlyList<WindowVerdict> Judge(
        LedgerSales sales, ShareTerms terms, DateOnly cutDay, IReadOnlySet<string> aidRefundsSince)
    {
        var sums = Sum(sales, aidRefundsSince);
        var first = BusinessWeek.FirstDayOf(cutDay);
        return
        [
            .. sums.Where(one => one.Key.First >= first && one.Value.HasSales)
                .OrderBy(static one => one.Key.Cabinet, StringComparer.Ordinal).ThenBy(static one => one.Key.First)
                .Select(one => Judge(one.Key, one.Value, terms,
                    sums.GetValueOrDefault((one.Key.Cabinet, one.Key.First.AddDays(-7)))?.TurnoverFen ?? 0)),
        ];
    }

    /// <summary>
    /// The ordinary amount that would have to be taken away so that the share is met, in fen, rounded up; at least 0.
    /// </summary>
    public static long ShortfallFen(long aidFen, long totalFen, int thresholdBasisPoints)
    {
        // Largest total that this much aid bears: aid ÷ threshold, rounded down.
        var bears = (decimal)aidFen * Whole / thresholdBasisPoints;
        return Math.Max(0, (long)(totalFen - decimal.Floor(bears)));
    }

    private static WindowVerdict Judge(
        (string Cabinet, DateOnly First) window, WindowSums sums, ShareTerms terms, long turnoverBeforeFen) => new()
    {
        Cabinet = window.Cabinet,
        First = window.First,
        AidFen = sums.AidFen,
        TotalFen = sums.TotalFen,
        AddedBackFen = sums.AddedBackFen,
        AllowanceFen = Math.Max(
            terms.AllowanceFen, Math.Max(0, turnoverBeforeFen) * terms.AllowanceBasisPoints / Whole),
        ShortfallFen = ShortfallFen(sums.AidFen + sums.AddedBackFen, sums.TotalFen + sums.AddedBackFen,
            terms.ThresholdBasisPoints),
    };

    private static Dictionary<(string Cabinet, DateOnly First), WindowSums> Sum(
        LedgerSales sales, IReadOnlySet<string> aidRefundsSince)
    {
        var sums = new Dictionary<(string Cabinet, DateOnly First), WindowSums>();
        WindowSums Of(string cabinet, DateOnly day)
        {
            var key = (cabinet, BusinessWeek.FirstDayOf(day));
            return sums.TryGetValue(key, out var known) ? known : sums[key] = new WindowSums();
        }

        var lines = new Dictionary<LinePlace, SoldLine>();
        foreach (var line in sales.Lines)
        {
            lines[line.Place] = line;
            var window = Of(line.Cabinet, line.Day);
            window.HasSales = true;
            window.AidFen = checked(window.AidFen + (line.IsAid ? line.PaidFen : 0));
            window.TotalFen = checked(window.TotalFen + line.PaidFen);
            window.TurnoverFen = checked(window.TurnoverFen + line.PaidFen);
        }

        // That every refund has its sale is what the proof of entries says.
        foreach (var refund in sales.Refunds.Where(refund => lines.ContainsKey(refund.Of)))
        {
            var line = lines[refund.Of];
            var window = Of(line.Cabinet, line.Day);
            window.AidFen -= line.IsAid ? refund.AmountFen : 0;
            window.TotalFen -= refund.AmountFen;
            window.AddedBackFen += line.IsAid && aidRefundsSince.Contains(refund.Number) ? refund.AmountFen : 0;
            Of(refund.Cabinet, refund.Day).TurnoverFen -= refund.AmountFen;
        }

        return sums;
    }

    private sealed class WindowSums
    {
        public bool HasSales { get; set; }

        public long AidFen { get; set; }

        public long TotalFen { get; set; }

        public long AddedBackFen { get; set; }

        public long TurnoverFen { get; set; }
    }
}
