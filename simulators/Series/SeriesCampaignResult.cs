using System.Globalization;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Series;

/// <summary>What a campaign came to, as it is written to the result file.</summary>
internal sealed record SeriesCampaignResult
{
    /// <summary>Mismatches that are told one by one.</summary>
    public const int MaxMismatches = 20;

    /// <summary>Cabinets.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Days of sales.</summary>
    public required int Days { get; init; }

    /// <summary>The load's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Entries of the ledger.</summary>
    public required long Entries { get; init; }

    /// <summary>Where the writer's cursor stood at each kill.</summary>
    public required IReadOnlyList<long> KilledAt { get; init; }

    /// <summary>Hours that were asked for.</summary>
    public required int Hours { get; init; }

    /// <summary>Cabinets, classes and hours with sales or refunds, which were compared.</summary>
    public required int CellsCompared { get; init; }

    /// <summary>Those in which the series do not increase by the ledger's total.</summary>
    public required int SeriesMismatches { get; init; }

    /// <summary>The first of them in words.</summary>
    public required IReadOnlyList<string> Mismatches { get; init; }

    /// <summary>Lines that the server refused for good.</summary>
    public required long RefusedLines { get; init; }

    /// <summary>What does not fit between journals and ledger.</summary>
    public required IReadOnlyList<string> LedgerFindings { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>True when every cell fits and the load is in the ledger as it was recorded.</summary>
    public bool Proven =>
        SeriesMismatches == 0 && RefusedLines == 0 && LedgerFindings.Count == 0 && CellsCompared > 0;

    /// <summary>Shows it.</summary>
    public void Show(IAnsiConsole console)
    {
        ResultScreen.WriteProof(console,
        [
            new("entries in the ledger", Count(Entries), LedgerFindings.Count == 0),
            new("the writer was killed at", string.Join(", ", KilledAt.Select(Count)), null),
            new("hours", Count(Hours), null),
            new("cabinets, classes and hours compared", Count(CellsCompared), CellsCompared > 0),
            new("seriesMismatches", Count(SeriesMismatches), SeriesMismatches == 0),
            new("lines refused", Count(RefusedLines), RefusedLines == 0),
        ]);
        foreach (var words in LedgerFindings.Concat(Mismatches))
        {
            console.Profile.Out.Writer.WriteLine(words);
        }
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Count(int count) => Count((long)count);
}
