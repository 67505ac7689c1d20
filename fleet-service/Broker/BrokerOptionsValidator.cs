using System.Net;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Broker;

/// <summary>Reports every wrong broker setting at once, naming the setting, what it got and what it takes.</summary>
internal sealed class BrokerOptionsValidator : IValidateOptions<BrokerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BrokerOptions options)
    {
        var findings = new List<string>();
        if (!Enum.IsDefined(options.Mode))
        {
            findings.Add($"Broker:Mode: got {options.Mode}; takes Embedded or External.");
        }

        Text(findings, "PublicHost", options.PublicHost, "a host name or address");
        Range(findings, "PublicPort", options.PublicPort, 0, 65_535);
        var embedded = options.Embedded;
        if (!IPAddress.TryParse(embedded.BindAddress, out _))
        {
            findings.Add($"Broker:Embedded:BindAddress: got '{embedded.BindAddress}'; takes an IP address.");
        }

        Range(findings, "Embedded:Port", embedded.Port, 0, 65_535);
        Range(findings, "Embedded:MaxConnections", embedded.MaxConnections, 1, 100_000);
        Range(findings, "Embedded:MessagesPerSecond", embedded.MessagesPerSecond, 1, 10_000);
        Range(findings, "Embedded:MessageBurst", embedded.MessageBurst, 1, 100_000);
        Range(findings, "Embedded:ConnectTimeoutSeconds", embedded.ConnectTimeoutSeconds, 1, 300);
        Range(findings, "Embedded:RefusalDelayMilliseconds", embedded.RefusalDelayMilliseconds, 0, 60_000);
        CheckExternal(findings, options.External);
        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }

    private static void CheckExternal(List<string> findings, ExternalBrokerOptions external)
    {
        Text(findings, "External:Host", external.Host, "a host name or address");
        Range(findings, "External:Port", external.Port, 1, 65_535);
        if (!Enum.IsDefined(external.Accounts))
        {
            findings.Add($"Broker:External:Accounts: got {external.Accounts}; takes Untold, DynamicSecurity or Files.");
        }

        if (external.Accounts == ExternalAccounts.Files)
        {
            BrokerFilesOptions.Check(findings, external);
        }

        if (external.PasswordFile.Length > 0 && !File.Exists(external.PasswordFile))
        {
            findings.Add($"Broker:External:PasswordFile: got '{external.PasswordFile}', which does not exist; "
                + "takes the path of a file that holds the password.");
        }

        if (external.ShareGroup.Length is > 0 and < 16 || external.ShareGroup.AsSpan().IndexOfAny('/', '+', '#') >= 0)
        {
            findings.Add("Broker:External:ShareGroup: takes a secret of 16 characters or more without / + #, or "
                + "nothing: then one is made and kept in the database.");
        }

        Range(findings, "External:ReceiveMaximum", external.ReceiveMaximum, 1, 10_000);
        Range(findings, "External:KeepAliveSeconds", external.KeepAliveSeconds, 5, 3_600);
        Range(findings, "External:MaxReconnectDelaySeconds", external.MaxReconnectDelaySeconds, 1, 600);
        Range(findings, "External:HeardWithinMinutes", external.HeardWithinMinutes, 1, 1_440);
    }

    private static void Text(List<string> findings, string setting, string got, string takes)
    {
        if (string.IsNullOrWhiteSpace(got))
        {
            findings.Add($"{BrokerOptions.Section}:{setting}: got nothing; takes {takes}.");
        }
    }

    private static void Range(List<string> findings, string setting, int got, int least, int most)
    {
        if (got < least || got > most)
        {
            findings.Add($"{BrokerOptions.Section}:{setting}: got {got}; takes {least} to {most}.");
        }
    }
}
