using System.Buffers;
using System.Globalization;

namespace KioskFleet.Service.Tables;

/// <summary>
/// Keeps spreadsheets from calculating what a CSV file says. A text that begins as a formula does is written with an
/// apostrophe in front; so is one that begins with apostrophes and then so, since taking one off must give every text
/// back as it was. Numbers are no formulas. Pure.
/// </summary>
internal static class FormulaGuard
{
    private const char Guard = '\'';

    /// <summary>What a spreadsheet takes for the beginning of a formula; the wide ones where the input is Chinese.
    /// </summary>
    private static readonly SearchValues<char> Beginnings = SearchValues.Create("=+-@\t\r＝＋－＠");

    /// <summary>The text as it is written.</summary>
    public static string Put(string field) =>
        IsGuarded(field) && !decimal.TryParse(
            field, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)
            ? Guard + field
            : field;

    /// <summary>The text as it was before it was written.</summary>
    public static string TakeOff(string field) =>
        field.StartsWith(Guard) && IsGuarded(field) ? field[1..] : field;

    private static bool IsGuarded(string field)
    {
        var rest = field.AsSpan().TrimStart(Guard);
        return rest.Length > 0 && Beginnings.Contains(rest[0]);
    }
}
