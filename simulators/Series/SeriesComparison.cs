namespace KioskFleet.Simulators.Series;

/// <summary>What was sold or given back at a cabinet in an hour.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="IsRefund">True for refunds.</param>
/// <param name="Class">aid, ordinary or unmapped.</param>
/// <param name="HourUtcMs">The hour's begin, Unix milliseconds UTC.</param>
internal readonly record struct SeriesCell(string Cabinet, bool IsRefund, string Class, long HourUtcMs);

/// <summary>Amount in fen, and how many entries.</summary>
internal readonly record struct SeriesSum(long Fen, long Entries);

/// <summary>Compares what the series increased by with what the ledger holds. Pure.</summary>
internal static class SeriesComparison
{
    /// <summary>The hour of a moment, by its begin.</summary>
    public static long HourOf(long utcMs) => utcMs - utcMs % 3_600_000;

    /// <summary>Every cell that only one side knows or in which both differ, in words, in a fixed order.</summary>
    /// <param name="ledger">The ledger's sums; none is zero.</param>
    /// <param name="series">The increases; none is zero.</param>
    public static IReadOnlyList<string> Mismatches(
        IReadOnlyDictionary<SeriesCell, SeriesSum> ledger, IReadOnlyDictionary<SeriesCell, SeriesSum> series) =>
        [.. ledger.Keys.Union(series.Keys)
            .Select(cell => (
                Cell: cell, Ledger: ledger.GetValueOrDefault(cell), Series: series.GetValueOrDefault(cell)))
            .Where(pair => pair.Ledger != pair.Series)
            .OrderBy(pair => pair.Cell.Cabinet, StringComparer.Ordinal).ThenBy(pair => pair.Cell.HourUtcMs)
            .ThenBy(pair => pair.Cell.IsRefund).ThenBy(pair => pair.Cell.Class, StringComparer.Ordinal)
            .Select(pair => $"{pair.Cell.Cabinet} {(pair.Cell.IsRefund ? "refunds" : "sales")} {pair.Cell.Class} "
                + $"{DateTimeOffset.FromUnixTimeMilliseconds(pair.Cell.HourUtcMs):yyyy-MM-ddTHH}Z: the ledger holds "
                + $"{pair.Ledger.Fen} fen in {pair.Ledger.Entries} entries, the series increases by {pair.Series.Fen} "
                + $"in {pair.Series.Entries}")];
}
