using KioskFleet.Simulators.Fleet;
using Spectre.Console;

namespace KioskFleet.Simulators.Commands;

/// <summary>What every command works with.</summary>
/// <param name="Console">Where progress and results are shown.</param>
/// <param name="Error">Where errors go.</param>
/// <param name="Time">The computer's time.</param>
internal sealed record CommandContext(IAnsiConsole Console, TextWriter Error, TimeProvider Time)
{
    /// <summary>
    /// Runs a command's work; what breaks it is told in one line. Bugs are not caught: they end with their trace.
    /// </summary>
    public async Task<int> GuardAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (error is FleetApiException or IOException or UnauthorizedAccessException)
        {
            await Error.WriteLineAsync($"Broken: {error.Message}");
            return ExitCode.Broken;
        }
        catch (OperationCanceledException)
        {
            await Error.WriteLineAsync("Stopped before its end.");
            return ExitCode.Broken;
        }
    }

    /// <summary>Says that input cannot be used.</summary>
    public int Wrong(string problem)
    {
        Error.WriteLine(problem);
        return ExitCode.WrongInput;
    }
}
