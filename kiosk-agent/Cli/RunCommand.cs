using KioskFleet.Agent.Hosting;
using KioskFleet.Agent.Settings;

namespace KioskFleet.Agent.Cli;

/// <summary><c>run</c>: the agent itself, until it is told to stop.</summary>
internal static class RunCommand
{
    /// <summary>Runs.</summary>
    public static async Task<int> ExecuteAsync(AgentSettings settings, CliContext cli, CancellationToken cancel)
    {
        try
        {
            using var host = AgentHost.Build(settings);
            await host.RunAsync(cancel);
            return ExitCode.Done;
        }
        catch (IOException exception)
        {
            cli.Say("CannotRun", exception.Message);
            return ExitCode.Failed;
        }
    }
}
