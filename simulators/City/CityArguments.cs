using System.CommandLine;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Commands;

namespace KioskFleet.Simulators.City;

/// <summary>The options of <c>city</c> on the command line.</summary>
internal sealed class CityArguments
{
    private readonly Option<string> _url = new("--url")
    {
        Description = "The fleet service.", HelpName = "URL", Required = true,
    };

    private readonly Option<string> _token = new("--token-file")
    {
        Description = "File whose first line is a token that may write.", HelpName = "FILE", Required = true,
    };

    private readonly Option<string?> _second = CommandOptions.Text(
        "--second-token-file", "FILE", "Another person's token: approves the catalogue where there are cabinets.");

    private readonly Option<string> _broker = new("--broker")
    {
        Description = "The broker.", HelpName = "HOST:PORT", Required = true,
    };

    private readonly Option<int> _cabinets =
        CommandOptions.Number("--cabinets", "Cabinets.", 20, 1, CityPlanOptions.MaxCabinets);

    private readonly Option<int> _days =
        CommandOptions.Number("--days", "Days of sales.", 3, 1, CityPlanOptions.MaxDays);

    private readonly Option<DateOnly?> _start = CommandOptions.Day(
        "--start", "The first business day; by default the load ends with yesterday.");

    private readonly Option<string?> _data =
        CommandOptions.Text("--data", "DIR", "Keep the agents' journals in this folder.");

    private readonly Option<ulong> _seed = CommandOptions.Seed();

    /// <summary>The file that takes the result.</summary>
    public Option<string?> Json { get; } = CommandOptions.Json();

    /// <summary>Adds the options to the command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
            { _url, _token, _second, _broker, _cabinets, _days, _start, _data, _seed, Json })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads the options; gives them, or what is wrong.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="today">The present business day.</param>
    /// <exception cref="IOException">The token's file cannot be read.</exception>
    public (CityOptions? Options, string? Problem) Read(ParseResult parsed, DateOnly today)
    {
        var (url, broker) = (parsed.GetValue(_url)!, parsed.GetValue(_broker)!);
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
            Token = TokenOf(parsed.GetValue(_token)!),
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
