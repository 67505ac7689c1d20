using System.Text.Json;
using KioskFleet.Agent.Enrolment;
using KioskFleet.Agent.Hosting;
using KioskFleet.Agent.LocalApi;
using KioskFleet.Agent.Settings;
using KioskFleet.Protocol.Amounts;

namespace KioskFleet.Agent.Cli;

/// <summary><c>status</c>: from the running agent; when none runs, from its files, which are only read.</summary>
internal static class StatusCommand
{
    /// <summary>Prints where the agent stands.</summary>
    public static async Task<int> ExecuteAsync(
        AgentSettings settings, bool asJson, CliContext cli, CancellationToken cancel)
    {
        var status = await AskAsync(settings, cancel) ?? OfFiles(settings);
        if (status is null)
        {
            cli.Say("NoJournal", settings.DataDirectory);
            return ExitCode.Failed;
        }

        if (asJson)
        {
            cli.Output.WriteLine(JsonSerializer.Serialize(status, ApiJson.Readable.StatusAnswer));
            return ExitCode.Done;
        }

        Print(status, cli);
        return ExitCode.Done;
    }

    private static async Task<StatusAnswer?> AskAsync(AgentSettings settings, CancellationToken cancel)
    {
        using var response = await AgentApiClient.TryCallAsync(settings,
            client => client.GetAsync("/v1/status", cancel));
        return response is { IsSuccessStatusCode: true }
            ? await response.Content.ReadFromJsonAsync(ApiJson.Readable.StatusAnswer, cancel)
            : null;
    }

    private static StatusAnswer? OfFiles(AgentSettings settings)
    {
        var record = new IdentityFolder(settings.IdentityDirectory).ReadRecord();
        return OfflineJournals.Status(AgentHost.JournalOptionsOf(settings), record?.CabinetId);
    }

    private static void Print(StatusAnswer status, CliContext cli)
    {
        var none = cli.Text("None");
        Line(cli, "LabelAgent", cli.Text(status.Running ? "AgentRuns" : "AgentStopped", status.Version));
        Line(cli, "LabelCabinet", status.Cabinet ?? cli.Text("NotEnrolled"));
        Line(cli, "LabelJournal", status.Journal);
        Line(cli, "LabelHead", $"{status.Head.Seq}/{status.Head.Hash[..12]}");
        Line(cli, "LabelCommitted", $"{status.Committed.Seq}/{status.Committed.Hash[..12]}");
        Line(cli, "LabelBacklog", $"{status.Backlog}");
        Line(cli, "LabelOldest", status.OldestUnsentUtc?.ToString("u") ?? none);
        Line(cli, "LabelPredecessors", status.Predecessors.Count == 0 ? none : string.Join(' ', status.Predecessors));
        Line(cli, "LabelSales", cli.Text("SalesValue", status.Sums.Sales, new Money(status.Sums.SalesFen),
            new Money(status.Sums.RefundsFen)));
        Line(cli, "LabelGate", cli.Text("Gate_" + status.Gate.Mode));
        Line(cli, "LabelHeadroom", status.Gate.HeadroomFen is { } headroom ? $"{new Money(headroom)}" : none);
        Line(cli, "LabelConfig", cli.Text(
            "ConfigValue", status.Gate.AppliedConfig ?? none, status.Gate.WantedConfig ?? none));
        if (status.Gate.ConfigLost == true)
        {
            Line(cli, "LabelRule", cli.Text("RuleLost"));
        }

        if (status.Gate.Counting is { } counting and not "exact")
        {
            Line(cli, "LabelCounting", cli.Text("Counting_" + counting));
        }

        if (status.Link is { } link)
        {
            Print(link, cli);
        }

        if (status.Telemetry is { } telemetry)
        {
            Print(telemetry, cli);
        }
    }

    private static void Print(LinkAnswer link, CliContext cli)
    {
        var none = cli.Text("None");
        Line(cli, "LabelLink", cli.Text("Link_" + link.State));
        if (link.NobodyListens)
        {
            Line(cli, "LabelLink", cli.Text("NobodyListens"));
        }

        Line(cli, "LabelLastReceipt", link.LastReceiptUtc?.ToString("u") ?? none);
        Line(cli, "LabelOffset", link.ClockOffsetMs is { } offset ? $"{offset} ms" : none);
        Line(cli, "LabelRefusal", link.LastRefusal ?? none);
        Line(cli, "LabelError", link.LastError ?? none);
    }

    /// <summary>Prints the telemetry lane.</summary>
    internal static void Print(TelemetryAnswer telemetry, CliContext cli)
    {
        Line(cli, "LabelTelemetry", cli.Text("TelemetryValue", telemetry.LastSentUtc?.ToString("u") ?? cli.Text("None"),
            telemetry.Waiting, telemetry.Dropped));
        if (telemetry.DiskGivenUp)
        {
            Line(cli, "LabelTelemetry", cli.Text("TelemetryShed"));
        }

        foreach (var source in telemetry.Sources)
        {
            Line(cli, "LabelSource", $"{source.Name} {source.LastUtc?.ToString("u")} {source.LastError}".TrimEnd());
        }

        foreach (var reading in telemetry.Readings)
        {
            var name = $"{cli.Text("Kind_" + reading.Kind)} {reading.Name}".TrimEnd();
            cli.Output.WriteLine($"  {name}: {ValueOf(reading, cli)} ({reading.MeasuredUtc?.ToString("u")})");
        }
    }

    /// <summary>The value with its words in the user's language; numbers and units stay.</summary>
    private static string ValueOf(TelemetryReadingAnswer reading, CliContext cli) => reading.Value switch
    {
        TelemetryReadingAnswer.Closed => cli.Text("Door_closed"),
        TelemetryReadingAnswer.Heard => cli.Text("Clock_heard"),
        var value when value.StartsWith(TelemetryReadingAnswer.Open, StringComparison.Ordinal) =>
            cli.Text("Door_open", value[TelemetryReadingAnswer.Open.Length..]),
        var value => value,
    };

    private static void Line(CliContext cli, string label, string value) =>
        cli.Output.WriteLine($"{cli.Text(label)}: {value}");
}
