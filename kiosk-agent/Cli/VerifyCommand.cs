using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Settings;

namespace KioskFleet.Agent.Cli;

/// <summary>
/// <c>verify</c>: checks the chain of every journal of this cabinet and names the first bad entry of each.
/// </summary>
internal static class VerifyCommand
{
    /// <summary>Checks; <see cref="ExitCode.Failed"/> when an entry is not what the chain says.</summary>
    public static int Execute(AgentSettings settings, CliContext cli)
    {
        var reports = JournalAudit.VerifyFolder(settings.DataDirectory);
        if (reports.Count == 0)
        {
            cli.Say("NoJournal", settings.DataDirectory);
            return ExitCode.Failed;
        }

        foreach (var report in reports)
        {
            cli.Output.WriteLine(report.FirstBad is { } bad
                ? cli.Text("VerifyBad", report.Journal, bad.Seq, bad.Why)
                : cli.Text("VerifyGood", report.Journal, report.Checked, report.Tail));
        }

        return reports.All(report => report.IsWhole) ? ExitCode.Done : ExitCode.Failed;
    }
}
