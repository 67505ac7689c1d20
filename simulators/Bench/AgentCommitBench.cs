using System.Diagnostics;
using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Simulators.Bench;

/// <summary>Two rates measured in turn, and the median of their ratios.</summary>
internal readonly record struct PairedRates(double Rate, double BareRate, double Ratio)
{
    /// <summary>Runs the pairs in alternating order after one warm-up.</summary>
    public static PairedRates Measure(int rounds, Func<int, double> product, Func<int, double> bare)
    {
        product(-1);
        bare(-1);
        var pairs = new List<(double Rate, double Bare)>();
        for (var round = 0; round < rounds; round++)
        {
            if (round % 2 == 0)
            {
                var rate = product(round);
                pairs.Add((rate, bare(round)));
            }
            else
            {
                var limit = bare(round);
                pairs.Add((product(round), limit));
            }
        }

        return new PairedRates(Median(pairs.Select(p => p.Rate)), Median(pairs.Select(p => p.Bare)),
            Median(pairs.Select(p => p.Rate / p.Bare)));
    }

    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>
/// One caller of the journal's append, each sale one transaction, against the same rows inserted bare, one per
/// transaction.
/// </summary>
internal sealed class AgentCommitBench(BenchOptions options, string folder)
{
    /// <summary>Measures.</summary>
    public PairedRates Run()
    {
        var sales = new BenchSales(options.Seed);
        var bodies = Enumerable.Range(0, options.AgentSalesPerRound).Select(i => sales.Next(i)).ToList();
        var sample = "";
        var product = (int round) =>
        {
            var directory = Path.Combine(folder, $"agent{round}");
            using var store = JournalStore.Open(new JournalOptions { DataDirectory = directory },
                new SystemBootClock(TimeProvider.System), NullLogger<JournalStore>.Instance);
            var journal = store.Current;
            var started = Stopwatch.GetTimestamp();
            foreach (var body in bodies)
            {
                journal.Append(body);
            }

            var rate = bodies.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
            sample = Path.Combine(directory, "journals", $"{journal.Id}.db");
            return rate;
        };
        product(-2);
        var rows = BareSqlite.ReadRows(sample, "entry", bodies.Count);
        var schema = BareSqlite.Schema(sample, "entry");
        return PairedRates.Measure(options.Rounds, product,
            round => BareSqlite.Insert(Path.Combine(folder, $"bare-agent{round}.db"), schema, "entry", rows, 1));
    }
}
