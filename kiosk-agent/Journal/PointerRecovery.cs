using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>Finds out from the journal files themselves what a damaged file or pointer said.</summary>
internal static class PointerRecovery
{
    /// <summary>
    /// The pointer that the files of a folder imply: the current journal is the one that no other names as its
    /// predecessor, of several the one written last. Null when no file is a journal.
    /// </summary>
    public static JournalPointer? FromFiles(string directory, JournalOptions options)
    {
        var found = new List<(JournalId Id, SuccessionBody? Succession, long LastWallUtcMs)>();
        foreach (var path in Directory.GetFiles(directory, "*.db"))
        {
            if (JournalId.TryParse(Path.GetFileNameWithoutExtension(path), out var id))
            {
                found.Add((id, SuccessionOf(path, options), LastWall(path, options)));
            }
        }

        var named = found.Where(f => f.Succession is not null).Select(f => f.Succession!.Predecessor).ToHashSet();
        var candidates = found.Where(f => !named.Contains(f.Id)).OrderByDescending(f => f.LastWallUtcMs).ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var ended = new List<EndedJournal>();
        for (var at = candidates[0]; at.Succession is { } succession;)
        {
            var predecessor = succession.Predecessor;
            var file = NameOf(directory, predecessor);
            ended.Insert(0, new EndedJournal(predecessor, file, succession.LastCommon, at.LastWallUtcMs));
            at = found.Find(f => f.Id == predecessor);
        }

        return new JournalPointer(candidates[0].Id, false, null, ended);
    }

    /// <summary>The committed mark of a file, if it can be read and the entry's own row confirms it.</summary>
    public static Head? ConfirmedMark(string path, JournalOptions options) => Try(path, options, reader =>
    {
        var mark = reader.Mark();
        return mark is { } read && (read.Committed == read.Anchor
            || reader.RowAt(read.Committed.Seq)?.Head == read.Committed) ? read.Committed : (Head?)null;
    });

    private static SuccessionBody? SuccessionOf(string path, JournalOptions options) => Try(path, options, reader =>
        reader.RowAt(1) is { } first && EntryCodec.TryDecode(first.Entry.Bytes.Span, out _, out var body, out _)
            ? body as SuccessionBody
            : null);

    private static long LastWall(string path, JournalOptions options) => Try(path, options, reader =>
        reader.LastRow() is { } last && EntryHeader.TryRead(last.Entry.Bytes.Span, out var header, out _)
            ? header.Time.WallUtcMs
            : 0);

    private static string NameOf(string directory, JournalId id) =>
        Directory.GetFiles(directory, $"{id}.corrupt-*").Where(f => !f.EndsWith("-wal", StringComparison.Ordinal)
            && !f.EndsWith("-shm", StringComparison.Ordinal)).Order().FirstOrDefault() is { } aside
            ? Path.GetFileName(aside)
            : $"{id}.db";

    private static T? Try<T>(string path, JournalOptions options, Func<JournalReader, T?> read)
    {
        if (!File.Exists(path))
        {
            return default;
        }

        try
        {
            using var reader = new JournalReader(JournalConnection.Read(path, options));
            return read(reader);
        }
        catch (Exception error) when (error is SqliteException or JournalDamagedException)
        {
            // Damaged: says nothing, which is an answer here.
            return default;
        }
    }
}
