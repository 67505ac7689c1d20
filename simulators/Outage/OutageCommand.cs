using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Servers;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Outage;

/// <summary>What <c>city --outage</c> does.</summary>
internal static class OutageCommand
{
    /// <summary>Runs it; returns an exit code.</summary>
    public static async Task<int> RunAsync(
        CommandContext context, OutageOptions options, CommandEnd end, CancellationToken cancel)
    {
        if (options.DataFolder is { } data && Directory.Exists(data)
            && Directory.EnumerateFileSystemEntries(data).Any())
        {
            return context.Wrong($"--data is {data}, which is not empty; it takes a new folder.");
        }

        using var folder = new RunFolder(options.DataFolder);
        var run = new OutageRun(options, folder.Root, context.Time);
        var board = new ProgressBoard(context.Console, context.Time, new ProgressBoardOptions());
        try
        {
            var result = await board.ShowAsync(run.RunAsync(cancel), run.Snapshot);
            result.Show(context.Console);
            end.Write(result);
            return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
        }
        catch (CampaignException error)
        {
            await context.Error.WriteLineAsync($"Broken: {error.Message}");
            return ExitCode.Broken;
        }
    }
}
