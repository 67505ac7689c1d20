using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using KioskFleet.Agent.Settings;

namespace KioskFleet.Agent.Cli;

/// <summary>The command line: what there is, and how to ask for it.</summary>
internal static class AgentCommands
{
    /// <summary>Runs a command line of this process.</summary>
    public static Task<int> RunAsync(string[] args) => RunAsync(args, CliContext.OfProcess());

    /// <summary>Runs a command line against a terminal.</summary>
    public static async Task<int> RunAsync(string[] args, CliContext cli)
    {
        var parsed = Build(cli).Parse(args);
        var invocation = new InvocationConfiguration
        {
            Output = cli.Output,
            Error = cli.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync(invocation);
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (SettingsException exception)
        {
            return cli.Refuse(exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            cli.Say("CannotDo", exception.Message);
            return ExitCode.Failed;
        }
    }

    private static RootCommand Build(CliContext cli)
    {
        var config = new Option<string?>("--config") { Description = cli.Text("OptionConfig"), Recursive = true };
        var root = new RootCommand(cli.Text("Root")) { config };
        root.Subcommands.Add(Run(cli, config));
        root.Subcommands.Add(Enrol(cli, config));
        root.Subcommands.Add(Status(cli, config));
        root.Subcommands.Add(Sell(cli, config));
        root.Subcommands.Add(Verify(cli, config));
        root.Subcommands.Add(Export(cli, config));
        root.Subcommands.Add(Decode(cli));
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpWithExamples((HelpAction)option.Action!, cli);
        }

        return root;
    }

    private static Command Run(CliContext cli, Option<string?> config)
    {
        var command = new Command("run", cli.Text("Run"));
        command.SetAction((parsed, cancel) =>
            RunCommand.ExecuteAsync(SettingsFile.Load(parsed.GetValue(config)), cli, cancel));
        return command;
    }

    private static Command Enrol(CliContext cli, Option<string?> config)
    {
        var token = new Option<string?>("--token-file") { Description = cli.Text("OptionTokenFile") };
        var cabinet = new Option<string?>("--cabinet") { Description = cli.Text("OptionCabinet") };
        var command = new Command("enrol", cli.Text("Enrol")) { token, cabinet };
        command.SetAction((parsed, cancel) => EnrolCommand.ExecuteAsync(
            SettingsFile.Load(parsed.GetValue(config)), parsed.GetValue(token), parsed.GetValue(cabinet), cli, cancel));
        return command;
    }

    private static Command Status(CliContext cli, Option<string?> config)
    {
        var json = new Option<bool>("--json") { Description = cli.Text("OptionJson") };
        var command = new Command("status", cli.Text("Status")) { json };
        command.SetAction((parsed, cancel) => StatusCommand.ExecuteAsync(
            SettingsFile.Load(parsed.GetValue(config)), parsed.GetValue(json), cli, cancel));
        return command;
    }

    private static Command Sell(CliContext cli, Option<string?> config)
    {
        var sku = new Option<string>("--sku") { Description = cli.Text("OptionSku"), Required = true };
        var paid = new Option<string>("--paid") { Description = cli.Text("OptionPaid"), Required = true };
        var slot = new Option<string?>("--slot") { Description = cli.Text("OptionSlot") };
        var name = new Option<string?>("--name") { Description = cli.Text("OptionName") };
        var quantity = new Option<int>("--quantity") { Description = cli.Text("OptionQuantity"),
            DefaultValueFactory = _ => 1 };
        var method = new Option<string?>("--method") { Description = cli.Text("OptionMethod") };
        var order = new Option<string?>("--order") { Description = cli.Text("OptionOrder") };
        var id = new Option<string?>("--id") { Description = cli.Text("OptionId") };
        var command = new Command("sell", cli.Text("Sell")) { sku, paid, slot, name, quantity, method, order, id };
        command.SetAction((parsed, cancel) => SellCommand.ExecuteAsync(
            SettingsFile.Load(parsed.GetValue(config)),
            new HandSale(parsed.GetValue(sku)!, parsed.GetValue(paid)!, parsed.GetValue(slot) ?? "",
                parsed.GetValue(name) ?? "", parsed.GetValue(quantity), parsed.GetValue(method) ?? "cash",
                parsed.GetValue(order) ?? "", parsed.GetValue(id)),
            cli, cancel));
        return command;
    }

    private static Command Verify(CliContext cli, Option<string?> config)
    {
        var command = new Command("verify", cli.Text("Verify"));
        command.SetAction(parsed => VerifyCommand.Execute(SettingsFile.Load(parsed.GetValue(config)), cli));
        return command;
    }

    private static Command Export(CliContext cli, Option<string?> config)
    {
        var file = new Argument<string>("file") { Description = cli.Text("ArgumentExportFile") };
        var command = new Command("export", cli.Text("Export")) { file };
        command.SetAction((parsed, cancel) => ExportCommand.ExecuteAsync(
            SettingsFile.Load(parsed.GetValue(config)), parsed.GetValue(file)!, cli, cancel));
        return command;
    }

    private static Command Decode(CliContext cli)
    {
        var file = new Argument<string>("file")
        {
            Description = cli.Text("ArgumentDecodeFile"),
            DefaultValueFactory = _ => "-",
        };
        var command = new Command("decode", cli.Text("Decode")) { file };
        command.SetAction((parsed, cancel) => DecodeCommand.ExecuteAsync(parsed.GetValue(file)!, cli, cancel));
        return command;
    }

    /// <summary>The usual help, then examples of the command asked about.</summary>
    private sealed class HelpWithExamples(HelpAction usual, CliContext cli) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var result = usual.Invoke(parseResult);
            var command = parseResult.CommandResult.Command;
            var key = command is RootCommand ? "run" : command.Name;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine(cli.Text("Examples"));
            output.WriteLine(cli.Text("Examples_" + key));
            return result;
        }
    }
}
