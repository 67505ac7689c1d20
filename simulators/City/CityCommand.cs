using System.CommandLine;
using System.Net;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.City;

/// <summary><c>city</c>: a city load on a running fleet service.</summary>
internal static class CityCommand
{
    private const int DefaultBrokerPort = 1883;

    private const string Description = """
        A city load on a running fleet service: quotas per county, honest, careless and breaching operators, with proof.
        The cabinets must be new to the service, unless --data holds their agents from an earlier run of the same load.
        Its catalogue begins before the load: once the service has cabinets, a second person's token approves it.
        The service takes 30 enrolments a minute from one address; raise its Enrolment:RedemptionsPerMinute for many.

        Examples:
          city --url http://127.0.0.1:8080 --token-file data/admin.token --broker 127.0.0.1:1883 --cabinets 20 --days 7
          city --url http://fleet:8080 --token-file token --broker fleet:1883 --cabinets 2700 --days 30 --json city.json
        """;

    /// <summary>The command.</summary>
    public static Command Create(CommandContext context)
    {
        var given = new CityArguments();
        var command = new Command("city", Description);
        given.AddTo(command);
        command.SetAction((parsed, cancel) => context.GuardAsync(() =>
        {
            var (options, problem) = given.Read(parsed, BusinessMonth.DayOf(context.Time.GetUtcNow()));
            return options is null
                ? Task.FromResult(context.Wrong(problem!))
                : RunAsync(context, options, new CommandEnd(parsed.GetValue(given.Json), true), cancel);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, CityOptions options, CommandEnd end, CancellationToken cancel)
    {
        if (options.Plan.Problems() is { Count: > 0 } problems)
        {
            return context.Wrong(string.Join(' ', problems));
        }

        using var folder = new RunFolder(options.DataFolder);
        if (folder.Bind(options.Binding) is { } problem)
        {
            return context.Wrong(problem);
        }

        await using var run = await CityRun.StartAsync(options, folder, context.Time, cancel);
        var board = new ProgressBoard(context.Console, context.Time, new ProgressBoardOptions());
        var outcome = await board.ShowAsync(run.RunAsync(cancel), run.Snapshot);
        var result = CityResult.Of(outcome);
        result.Show(context.Console, outcome);
        end.Write(result);
        return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
    }

    /// <summary>Reads <c>host</c> or <c>host:port</c>; null when it is neither.</summary>
    internal static DnsEndPoint? EndPointOf(string text) =>
        Uri.TryCreate($"mqtt://{text}", UriKind.Absolute, out var uri) && uri.Host.Length > 0
            && uri.AbsolutePath is "/" or "" && uri.Port is -1 or > 0
            ? new DnsEndPoint(uri.Host.Trim('[', ']'), uri.Port < 0 ? DefaultBrokerPort : uri.Port)
            : null;
}
