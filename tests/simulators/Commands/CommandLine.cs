using System.Text.Json;
using KioskFleet.Simulators.Commands;
using Spectre.Console;

namespace KioskFleet.Simulators.Tests.Commands;

/// <summary>What a command line came to.</summary>
internal sealed record CommandLineResult(int ExitCode, string Output, string Error);

/// <summary>Runs the program's command lines inside the test, with output that is not a terminal.</summary>
internal static class CommandLine
{
    public static async Task<CommandLineResult> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 160;
        var code = await SimulatorCommands.RunAsync(args, new CommandContext(console, error, TimeProvider.System));
        return new CommandLineResult(code, output.ToString(), error.ToString());
    }

    public static JsonElement Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
