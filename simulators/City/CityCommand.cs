using System.CommandLine;
using System.Net;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Outage;
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

        With --outage it starts a fleet service of its own and lets all cabinets come back to it after such an outage,
        with everything they sold, while others go on selling. Cabinets are light: real connections, messages, keys
        and receipts, journals in memory. Ends with 1 unless every cabinet's newest state is shown within 60 s, the
        service's memory stays within 400 MiB, no healthy cabinet waits longer than 5 s for a receipt, and journals and
        ledger are equal.

        Examples:
          city --outage 7d --cabinets 2700 --json outage.json
          city --outage 7d --cabinets 2700 --at-once --sales-per-day 100
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
            if (given.IsOutage(parsed))
            {
                var (outage, wrong) = given.ReadOutage(parsed);
                return outage is null
                    ? Task.FromResult(context.Wrong(wrong!))
                    : OutageCommand.RunAsync(
                        context, outage, new CommandEnd(parsed.GetValue(given.Json), true), cancel);
            }

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
