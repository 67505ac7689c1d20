using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// Checks journal files without opening them for work: nothing is repaired, set aside or begun by looking.
/// </summary>
internal static class JournalAudit
{
    /// <summary>
    /// Checks every journal file of a folder, set-aside ones too, each from its anchor to its last entry. A file that
    /// cannot be opened at all is reported bad at entry 1.
    /// </summary>
    public static IReadOnlyList<ChainReport> VerifyFolder(string dataDirectory)
    {
        var options = new JournalOptions { DataDirectory = dataDirectory };
        return !Directory.Exists(options.JournalsDirectory)
            ? []
            : [.. Directory.GetFiles(options.JournalsDirectory).Order().Select(path => Verify(path, options))
                .OfType<ChainReport>()];
    }

    private static ChainReport? Verify(string path, JournalOptions options)
    {
        var name = Path.GetFileName(path);
        var isJournal = name.EndsWith(".db", StringComparison.Ordinal)
            || (name.Contains(".corrupt-", StringComparison.Ordinal) && char.IsAsciiDigit(name[^1]));
        if (!isJournal || !JournalId.TryParse(name.Split('.')[0], out var id))
        {
            return null;
        }

        try
        {
            using var reader = new JournalReader(JournalConnection.Read(path, options));
            var mark = reader.Mark() ?? JournalMark.Empty(id);
            var report = ChainCheck.Run(id, mark.Anchor, mark.AnchorSums, reader.RowsAfter(mark.Anchor.Seq), null);
            return report.IsWhole && report.Tail.Seq < mark.Committed.Seq
                ? report with
                {
                    FirstBad = new BadEntry(report.Tail.Seq + 1, $"Entries up to {mark.Committed.Seq} were committed."),
                }
                : report;
        }
        catch (Exception error) when (error is SqliteException or JournalDamagedException)
        {
            return new ChainReport(id, 1, 0, Head.Genesis(id), new BadEntry(1, error.Message));
        }
    }
}
