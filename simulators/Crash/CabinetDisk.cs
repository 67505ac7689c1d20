using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Simulators.Crash;

/// <summary>What an overwritten page did to a journal.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Page">The page, from 1.</param>
/// <param name="Destroyed">Records whose only bytes lay there.</param>
/// <param name="IsVisible">Whether SQLite's own check finds it: a page that nothing uses does not show.</param>
/// <param name="Unprovable">
/// Committed records behind the damage: the successor does not carry them, for the ledger has them, and the broken
/// chain cannot send them again should the ledger lose them as well.
/// </param>
internal sealed record PageDamage(
    JournalId Journal, int Page, bool IsVisible, IReadOnlyList<RecordKey> Destroyed,
    IReadOnlyList<RecordKey> Unprovable);

/// <summary>
/// The data folder of one cabinet while its agent is stopped: images of it, and damage to it. Looks at journals only in
/// copies, so that looking recovers nothing.
/// </summary>
internal sealed class CabinetDisk(string cabinet, string folder, string scratchFolder)
{
    private const int PageBytes = 4096;
    private const int LogHeaderBytes = 32;
    private const int FrameHeaderBytes = 24;

    /// <summary>Files of a data folder that no image holds: a lock, and blocks that only keep room.</summary>
    private static readonly string[] LeftOut = ["lock", "reserve.bin"];

    private int _copies;

    /// <summary>The data folder.</summary>
    public string Folder => folder;

    /// <summary>Which journal is current, and which ended; null before the first.</summary>
    public JournalPointer? Pointer()
    {
        var path = JournalPointer.PathIn(Path.Combine(folder, "journals"));
        return File.Exists(path) ? JournalPointer.Parse(File.ReadAllBytes(path)) : null;
    }

    /// <summary>The tail of the current journal.</summary>
    public Head Tail() => Reading(CurrentFile(), reader => reader.LastRow()?.Head ?? reader.Mark()?.Anchor) ?? default;

    /// <summary>Copies the disk.</summary>
    public void CopyTo(string target) => Copy(folder, target);

    /// <summary>Makes the disk what an image holds.</summary>
    public void ReplaceBy(string image)
    {
        Directory.Delete(folder, recursive: true);
        Copy(image, folder);
    }

    /// <summary>
    /// Overwrites one page of the current journal's file, chosen by chance, most often one that holds entries. Null
    /// when the file has no page yet that no log overrides.
    /// </summary>
    public PageDamage? Overwrite(Chance chance)
    {
        var path = CurrentFile();
        var journal = Pointer()!.Current;
        var file = File.ReadAllBytes(path);
        var log = File.Exists(path + "-wal") ? File.ReadAllBytes(path + "-wal") : [];
        var rows = Reading(path, reader => reader.RowsAfter(0).Select(row => row.Entry).ToList()) ?? [];
        var committed = Reading(path, reader => reader.Mark()?.Committed.Seq);
        var logged = LoggedPages(log);
        var free = Enumerable.Range(1, file.Length / PageBytes).Where(page => !logged.Contains(page)).ToList();
        var leaves = free.Where(page => rows.Exists(row => Holds(Page(file, page), row))).ToList();
        if (free.Count == 0 || rows.Count == 0)
        {
            return null;
        }

        var newest = leaves.Count > 0 && chance.Hits(5_000) ? leaves[^1] : 0;
        var target = newest > 0 ? newest
            : leaves.Count > 0 && chance.Hits(8_000) ? chance.Pick(leaves)
            : chance.Pick(free);
        var hit = rows.Where(row => Holds(Page(file, target), row)).ToList();
        for (var i = 0; i < PageBytes; i++)
        {
            file[(target - 1) * PageBytes + i] = (byte)chance.NextBits();
        }

        using (var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
        {
            RandomAccess.Write(handle, Page(file, target), (target - 1L) * PageBytes);
        }

        var gone = hit.Where(row => !Holds(file, row) && !Holds(log, row)).ToList();
        var first = leaves.Contains(target) && hit.Count > 0 ? hit.Min(row => row.Seq) : 0;
        var behind = rows.Where(row => row.Seq >= first && row.Seq <= committed);
        return new PageDamage(journal, target, !IsSound(path), [.. gone.Select(KeyOf).OfType<RecordKey>()],
            [.. behind.Select(KeyOf).OfType<RecordKey>()]);
    }

    private bool IsSound(string path) => Reading(path, (_, connection) =>
        JournalConnection.QuickCheck(connection) is null ? "sound" : null) is not null;

    private static ReadOnlySpan<byte> Page(byte[] file, int page) => file.AsSpan((page - 1) * PageBytes, PageBytes);

    /// <summary>Whether an entry's row lies somewhere in the bytes: its hash is found nowhere else.</summary>
    private static bool Holds(ReadOnlySpan<byte> bytes, in StoredEntry row)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        row.Hash.Write(hash);
        return bytes.IndexOf(hash) >= 0;
    }

    private static HashSet<int> LoggedPages(byte[] log)
    {
        var pages = new HashSet<int>();
        for (var at = LogHeaderBytes; at + FrameHeaderBytes + PageBytes <= log.Length;
            at += FrameHeaderBytes + PageBytes)
        {
            pages.Add(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(log.AsSpan(at)));
        }

        return pages;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (!LeftOut.Contains(Path.GetFileName(path)))
            {
                var copy = Path.Combine(to, Path.GetRelativePath(from, path));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(path, copy);
            }
        }
    }

    private string CurrentFile()
    {
        var pointer = Pointer() ?? throw new InvalidOperationException($"{cabinet} has no journal yet.");
        return Path.Combine(folder, "journals", $"{pointer.Current}.db");
    }

    private RecordKey? KeyOf(StoredEntry row) => EntryCodec.TryDecode(row.Bytes.Span, out _, out var body, out _)
        ? body switch
        {
            SaleBody sale => new RecordKey(RecordKind.Sale, cabinet, sale.VendId),
            RefundBody refund => new RecordKey(RecordKind.Refund, cabinet, refund.RefundNumber),
            NonSaleBody nonSale => new RecordKey(RecordKind.NonSale, cabinet, nonSale.VendId),
            _ => null,
        }
        : null;

    /// <summary>Reads a copy of a journal's file.</summary>
    private T? Reading<T>(string path, Func<JournalReader, T?> read) => Reading(path, (reader, _) => read(reader));

    private T? Reading<T>(string path, Func<JournalReader, SqliteConnection, T?> read)
    {
        var copy = Path.Combine(Directory.CreateDirectory(
            Path.Combine(scratchFolder, $"{cabinet}-{++_copies}")).FullName, Path.GetFileName(path));
        foreach (var suffix in (string[])["", "-wal"])
        {
            if (File.Exists(path + suffix))
            {
                File.Copy(path + suffix, copy + suffix);
            }
        }

        try
        {
            var connection = JournalConnection.Read(copy, new JournalOptions { DataDirectory = folder });
            using var reader = new JournalReader(connection);
            return read(reader, connection);
        }
        catch (Exception error) when (error is SqliteException or JournalDamagedException)
        {
            // Damaged before: nothing more can be said of it.
            return default;
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
        }
    }
}
