using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// One row of a bill by its columns' names; a column may have several names, of which the first that the bill has
/// counts. Reads exactly: no floating point, no guess. Pure.
/// </summary>
/// <param name="table">The bill's table.</param>
/// <param name="row">The row.</param>
/// <param name="zone">The zone of its times.</param>
internal readonly ref partial struct BillFields(TableReading.Table table, TableRow row, BusinessZone zone)
{
    // What the providers allow in their own and in merchants' numbers.
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-|*@.:/#");

    // A spreadsheet takes what begins so for a formula.
    private static readonly SearchValues<char> FormulaBeginnings = SearchValues.Create("=+-@");

    /// <summary>Line of the file, from 1.</summary>
    public int Line => row.Line;

    /// <summary>True when the bill has such a column.</summary>
    public bool Has(params ReadOnlySpan<string> names) => IndexOf(names) >= 0;

    /// <summary>A field without blanks around it and without WeChat Pay's mark; empty when there is none.</summary>
    public string Text(params ReadOnlySpan<string> names) =>
        IndexOf(names) is >= 0 and var at ? row.Fields[at].TrimStart(WeChatLayout.Mark).Trim() : "";

    /// <summary>A number of the provider or the merchant; null when it is none. An empty field is empty.</summary>
    public string? Number(params ReadOnlySpan<string> names)
    {
        var text = Text(names);
        return text.Length == 0 || IsNumber(text) ? text : null;
    }

    /// <summary>A name of a device or shop; empty when it is not like a number.</summary>
    public string Terminal(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(name) is { Length: > 0 } text && IsNumber(text))
            {
                return text;
            }
        }

        return "";
    }

    /// <summary>An amount of yuan, or of whole fen, in fen; null when it is none or impossibly large.</summary>
    public long? Amount(bool inFen, params ReadOnlySpan<string> names)
    {
        var text = Text(names);
        var amount = inFen
            ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var fen)
                ? fen
                : (long?)null
            : Fen(text);
        return amount is >= -ReconciliationLimits.MaxAmountFen and <= ReconciliationLimits.MaxAmountFen
            ? amount
            : null;
    }

    /// <summary>
    /// Yuan as bills write them, in fen; null when it is none. A spreadsheet parts thousands by commas: they are taken
    /// where they belong.
    /// </summary>
    public static long? Fen(string text)
    {
        text = Thousands().IsMatch(text) ? text.Replace(",", "", StringComparison.Ordinal) : text;
        return Money.TryParseYuan(text, out var yuan) ? yuan.Fen : null;
    }

    [GeneratedRegex(@"^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,2})?$")]
    private static partial Regex Thousands();

    /// <summary>A time in the bill's zone, Unix milliseconds UTC; null when it is none.</summary>
    public long? Time(string[] formats, params ReadOnlySpan<string> names) =>
        DateTime.TryParseExact(Text(names), formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        && time.Year is >= 1970 and < 9999
            ? zone.StartOfUtcMs(DateOnly.FromDateTime(time)) + time.TimeOfDay.Ticks / TimeSpan.TicksPerMillisecond
            : null;

    /// <summary>The day of a moment in the bill's zone.</summary>
    public DateOnly DayOf(long utcMs) => zone.DayOf(utcMs);

    /// <summary>A day; null when it is none.</summary>
    public DateOnly? Day(string[] formats, params ReadOnlySpan<string> names) =>
        DateOnly.TryParseExact(Text(names), formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    /// <summary>True for what can be a number of a provider or merchant.</summary>
    public static bool IsNumber(string text) => text.Length <= ReconciliationLimits.MaxNumberLength
        && !text.AsSpan().ContainsAnyExcept(NumberCharacters) && !FormulaBeginnings.Contains(text[0]);

    private int IndexOf(ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (table.IndexOf(name.ToLowerInvariant()) is >= 0 and var at)
            {
                return at;
            }
        }

        return -1;
    }
}
