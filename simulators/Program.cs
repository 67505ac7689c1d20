using KioskFleet.Simulators;
using KioskFleet.Simulators.Commands;
using Spectre.Console;

if (!AnsiConsole.Profile.Out.IsTerminal)
{
    // Redirected output has no width of its own; the tables need more than the 80 columns that are assumed then.
    AnsiConsole.Profile.Width = 120;
}

return await SimulatorCommands.RunAsync(
    args, new CommandContext(AnsiConsole.Console, Console.Error, TimeProvider.System));
