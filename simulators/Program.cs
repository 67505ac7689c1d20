using KioskFleet.Simulators.Commands;
using Spectre.Console;

return await SimulatorCommands.RunAsync(
    args, new CommandContext(AnsiConsole.Console, Console.Error, TimeProvider.System));
