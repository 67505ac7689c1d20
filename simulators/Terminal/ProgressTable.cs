using System.Globalization;
using KioskFleet.Protocol.Amounts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KioskFleet.Simulators.Terminal;

/// <summary>Draws progress as a table or as one line. Pure.</summary>
internal static class ProgressTable
{
    private const int BarCells = 20;

    /// <summary>The table: a row per county and one for all.</summary>
    public static IRenderable Render(ProgressSnapshot snapshot)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(snapshot.Phase)), Border = TableBorder.Rounded };
        table.AddColumn("county");
        table.AddColumn("progress");
        foreach (var name in new[] { "cabinets", "recorded", "committed", "yuan", "aid share" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var county in snapshot.Counties)
        {
            AddRow(table, county);
        }

        table.AddEmptyRow();
        AddRow(table, snapshot.Sum);
        return table;
    }

    /// <summary>All counties in one line, for output that is not a terminal.</summary>
    public static string Line(ProgressSnapshot snapshot)
    {
        var sum = snapshot.Sum;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{snapshot.Phase}: {sum.Committed} committed of {sum.Recorded} recorded of {sum.Expected} expected, "
            + $"{new Money(sum.TotalFen)} yuan, aid share {Share(sum)}");
    }

    /// <summary>
    /// The share of aid in the total in percent with two decimals, cut and not rounded; a dash without any, or where
    /// aid is not told apart.
    /// </summary>
    public static string Share(CountyProgress county)
    {
        if (county.TotalFen <= 0 || county.AidFen is not { } aidFen)
        {
            return "-";
        }

        var basisPoints = Int128.Max(0, (Int128)aidFen * 10_000 / county.TotalFen);
        return string.Create(CultureInfo.InvariantCulture, $"{basisPoints / 100}.{basisPoints % 100:00} %");
    }

    private static void AddRow(Table table, CountyProgress county) => table.AddRow(
        Markup.Escape(county.Name),
        $"[green]{Bar(county.Committed, county.Expected)}[/]",
        Count(county.Cabinets),
        Count(county.Recorded),
        Count(county.Committed),
        new Money(county.TotalFen).ToString(),
        Share(county));

    private static string Bar(long done, long expected)
    {
        var cells = expected <= 0 ? 0 : (int)Int128.Clamp((Int128)done * BarCells / expected, 0, BarCells);
        return new string('━', cells).PadRight(BarCells, '·');
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
