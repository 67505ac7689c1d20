using System.CommandLine;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Servers;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Crash;

/// <summary>The command <c>crash</c>.</summary>
internal static class CrashCommand
{
    private const int ProofFailed = 1;
    private const int Broken = 2;
    private const string Embedded = "embedded";
    private const string Distributed = "distributed";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var rounds = CommandOptions.Number(
            "--rounds", "Rounds of kills, cuts and restores.", 100, 0, CrashLimits.MaxRounds);
        var power = CommandOptions.Number(
            "--power-loss-rounds", "Rounds of power cuts on a disk that forgets what was not synced; 0: none.",
            60, 0, CrashLimits.MaxRounds);
        var agents = CommandOptions.Number(
            "--agents", "Cabinets, each an agent process of its own.", 3, 1, CrashLimits.MaxAgents);
        var engine = Engine();
        var replicas = CommandOptions.Number(
            "--replicas", "Services on one database, with --engine distributed.", 3, 1, CrashLimits.MaxReplicas);
        var seed = new Option<ulong>("--seed")
        {
            Description = "Seed of every decision. It repeats what is done, not how processes interleave.",
            HelpName = "S",
            DefaultValueFactory = static _ => 1,
        };
        var json = CommandOptions.Json();
        var keep = new Option<string?>("--keep")
        {
            Description = "Work in this folder, which must be empty, and leave all files there.",
            HelpName = "DIR",
        };
        var command = new Command("crash", """
            Breaks real agents and a real fleet service while they sell, then proves the ledger.

            kill -9 of agents and service, cut, late and half-open links, a second connection of the same cabinet, a
            ledger restored from an older backup, a cabinet restored from an older disk image that sells on, overwritten
            pages of a journal, and power cuts. Every sale that an agent answered must be in the ledger exactly once;
            only those may be missing whose last copy an injected loss destroyed, and they are named as destroyed.

            With --engine distributed: kill -9 of services, of the broker, of the series server and of agents, immediate
            stops of the database, pauses by SIGSTOP, and cut, late and half-open links between all of them; then also
            the time series must have increased, by cabinet, class and hour, by exactly what the ledger holds.
            Ends with 1 when the proof fails.

            Examples:
              crash --rounds 100 --seed 1 --json crash.json
              crash --rounds 10 --power-loss-rounds 0 --keep /tmp/crash
              crash --engine distributed --replicas 3 --rounds 60
            """) { rounds, power, agents, engine, replicas, seed, json, keep };
        command.SetAction((parsed, cancel) => RunAsync(new CrashOptions
        {
            Rounds = parsed.GetValue(rounds),
            PowerLossRounds = parsed.GetValue(power),
            Agents = parsed.GetValue(agents),
            Replicas = parsed.GetValue(engine) == Distributed ? parsed.GetValue(replicas) : null,
            Seed = parsed.GetValue(seed),
            Folder = parsed.GetValue(keep) is { } folder
                ? Path.GetFullPath(folder)
                : Path.Combine(Path.GetTempPath(), $"kioskfleet-crash-{Environment.ProcessId}"),
        }, parsed.GetValue(keep) is not null, parsed.GetValue(json), cancel));
        return command;
    }

    private static Option<string> Engine()
    {
        var engine = new Option<string>("--engine")
        {
            Description = "embedded: one service with its own broker and SQLite. distributed: several services on real "
                + "mosquitto, postgresql and victoria-metrics, which must be installed.",
            DefaultValueFactory = static _ => Embedded,
        };
        engine.AcceptOnlyFromAmong(Embedded, Distributed);
        return engine;
    }

    /// <summary>Runs both parts in one folder and puts their results together.</summary>
    internal static async Task<CrashReport> RunAsync(
        CrashOptions options, TextWriter progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Folder);
        if (options.Replicas is { } replicas)
        {
            // The agents' disks are those of the other engine: their power cuts are proven there.
            return await new DistributedCampaign(options, replicas, TimeProvider.System, progress).RunAsync(cancel);
        }

        var power = await PowerLossPart.RunAsync(options, progress, cancel);
        var report = options.Rounds == 0
            ? new CrashReport { Seed = options.Seed }
            : await new CrashCampaign(options, TimeProvider.System, progress).RunAsync(cancel);
        return report with { PowerLoss = power };
    }

    private static async Task<int> RunAsync(
        CrashOptions options, bool keeps, string? json, CancellationToken cancel)
    {
        var console = AnsiConsole.Console;
        if (Directory.Exists(options.Folder) && Directory.EnumerateFileSystemEntries(options.Folder).Any())
        {
            await Console.Error.WriteLineAsync(
                $"--keep: got '{options.Folder}', which is not empty; takes a new folder.");
            return Broken;
        }

        try
        {
            var report = await RunAsync(options, Console.Out, cancel);
            if (json is not null)
            {
                JsonResultFile.Write(json, report);
            }

            ResultScreen.WriteProof(console, Lines(report));
            foreach (var words in report.ChainsBroken.Concat(report.Wrong))
            {
                await Console.Error.WriteLineAsync(words);
            }

            return report.Holds ? 0 : ProofFailed;
        }
        catch (CampaignException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return Broken;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped before its end; nothing is proven.");
            return Broken;
        }
        finally
        {
            if (!keeps && Directory.Exists(options.Folder))
            {
                Directory.Delete(options.Folder, recursive: true);
            }
        }
    }

    private static List<ProofLine> Lines(CrashReport report)
    {
        List<ProofLine> lines =
        [
            new("rounds", $"{report.Rounds}", null),
            new("kills / cuts / stops", $"{report.Kills} / {report.Cuts} / {report.Stops}", null),
            new("restores / images / corruptions",
                $"{report.Restores} / {report.Images} / {report.Corruptions}", null),
            new("recorded", $"{report.Recorded}", null),
            new("committed", $"{report.Committed}", null),
            new("destroyed by injected losses", $"{report.Destroyed}", null),
            new("lost", $"{report.Lost}", report.Lost == 0),
            new("doubled", $"{report.Doubled}", report.Doubled == 0),
            new("chains verified", $"{report.ChainsVerified}", report.ChainsBroken.Count == 0),
            new("other broken promises", $"{report.Wrong.Count}", report.Wrong.Count == 0),
        ];
        if (report.SeriesMismatches is { } mismatches)
        {
            lines.Insert(1, new("services / pauses", $"{report.Replicas} / {report.Freezes}", null));
            lines.Add(new("series mismatches", $"{mismatches}", mismatches == 0));
        }

        if (report.PowerLoss is { } power)
        {
            lines.Add(new("power cuts with FULL: lost", $"{power.Full.Lost} of {power.Full.Answered}",
                power.Full is { Lost: 0, Half: 0, Damaged: 0 }));
            lines.Add(new("power cuts with OFF: must lose", $"{power.Off.Lost} of {power.Off.Answered}",
                power.Off.Lost > 0));
        }

        return lines;
    }
}
