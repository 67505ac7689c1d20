using System.CommandLine;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Places;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.RecordedSales;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Replay;

/// <summary><c>replay</c>: recorded sales through real agents, with their proof.</summary>
internal static class ReplayCommand
{
    private const string Description = """
        Recorded sales in CSV through the product's agents, one per device, into a fleet service of this process.
        Bad rows are listed with line and reason. Sales from before 2020 are replayed 4, 8 ... years later, same dates.

        Examples:
          replay sales.csv --products products.csv --json out.json
          replay sales.csv --products products.csv --data ./fleet   run twice: nothing changes
          replay sales.csv --columns device=machine,order=id,due= --encoding gb18030
          replay sales.csv --products products.csv --aid-category 粮油 --aid-category 茶叶 --county 341125
        """;

    /// <summary>The command.</summary>
    public static Command Create(CommandContext context)
    {
        var given = new ReplayArguments();
        var command = new Command("replay", Description);
        given.AddTo(command);
        command.SetAction((parsed, cancel) => context.GuardAsync(() =>
        {
            var (options, problem) = given.Read(parsed);
            return options is null
                ? Task.FromResult(context.Wrong(problem!))
                : RunAsync(context, options, new CommandEnd(parsed.GetValue(given.Json), true), cancel);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, ReplayOptions options, CommandEnd end, CancellationToken cancel)
    {
        var counties = DataSetFile.Load(new PlacesOptions().DataSet).Counties;
        var county = options.County ?? counties[0].Code;
        if (counties.All(known => known.Code != county))
        {
            return context.Wrong($"--county is {county}, which is not a county of the data set.");
        }

        var (files, problem) = ReplayFiles.Read(options, county);
        if (files is null)
        {
            return context.Wrong(problem!);
        }

        using var folder = new RunFolder(options.DataFolder);
        if (folder.Bind(options.Binding()) is { } bound)
        {
            return context.Wrong(bound);
        }

        await using var run = await ReplayRun.StartAsync(files, files.Load(county), folder, context.Time, cancel);
        var board = new ProgressBoard(context.Console, context.Time, new ProgressBoardOptions());
        var outcome = await board.ShowAsync(run.RunAsync(cancel), run.Snapshot);
        var result = ReplayResult.Of(outcome);
        result.Show(context.Console, outcome);
        end.Write(result);
        return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
    }
}

/// <summary>The options of <c>replay</c> on the command line.</summary>
internal sealed class ReplayArguments
{
    private readonly Argument<string> _file = new("FILE") { Description = "Recorded sales in CSV." };

    private readonly Option<string?> _products =
        CommandOptions.Text("--products", "FILE", "Products in CSV: they become the catalogue.");

    private readonly Option<string?> _columns = CommandOptions.Text("--columns", "MAP",
        "name=header,... for order, device, due, paid, product, paidAt, place, state, sku, slot.");

    private readonly Option<RecordedEncoding> _encoding = new("--encoding")
    {
        Description = "Encoding of the files; found out by default.", HelpName = "detect|utf8|gb18030",
    };

    private readonly Option<string[]> _aid = new("--aid-category")
    {
        Description = "Products of this category are aid products; may be repeated.", HelpName = "C",
    };

    private readonly Option<string?> _county =
        CommandOptions.Text("--county", "CODE", "The cabinets' county; the data set's first by default.");

    private readonly Option<string?> _data =
        CommandOptions.Text("--data", "DIR", "Keep ledger and journals in this folder.");

    private readonly Option<ulong> _seed = CommandOptions.Seed();

    /// <summary>The file that takes the result.</summary>
    public Option<string?> Json { get; } = CommandOptions.Json();

    /// <summary>Adds the options to the command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_file);
        _seed.Description = "Taken for the sake of scripts; a replay leaves nothing to chance.";
        foreach (var option in new Option[] { _products, _columns, _encoding, _aid, _county, _data, _seed, Json })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads the options; gives them, or what is wrong.</summary>
    public (ReplayOptions? Options, string? Problem) Read(ParseResult parsed)
    {
        var (sales, products) = (parsed.GetValue(_file)!, parsed.GetValue(_products));
        if (new[] { sales, products }.FirstOrDefault(path => path is not null && !File.Exists(path)) is { } missing)
        {
            return (null, $"{missing}: there is no such file.");
        }

        var map = new ColumnMap();
        if (parsed.GetValue(_columns) is { } text && !ColumnMap.TryParse(text, out map, out var problem))
        {
            return (null, $"--columns: {problem}");
        }

        CountyCode county = default;
        if (parsed.GetValue(_county) is { } named && !CountyCode.TryParse(named, out county))
        {
            return (null, $"--county is {named}; it takes the six digits of GB/T 2260.");
        }

        var aid = (parsed.GetValue(_aid) ?? []).ToHashSet(StringComparer.Ordinal);
        return aid.Count > 0 && products is null
            ? (null, "--aid-category needs --products.")
            : (new ReplayOptions
            {
                SalesFile = sales,
                ProductsFile = products,
                Columns = map,
                Encoding = parsed.GetValue(_encoding),
                AidCategories = aid,
                County = county == default ? null : county,
                DataFolder = parsed.GetValue(_data),
            }, null);
    }
}
