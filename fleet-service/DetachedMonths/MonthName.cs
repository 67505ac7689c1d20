using System.Globalization;

namespace KioskFleet.Service.DetachedMonths;

/// <summary>A month of commit (UTC) and the tables that hold it.</summary>
/// <param name="Number">The month, yyyymm.</param>
internal readonly record struct MonthName(int Number)
{
    /// <summary>The partition of entries while the month is attached; then of those that stay.</summary>
    public string Entries => $"entries_{Number}";

    /// <summary>The partition of batches while the month is attached; then of those that stay.</summary>
    public string Batches => $"batches_{Number}";

    /// <summary>The table of all entries while the month is detached.</summary>
    public string DetachedEntries => $"detached_{Entries}";

    /// <summary>The table of all batches while the month is detached.</summary>
    public string DetachedBatches => $"detached_{Batches}";

    /// <summary>The first moment behind the month.</summary>
    public DateTimeOffset End => new DateTimeOffset(Number / 100, Number % 100, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

    /// <summary>Reads yyyymm or yyyy-mm of the years 2000 to 9998; null when it is neither.</summary>
    public static MonthName? Parse(string? text) =>
        DateOnly.TryParseExact(text, ["yyyyMM", "yyyy-MM"], CultureInfo.InvariantCulture, DateTimeStyles.None,
            out var first) && first.Year is >= 2000 and <= 9998
            ? new MonthName(first.Year * 100 + first.Month)
            : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Number / 100:0000}-{Number % 100:00}";
}
