using System.Text;
using KioskFleet.Agent.Enrolment;
using KioskFleet.Agent.Settings;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Cli;

/// <summary>
/// <c>enrol</c>: redeems a token. The token comes from a file, from stdin or from a prompt, never from the command
/// line, where every user of the computer could read it.
/// </summary>
internal static class EnrolCommand
{
    /// <summary>Enrols; a running agent takes up the new identity by itself.</summary>
    public static async Task<int> ExecuteAsync(
        AgentSettings settings, string? tokenFile, string? cabinet, CliContext cli, CancellationToken cancel)
    {
        if (settings.ServiceUrl is not { } service)
        {
            cli.Say("NoService");
            return ExitCode.Usage;
        }

        if (cabinet is not null && !CabinetId.TryParse(cabinet, out _))
        {
            cli.Say("BadCabinet", cabinet, CabinetId.MaxLength);
            return ExitCode.Usage;
        }

        string token;
        try
        {
            token = await ReadTokenAsync(tokenFile, cli, cancel);
        }
        catch (Exception exception) when (tokenFile is not null
            && exception is IOException or UnauthorizedAccessException)
        {
            cli.Say("TokenFileUnreadable", tokenFile!, exception.Message);
            return ExitCode.Failed;
        }

        if (token.Length is 0 or > EnrolmentClient.MaxTokenLength || token.Any(char.IsWhiteSpace))
        {
            cli.Say("BadToken", EnrolmentClient.MaxTokenLength);
            return ExitCode.Usage;
        }

        using var http = EnrolmentClient.HttpFor(service);
        var client = new EnrolmentClient(new IdentityFolder(settings.IdentityDirectory), http);
        var outcome = await client.EnrolAsync(new PendingToken(token, cabinet), cancel);
        switch (outcome)
        {
            case EnrolmentOutcome.Enrolled enrolled:
                cli.Output.WriteLine(cli.Text("EnrolledAs", enrolled.Record.CabinetId));
                return ExitCode.Done;
            case EnrolmentOutcome.Rejected rejected:
                cli.Say("EnrolRejected", rejected.Detail);
                return ExitCode.Failed;
            case EnrolmentOutcome.Unreachable unreachable:
                cli.Say("EnrolUnreachable", unreachable.Detail);
                return ExitCode.Failed;
            default:
                cli.Say("Enrol" + outcome.GetType().Name);
                return ExitCode.Failed;
        }
    }

    private static async Task<string> ReadTokenAsync(string? file, CliContext cli, CancellationToken cancel)
    {
        if (file is not null and not "-")
        {
            return (await File.ReadAllTextAsync(file, cancel)).Trim();
        }

        if (file == "-" || Console.IsInputRedirected)
        {
            return (await Console.In.ReadLineAsync(cancel))?.Trim() ?? "";
        }

        cli.Error.Write(cli.Text("TokenPrompt"));
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else
            {
                typed.Append(key.KeyChar);
            }
        }

        cli.Error.WriteLine();
        return typed.ToString().Trim();
    }
}
