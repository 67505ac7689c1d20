using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace KioskFleet.Service.Tables;

/// <summary>Turns cells into texts by the workbook's shared strings, number formats and calendar. Immutable.</summary>
internal sealed partial class SheetCells
{
    /// <summary>Days between the two calendars of workbooks: 1900 and 1904.</summary>
    private const int DaysTo1904 = 1_462;

    /// <summary>The first serial number after 9999-12-31.</summary>
    private const int EndOfCalendar = 2_958_466;

    /// <summary>The largest whole number up to which every one is held exactly: 2^53.</summary>
    private const double MaxExact = 9_007_199_254_740_992;

    /// <summary>
    /// Steps from one number to the next that a number may lie beside what was typed. Whoever types a decimal gets the
    /// nearest number; a step or two come from programs that write it with 15 to 17 digits.
    /// </summary>
    private const int MaxNoise = 4;

    private static readonly SearchValues<char> DateLetters = SearchValues.Create("yYdD年日");

    private readonly List<string> _shared;
    private readonly List<bool> _isDate;
    private readonly int _offsetDays;

    /// <summary>Reads what the workbook's cells refer to.</summary>
    /// <exception cref="InvalidDataException">It has more shared strings than may be.</exception>
    public SheetCells(WorkbookPart workbook, int maxSharedStrings)
    {
        _shared = Shared(workbook.SharedStringTablePart, maxSharedStrings);
        var styles = workbook.WorkbookStylesPart?.Stylesheet;
        var custom = (styles?.NumberingFormats?.Elements<NumberingFormat>() ?? [])
            .Where(f => f.NumberFormatId?.Value is not null)
            .ToDictionary(f => f.NumberFormatId!.Value, f => f.FormatCode?.Value ?? "");
        _isDate = [.. (styles?.CellFormats?.Elements<CellFormat>() ?? [])
            .Select(f => IsDate(f.NumberFormatId?.Value ?? 0, custom))];
        _offsetDays = workbook.Workbook?.WorkbookProperties?.Date1904?.Value == true ? DaysTo1904 : 0;
    }

    /// <summary>What the cell holds, as text; null for a number that it cannot hold exactly.</summary>
    /// <exception cref="InvalidDataException">It names a shared string that is not there.</exception>
    public string? TextOf(SheetCell cell) => cell.Type switch
    {
        "s" => int.TryParse(cell.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && at < _shared.Count
                ? _shared[at]
                : throw new InvalidDataException($"There is no shared string '{cell.Value}'."),
        null or "n" => NumberOf(cell),
        _ => cell.Value,
    };

    /// <summary>What in a format stands for itself or for a colour: [Red] makes no date, nor does "kg/day".</summary>
    [GeneratedRegex("\"[^\"]*\"|\\[[^\\]]*\\]|\\\\.|[_*].")]
    private static partial Regex Literals();

    private static List<string> Shared(SharedStringTablePart? part, int most)
    {
        if (part is null)
        {
            return [];
        }

        using var xml = SheetXml.Open(part);
        var strings = new List<string>();
        foreach (var text in SheetXml.Strings(xml))
        {
            if (strings.Count == most)
            {
                throw new InvalidDataException($"There are more than {most} shared strings.");
            }

            strings.Add(text);
        }

        return strings;
    }

    private string? NumberOf(SheetCell cell)
    {
        if (!double.TryParse(cell.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return cell.Value;
        }

        var style = int.TryParse(cell.Style, NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : 0;
        if (style < _isDate.Count && _isDate[style] && number + _offsetDays is >= 1 and < EndOfCalendar)
        {
            return DateOf(number + _offsetDays);
        }

        return number == Math.Truncate(number) ? WholeOf(cell.Value, number) : FractionOf(number);
    }

    /// <summary>A whole number with all its digits, if the file says no other ones than its type can hold.</summary>
    private static string? WholeOf(string stated, double number) =>
        Math.Abs(number) <= MaxExact
        && decimal.TryParse(stated, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
        && exact == (long)number
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : null;

    /// <summary>
    /// As a spreadsheet shows it: 15 digits, so that 12.3 stays 12.3 though the file says 12.300000000000001. Digits
    /// that are more than such noise would be lost.
    /// </summary>
    private static string? FractionOf(double number)
    {
        var shown = number.ToString("G15", CultureInfo.InvariantCulture);
        var lost = Math.Abs(double.Parse(shown, CultureInfo.InvariantCulture) - number);
        if (!(lost <= MaxNoise * (Math.BitIncrement(Math.Abs(number)) - Math.Abs(number))))
        {
            return null;
        }

        return shown.Contains('E', StringComparison.Ordinal)
            && decimal.TryParse(shown, NumberStyles.Float, CultureInfo.InvariantCulture, out var plain)
                ? plain.ToString(CultureInfo.InvariantCulture)
                : shown;
    }

    private static string DateOf(double serial)
    {
        // Half a second more, and then cut off: a time of day is a fraction that is never quite what it should be.
        var moment = DateTime.FromOADate(serial).AddMilliseconds(500);
        return moment.ToString(
            moment is { Hour: 0, Minute: 0, Second: 0 } ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss",
            CultureInfo.InvariantCulture);
    }

    // The built-in formats of dates, the Chinese ones included (ECMA-376 part 1, 18.8.30).
    private static bool IsDate(uint format, Dictionary<uint, string> custom) =>
        format is (>= 14 and <= 22) or (>= 27 and <= 36) or (>= 45 and <= 47) or (>= 50 and <= 58)
        || (custom.TryGetValue(format, out var code)
            && Literals().Replace(code, "").AsSpan().ContainsAny(DateLetters));
}
