namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>What to simulate.</summary>
internal sealed record JournalCampaignOptions
{
    /// <summary>Number of seeds, 1 to 100,000,000; default 20,000.</summary>
    public int Seeds { get; init; } = 20_000;

    /// <summary>The first seed; the others follow it. Default 1.</summary>
    public ulong FirstSeed { get; init; } = 1;

    /// <summary>The built-in mistake; with one, the campaign ends at the first seed that finds it.</summary>
    public Sabotage Sabotage { get; init; } = Sabotage.None;

    /// <summary>Threads, at least 1; default all processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

/// <summary>How far a campaign is.</summary>
/// <param name="Seeds">Seeds done.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="Violations">Seeds that broke a promise.</param>
internal readonly record struct JournalProgress(int Seeds, long Steps, int Violations);

/// <summary>What a campaign came to.</summary>
/// <param name="Seeds">Seeds done.</param>
/// <param name="Steps">Steps done.</param>
/// <param name="Recorded">Reports answered.</param>
/// <param name="Violations">Seeds that broke a promise; with a mistake built in, 1 is success.</param>
/// <param name="FirstSeed">The lowest seed that broke one, or null.</param>
/// <param name="Violation">What it broke, or null.</param>
/// <param name="Trace">What happened in it; empty when no seed broke one.</param>
internal sealed record JournalResult(
    int Seeds, long Steps, long Recorded, int Violations, ulong? FirstSeed, string? Violation,
    IReadOnlyList<string> Trace);

/// <summary>
/// Runs many seeds on all processors. The result is the same for any number of threads when no seed fails.
/// </summary>
internal static class JournalCampaign
{
    private const int SeedsAtOnce = 50;

    /// <summary>Runs the seeds and plays the lowest failing one again with its trace.</summary>
    public static JournalResult Run(
        JournalCampaignOptions options, IProgress<JournalProgress>? progress = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Seeds);
        var seeds = 0;
        var violations = 0;
        var steps = 0L;
        var recorded = 0L;
        ulong? first = null;
        var gate = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = stop };
        Parallel.For(0, (options.Seeds + SeedsAtOnce - 1) / SeedsAtOnce, parallel, (chunk, loop) =>
        {
            var end = Math.Min(options.Seeds, (chunk + 1) * SeedsAtOnce);
            for (var i = chunk * SeedsAtOnce; i < end; i++)
            {
                var result = JournalSimulator.Run(options.FirstSeed + (ulong)i, options.Sabotage);
                lock (gate)
                {
                    seeds++;
                    steps += result.Steps;
                    recorded += result.Recorded;
                    violations += result.Violation is null ? 0 : 1;
                    first = result.Violation is null || first < result.Seed ? first : result.Seed;
                }

                if (result.Violation is not null && options.Sabotage != Sabotage.None)
                {
                    loop.Break();
                    break;
                }
            }

            lock (gate)
            {
                progress?.Report(new JournalProgress(seeds, steps, violations));
            }
        });

        var replay = first is { } seed ? JournalSimulator.Run(seed, options.Sabotage, trace: true) : null;
        return new JournalResult(seeds, steps, recorded, violations, first, replay?.Violation, replay?.Trace ?? []);
    }
}
