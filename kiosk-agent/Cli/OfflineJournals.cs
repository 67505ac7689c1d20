using System.Text.Json;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.LocalApi;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Cli;

/// <summary>Reads journal files without opening them for work: nothing is repaired or begun by looking.</summary>
internal static class OfflineJournals
{
    /// <summary>All journals of the folder, predecessors first; set-aside files too.</summary>
    public static IReadOnlyList<(JournalId Id, string Path)> Files(JournalOptions options)
    {
        if (!Directory.Exists(options.JournalsDirectory))
        {
            return [];
        }

        var current = Pointer(options)?.Current;
        return [.. Directory.GetFiles(options.JournalsDirectory, "*.db")
            .Select(path => (Known: JournalId.TryParse(Path.GetFileNameWithoutExtension(path), out var id), id, path))
            .Where(file => file.Known)
            .OrderBy(file => file.id == current)
            .ThenBy(file => file.path, StringComparer.Ordinal)
            .Select(file => (file.id, file.path))];
    }

    /// <summary>Where the files stand; null when there is no journal.</summary>
    public static StatusAnswer? Status(JournalOptions options, string? cabinet)
    {
        var files = Files(options);
        if (files.Count == 0 || Pointer(options) is not { } pointer || files[^1].Id != pointer.Current)
        {
            return null;
        }

        var (id, path) = files[^1];
        using var reader = new JournalReader(JournalConnection.Read(path, options));
        var mark = reader.Mark() ?? JournalMark.Empty(id);
        var last = reader.LastRow();
        var tail = last?.Head ?? mark.Anchor;
        var sums = last?.Sums ?? mark.AnchorSums;
        var oldest = tail.Seq > mark.Committed.Seq ? reader.RowsAfter(mark.Committed.Seq, 1).FirstOrDefault() : default;
        var oldestMs = oldest.Entry.Bytes.Length > 0
            && EntryHeader.TryRead(oldest.Entry.Bytes.Span, out var header, out _)
            ? header.Time.WallUtcMs
            : 0;
        return new StatusAnswer(cabinet, StatusGatherer.Version, Running: false, id.ToString(),
            StatusGatherer.Of(tail), StatusGatherer.Of(mark.Committed), (long)(tail.Seq - mark.Committed.Seq),
            StatusGatherer.Moment(oldestMs), [.. files.SkipLast(1).Select(file => file.Id.ToString())],
            new SumsAnswer(sums.SalesFen, sums.RefundsFen, sums.Sales), null, reader.Vends().Count, false,
            Gate(options, reader.Config()));
    }

    /// <summary>The kept config; the headroom needs the running agent.</summary>
    private static GateAnswer Gate(JournalOptions options, KeptConfig? kept)
    {
        var applied = ConfigDesk.Find(Path.Combine(options.DataDirectory, ConfigDesk.FileName), kept, out var lost);
        var mode = applied?.Config.Mode ?? lost?.Mode ?? GateMode.Observe;
        return GateAnswer.Of(null, "") with
        {
            Mode = JsonNamingPolicy.CamelCase.ConvertName(mode.ToString()),
            AppliedConfig = applied?.Version,
            ConfigLost = lost is null ? null : true,
            RestrictFromUtc = StatusGatherer.Moment(applied?.Config.RestrictFromUtcMs ?? 0),
        };
    }

    private static JournalPointer? Pointer(JournalOptions options)
    {
        var path = JournalPointer.PathIn(options.JournalsDirectory);
        return File.Exists(path) ? JournalPointer.Parse(File.ReadAllBytes(path)) : null;
    }
}
