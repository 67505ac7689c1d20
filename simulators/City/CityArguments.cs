using System.CommandLine;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Outage;

namespace KioskFleet.Simulators.City;

/// <summary>The options of <c>city</c> on the command line.</summary>
internal sealed class CityArguments
{
    private readonly Option<string?> _url = CommandOptions.Text("--url", "URL", "The fleet service.");

    private readonly Option<string?> _token = CommandOptions.Text(
        "--token-file", "FILE", "File whose first line is a token that may write.");

    private readonly Option<string?> _second = CommandOptions.Text(
        "--second-token-file", "FILE", "Another person's token: approves the catalogue where there are cabinets.");

    private readonly Option<string?> _broker = CommandOptions.Text("--broker", "HOST:PORT", "The broker.");

    private readonly Option<int> _cabinets =
        CommandOptions.Number("--cabinets", "Cabinets.", 20, 1, CityPlanOptions.MaxCabinets);

    private readonly Option<int> _days =
        CommandOptions.Number("--days", "Days of sales.", 3, 1, CityPlanOptions.MaxDays);

    private readonly Option<DateOnly?> _start = CommandOptions.Day(
        "--start", "The first business day; by default the load ends with yesterday.");

    private readonly Option<string?> _data =
        CommandOptions.Text("--data", "DIR", "Keep the agents' journals in this folder.");

    private readonly Option<string?> _outage = CommandOptions.Text("--outage", "LENGTH",
        "All cabinets come back after so long, such as 7d or 36h, to a service of the run's own.");

    private readonly Option<int> _healthy = CommandOptions.Number(
        "--healthy", "With --outage: cabinets beside them that were never away.", 50, 1, OutageOptions.MaxHealthy);

    private readonly Option<int> _salesPerDay = CommandOptions.Number(
        "--sales-per-day", "With --outage: sales of a cabinet a day.", 20, 1, OutageOptions.MaxSalesPerDay);

    private readonly Option<bool> _atOnce = new("--at-once")
    {
        Description = "With --outage: all try to connect within one second, not each when its back-off ends.",
    };

    private readonly Option<ulong> _seed = CommandOptions.Seed();

    /// <summary>The file that takes the result.</summary>
    public Option<string?> Json { get; } = CommandOptions.Json();

    /// <summary>Adds the options to the command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
            {
                _url, _token, _second, _broker, _cabinets, _days, _start, _outage, _healthy, _salesPerDay, _atOnce,
                _data, _seed, Json,
            })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>True when the command line asks for the return after an outage.</summary>
    public bool IsOutage(ParseResult parsed) => parsed.GetValue(_outage) is not null;

    /// <summary>Reads the options of the return after an outage; gives them, or what is wrong.</summary>
    /// <param name="parsed">The command line.</param>
    public (OutageOptions? Options, string? Problem) ReadOutage(ParseResult parsed)
    {
        if (new Option[] { _url, _token, _second, _broker, _days, _start }
            .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } foreign)
        {
            return (null, $"{foreign.Name} does not go with --outage, which starts a fleet service of its own.");
        }

        var text = parsed.GetValue(_outage)!;
        return OutageOptions.LengthOf(text) is not { } length
            ? (null, $"--outage is {text}; it takes 1h to {OutageOptions.MaxDays}d.")
            : (new OutageOptions
            {
                Cabinets = parsed.GetValue(_cabinets),
                Healthy = parsed.GetValue(_healthy),
                Outage = length,
                SalesPerDay = parsed.GetValue(_salesPerDay),
                IsAtOnce = parsed.GetValue(_atOnce),
                Seed = parsed.GetValue(_seed),
                DataFolder = parsed.GetValue(_data),
            }, null);
    }

    /// <summary>Reads the options; gives them, or what is wrong.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="today">The present business day.</param>
    /// <exception cref="IOException">The token's file cannot be read.</exception>
    public (CityOptions? Options, string? Problem) Read(ParseResult parsed, DateOnly today)
    {
        if (parsed.GetValue(_url) is not { } url || parsed.GetValue(_broker) is not { } broker
            || parsed.GetValue(_token) is not { } tokenFile)
        {
            return (null, "--url, --token-file and --broker name the fleet service; --outage starts one of its own.");
        }

        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var service)
            || service.Scheme is not ("http" or "https"))
        {
            return (null, $"--url is {url}; it takes an http or https URL.");
        }

        if (CityCommand.EndPointOf(broker) is not { } endPoint)
        {
            return (null, $"--broker is {broker}; it takes HOST:PORT.");
        }

        return (new CityOptions
        {
            Service = service,
            Broker = endPoint,
            Token = TokenOf(tokenFile),
            SecondToken = parsed.GetValue(_second) is { } file ? TokenOf(file) : null,
            Cabinets = parsed.GetValue(_cabinets),
            Days = parsed.GetValue(_days),
            Start = parsed.GetValue(_start) ?? today.AddDays(-parsed.GetValue(_days)),
            Seed = parsed.GetValue(_seed),
            DataFolder = parsed.GetValue(_data),
        }, null);
    }

    private static string TokenOf(string file) => File.ReadLines(file).FirstOrDefault("").Trim();
}
