using System.CommandLine;
using KioskFleet.Simulators.JournalSimulation;
using Spectre.Console;

namespace KioskFleet.Simulators.Commands;

/// <summary><c>journal</c>: the deterministic simulation of sender, receiver and journal.</summary>
internal static class JournalCommand
{
    private const int MaxSeeds = 100_000_000;
    private const int DefaultSeeds = 20_000;
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    private const string Description = """
        Sender, receiver, lossy network, crashes, restores and clones, simulated by seed; a failing seed is played again
        and its trace printed. With --sabotage a mistake is built in and must be found: 0 when it is, 1 when it is not.

        Examples:
          journal --seeds 20000
          journal --seeds 1 --seed 4711                  play one seed again
          journal --sabotage accept-gap --json found.json
          journal --list-sabotages
        """;

    /// <summary>The command.</summary>
    public static Command Create(CommandContext context)
    {
        var seeds = CommandOptions.Number("--seeds", "Seeds to play.", DefaultSeeds, 1, MaxSeeds);
        var sabotage = CommandOptions.Text("--sabotage", "NAME", "Build this mistake in.");
        var list = new Option<bool>("--list-sabotages") { Description = "Name the mistakes and end." };
        var (seed, json) = (CommandOptions.Seed(), CommandOptions.Json());
        seed.Description = "The first seed; the others follow it.";
        var command = new Command("journal", Description) { seeds, seed, sabotage, list, json };
        command.SetAction((parsed, cancel) => context.GuardAsync(async () =>
        {
            if (parsed.GetValue(list))
            {
                SabotageNames.All.ToList().ForEach(known => context.Console.WriteLine(known.Name));
                return ExitCode.Proven;
            }

            var mistake = Sabotage.None;
            if (parsed.GetValue(sabotage) is { } name && !SabotageNames.TryParse(name, out mistake))
            {
                return context.Wrong($"--sabotage is {name}; --list-sabotages names what it takes.");
            }

            var options = new JournalCampaignOptions
            {
                Seeds = parsed.GetValue(seeds),
                FirstSeed = parsed.GetValue(seed),
                Sabotage = mistake,
            };
            return await RunAsync(context, options, new CommandEnd(parsed.GetValue(json), true), cancel);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, JournalCampaignOptions options, CommandEnd end, CancellationToken cancel)
    {
        var told = new CampaignProgress(context, options.Seeds);
        var result = await Task.Run(() => JournalCampaign.Run(options, told, cancel), cancel);
        var found = result.Violations > 0;
        foreach (var line in result.Trace)
        {
            context.Console.WriteLine(line);
        }

        if (found)
        {
            context.Console.WriteLine($"Seed {result.FirstSeed}: {result.Violation}");
        }

        var sabotaged = options.Sabotage != Sabotage.None;
        var name = SabotageNames.NameOf(options.Sabotage);
        context.Console.WriteLine((sabotaged, found) switch
        {
            (true, true) => $"The mistake {name} is found, as it must be.",
            (true, false) => $"THE MISTAKE {name} IS NOT FOUND in {result.Seeds} seeds.",
            (false, true) => $"THE PROOF FAILS: {result.Violations} of {result.Seeds} seeds broke a promise.",
            (false, false) => $"The proof holds: no promise broken in {result.Seeds} seeds, {result.Steps} steps.",
        });
        end.Write(new
        {
            result.Seeds,
            result.Steps,
            result.Violations,
            FirstFailingSeed = result.FirstSeed,
            result.Trace,
            result.Recorded,
            result.Violation,
            Sabotage = sabotaged ? name : null,
            Proven = found == sabotaged,
        });
        return found == sabotaged ? ExitCode.Proven : ExitCode.NotProven;
    }

    /// <summary>Tells how far the campaign is, in a line now and then.</summary>
    private sealed class CampaignProgress(CommandContext context, int seeds) : IProgress<JournalProgress>
    {
        private readonly Lock _gate = new();
        private long _toldAt = context.Time.GetTimestamp();

        public void Report(JournalProgress value)
        {
            lock (_gate)
            {
                if (context.Time.GetElapsedTime(_toldAt) < TellEvery)
                {
                    return;
                }

                _toldAt = context.Time.GetTimestamp();
                context.Console.WriteLine(
                    $"{value.Seeds} of {seeds} seeds, {value.Steps} steps, {value.Violations} violations");
            }
        }
    }
}
