using System.Globalization;
using KioskFleet.Simulators.City;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using Spectre.Console;

namespace KioskFleet.Simulators.Demo;

/// <summary>How one seed of a series came out.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Precision">Null when the accusations were not judged.</param>
/// <param name="Recall">Likewise.</param>
/// <param name="Proven">True when the whole proof holds.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Findings">What does not fit, in words.</param>
internal sealed record SeedResult(
    ulong Seed, decimal? Precision, decimal? Recall, bool Proven, double Seconds, IReadOnlyList<string> Findings);

/// <summary>What a series came to, as it is written to the result file.</summary>
internal sealed record SeriesResult
{
    private const int Decimals = 4;

    /// <summary>Cabinets of each run.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Days of each run.</summary>
    public required int Days { get; init; }

    /// <summary>The least precision; null when any run was not judged.</summary>
    public decimal? LeastPrecision { get; init; }

    /// <summary>The mean precision, cut to four decimals.</summary>
    public decimal? MeanPrecision { get; init; }

    /// <summary>The least recall.</summary>
    public decimal? LeastRecall { get; init; }

    /// <summary>The mean recall, cut.</summary>
    public decimal? MeanRecall { get; init; }

    /// <summary>True when every run's proof holds.</summary>
    public required bool Proven { get; init; }

    /// <summary>Each run.</summary>
    public required IReadOnlyList<SeedResult> Seeds { get; init; }

    /// <summary>Sums a series up. Pure.</summary>
    public static SeriesResult Of(DemoOptions options, IReadOnlyList<SeedResult> seeds)
    {
        var judged = seeds.All(static seed => seed.Precision is not null);
        return new SeriesResult
        {
            Cabinets = options.Cabinets,
            Days = options.Days,
            LeastPrecision = judged ? seeds.Min(static seed => seed.Precision) : null,
            MeanPrecision = judged ? Cut(seeds.Average(static seed => seed.Precision)) : null,
            LeastRecall = judged ? seeds.Min(static seed => seed.Recall) : null,
            MeanRecall = judged ? Cut(seeds.Average(static seed => seed.Recall)) : null,
            Proven = seeds.All(static seed => seed.Proven),
            Seeds = seeds,
        };
    }

    private static decimal? Cut(decimal? mean) =>
        mean is { } value ? Math.Round(value, Decimals, MidpointRounding.ToZero) : null;
}

/// <summary>
/// The same demo with other seeds, one after the other, each with a service and agents of its own in a temporary
/// folder.
/// </summary>
internal sealed class DemoSeries(CommandContext context, DemoOptions options)
{
    /// <summary>The most seeds of one series.</summary>
    public const int MaxSeeds = 1_000;

    /// <summary>Runs the seeds that follow the options' own.</summary>
    public async Task<SeriesResult> RunAsync(int seeds, CancellationToken cancel)
    {
        var results = new List<SeedResult>();
        for (var i = 1; i <= seeds; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var result = await RunOneAsync(options with { Seed = unchecked(options.Seed + (ulong)i) }, cancel);
            results.Add(result);
            context.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{i} of {seeds}: seed {result.Seed}, precision {Part(result.Precision)}, "
                + $"recall {Part(result.Recall)}, proof {(result.Proven ? "holds" : "FAILS")}, "
                + $"{result.Seconds:0.0} s"));
            foreach (var finding in result.Findings.Take(ProofFindings.Most))
            {
                context.Console.WriteLine($"  {finding}");
            }
        }

        return SeriesResult.Of(options, results);
    }

    /// <summary>Shows what a series came to.</summary>
    public void Show(SeriesResult result)
    {
        context.Console.WriteLine(
            $"{result.Seeds.Count} seeds of {result.Cabinets} cabinets and {result.Days} days: "
            + $"precision at least {Part(result.LeastPrecision)}, mean {Part(result.MeanPrecision)}; "
            + $"recall at least {Part(result.LeastRecall)}, mean {Part(result.MeanRecall)}.");
        context.Console.WriteLine(result.Proven ? "The proof holds for every seed." : "THE PROOF FAILS.");
    }

    private async Task<SeedResult> RunOneAsync(DemoOptions one, CancellationToken cancel)
    {
        var started = context.Time.GetTimestamp();
        using var folder = new RunFolder(null);
        await using var run = await DemoRun.StartAsync(one, folder, context.Time, cancel);
        var result = CityResult.Of(await run.RunAsync(cancel));
        return new SeedResult(one.Seed, result.Precision, result.Recall, result.Proven,
            Math.Round(context.Time.GetElapsedTime(started).TotalSeconds, 1), result.Findings);
    }

    private static string Part(decimal? part) =>
        part is { } judged ? judged.ToString("0.0000", CultureInfo.InvariantCulture) : "NOT JUDGED";
}
