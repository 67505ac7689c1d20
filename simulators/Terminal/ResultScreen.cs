using System.Globalization;
using KioskFleet.Protocol.Amounts;
using Spectre.Console;

namespace KioskFleet.Simulators.Terminal;

/// <summary>
/// The standings of one county at the end of a run; written to <c>counties</c> of the result as it is.
/// </summary>
internal sealed record CountyResult
{
    /// <summary>GB/T 2260 code.</summary>
    public required string Code { get; init; }

    /// <summary>The name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Cabinets in the county.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Sales amount of aid products, in fen.</summary>
    public required long AidFen { get; init; }

    /// <summary>Sales amount, in fen.</summary>
    public required long TotalFen { get; init; }

    /// <summary>Cabinets found compliant.</summary>
    public required int Compliant { get; init; }

    /// <summary>Cabinets found at risk.</summary>
    public required int AtRisk { get; init; }

    /// <summary>Cabinets found in breach.</summary>
    public required int Breach { get; init; }

    /// <summary>Cabinets without data.</summary>
    public required int NoData { get; init; }
}

/// <summary>One figure of a proof.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">What it came to.</param>
/// <param name="Holds">Whether it is as it must be; null for a figure that nothing hangs on.</param>
internal sealed record ProofLine(string Name, string Value, bool? Holds);

/// <summary>Writes the end of a run: the standings and the proof.</summary>
internal static class ResultScreen
{
    /// <summary>Writes the standings per county.</summary>
    public static void WriteStandings(IAnsiConsole console, IReadOnlyList<CountyResult> counties)
    {
        var table = new Table { Title = new TableTitle("standings"), Border = TableBorder.Rounded };
        table.AddColumn("county");
        foreach (var name in new[]
            { "cabinets", "aid yuan", "yuan", "aid share", "compliant", "at risk", "breach", "no data" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var county in counties)
        {
            table.AddRow(
                Markup.Escape(county.Name),
                Count(county.Cabinets),
                new Money(county.AidFen).ToString(),
                new Money(county.TotalFen).ToString(),
                ProgressTable.Share(new CountyProgress
                {
                    Code = county.Code, Name = county.Name, AidFen = county.AidFen, TotalFen = county.TotalFen,
                }),
                Count(county.Compliant),
                Count(county.AtRisk),
                Count(county.Breach),
                Count(county.NoData));
        }

        console.Write(table);
    }

    /// <summary>Writes the proof and says whether all of it holds.</summary>
    public static bool WriteProof(IAnsiConsole console, IReadOnlyList<ProofLine> proof)
    {
        var table = new Table { Title = new TableTitle("proof"), Border = TableBorder.Rounded };
        table.AddColumn("figure");
        table.AddColumn(new TableColumn("value").RightAligned());
        table.AddColumn("holds");
        foreach (var line in proof)
        {
            table.AddRow(Markup.Escape(line.Name), Markup.Escape(line.Value), line.Holds switch
            {
                true => "[green]yes[/]",
                false => "[red]NO[/]",
                null => "",
            });
        }

        console.Write(table);
        return proof.All(static line => line.Holds != false);
    }

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
