using System.CommandLine;
using KioskFleet.Simulators.Bench;
using KioskFleet.Simulators.City;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Crash;
using KioskFleet.Simulators.Demo;
using KioskFleet.Simulators.Replay;
using KioskFleet.Simulators.Restrict;
using KioskFleet.Simulators.Scale;
using KioskFleet.Simulators.Series;

namespace KioskFleet.Simulators;

/// <summary>The program's commands.</summary>
internal static class SimulatorCommands
{
    /// <summary>How long a command may take to clean up after Ctrl-C.</summary>
    private static readonly TimeSpan CleanUpWithin = TimeSpan.FromSeconds(30);

    /// <summary>The root command with everything below it.</summary>
    /// <param name="context">What every command works with.</param>
    public static RootCommand Create(CommandContext context) => new(
        "KioskFleet simulators: loads, replays, faults and proofs around the product's own agent and fleet service.")
    {
        DemoCommand.Create(context),
        CityCommand.Create(context),
        ReplayCommand.Create(context),
        RestrictCommand.Create(context),
        JournalCommand.Create(context),
        CrashCommand.Create(),
        SeriesCommand.Create(context),
        BenchCommand.Create(),
        ScaleCommand.Create(context),
    };

    /// <summary>Runs a command line; returns an <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandContext context)
    {
        var parsed = Create(context).Parse(args);
        var code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = context.Console.Profile.Out.Writer,
            Error = context.Error,
            ProcessTerminationTimeout = CleanUpWithin,
            EnableDefaultExceptionHandler = false,
        });
        return parsed.Errors.Count > 0 ? ExitCode.WrongInput : code;
    }
}
