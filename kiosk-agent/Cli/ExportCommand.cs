using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KioskFleet.Agent.Hosting;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Settings;

namespace KioskFleet.Agent.Cli;

/// <summary>
/// <c>export</c>: all entries of all journals as JSON lines. The file appears whole or not at all. Reads only, so it
/// may run beside a running agent.
/// </summary>
internal static class ExportCommand
{
    private const int ProgressEvery = 1_000;
    private const int BarWidth = 30;

    private static readonly JsonWriterOptions Writing =
        new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the file.</summary>
    public static async Task<int> ExecuteAsync(
        AgentSettings settings, string path, CliContext cli, CancellationToken cancel)
    {
        var options = AgentHost.JournalOptionsOf(settings);
        var files = OfflineJournals.Files(options);
        if (files.Count == 0)
        {
            cli.Say("NoJournal", settings.DataDirectory);
            return ExitCode.Failed;
        }

        var temporary = path + ".new";
        var written = 0L;
        await using (var output = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            foreach (var (id, file) in files)
            {
                using var reader = new JournalReader(JournalConnection.Read(file, options));
                var anchor = (reader.Mark() ?? JournalMark.Empty(id)).Anchor.Seq;
                var tail = reader.LastRow()?.Entry.Seq ?? anchor;
                foreach (var row in reader.RowsAfter(0))
                {
                    cancel.ThrowIfCancellationRequested();
                    await using (var json = new Utf8JsonWriter(output, Writing))
                    {
                        EntryLine.Write(json, id, row.Entry);
                    }

                    output.WriteByte((byte)'\n');
                    if (++written % ProgressEvery == 0 || row.Entry.Seq == tail)
                    {
                        Progress(cli, id.ToString(), row.Entry.Seq - anchor, Math.Max(1, tail - anchor));
                    }
                }
            }

            await output.FlushAsync(cancel);
        }

        File.Move(temporary, path, overwrite: true);
        cli.Error.WriteLine();
        cli.Output.WriteLine(cli.Text("Exported", written, files.Count, path));
        return ExitCode.Done;
    }

    private static void Progress(CliContext cli, string journal, ulong done, ulong all)
    {
        var share = Math.Min(1.0, (double)done / all);
        var full = (int)(share * BarWidth);
        cli.Error.Write(
            $"\r{journal[..8]} [{new string('#', full)}{new string('.', BarWidth - full)}] {share:P0} {done}");
    }
}
