using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>An entry that a successor carries over.</summary>
/// <param name="Entry">The entry as the predecessor held it.</param>
/// <param name="Salvaged">True behind a corruption: readable, but the predecessor's chain does not prove it.</param>
internal readonly record struct CarriedEntry(StoredEntry Entry, bool Salvaged);

/// <summary>
/// Everything of a journal that ended which its successor takes over, as far as it can be read: entries behind the
/// last common head, clock observations, vend rows, the gate's config. Reads through SQLite while that works, then the
/// pages themselves.
/// </summary>
internal sealed class Predecessor
{
    private Predecessor(IReadOnlyList<CarriedEntry> entries)
    {
        Entries = entries;
    }

    /// <summary>The entries to carry, in order.</summary>
    public IReadOnlyList<CarriedEntry> Entries { get; }

    /// <summary>The clock observations, in the order of their boots.</summary>
    public IReadOnlyList<ClockObservation> Observations { get; private set; } = [];

    /// <summary>The vend rows.</summary>
    public IReadOnlyList<VendRow> Vends { get; private set; } = [];

    /// <summary>Ended journals that were carried over into it as a whole.</summary>
    public IReadOnlyList<JournalId> CarriedOver { get; private set; } = [];

    /// <summary>The copy of the gate's config; none when there is none to be read.</summary>
    public IReadOnlyList<KeptConfig> Config { get; private set; } = [];

    /// <summary>A journal of which nothing is left.</summary>
    public static Predecessor Gone { get; } = new([]);

    /// <summary>Reads what is left of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lastCommon">Entries behind this head are carried.</param>
    /// <param name="suspect">True when the file is damaged: then its pages are kept at hand.</param>
    /// <param name="options">How to open it.</param>
    public static Predecessor Read(string path, Head lastCommon, bool suspect, JournalOptions options)
    {
        if (!File.Exists(path))
        {
            return Gone;
        }

        // Before SQLite touches the file: closing its last connection moves the log into the file.
        var raw = suspect ? File.ReadAllBytes(path) : [];
        var log = suspect && File.Exists(path + "-wal") ? File.ReadAllBytes(path + "-wal") : [];
        var entries = new SortedDictionary<ulong, StoredEntry>();
        var whole = false;
        IReadOnlyList<ClockObservation> observations = [];
        IReadOnlyList<VendRow> vends = [];
        IReadOnlyList<JournalId> carriedOver = [];
        IReadOnlyList<KeptConfig> config = [];
        var start = lastCommon;
        try
        {
            using var reader = new JournalReader(JournalConnection.Read(path, options));
            observations = Readable(reader.Observations);
            vends = Readable(reader.Vends);
            carriedOver = Readable(reader.CarriedOver);
            config = Readable<KeptConfig>(() => reader.Config() is { } kept ? [kept] : []);
            start = StartOf(reader, lastCommon);
            whole = ReadRows(reader, lastCommon.Seq, entries);
        }
        catch (SqliteException error) when (JournalConnection.IsDamage(error))
        {
            // Not a database any more: the pages below still hold what they hold.
            whole = false;
        }

        if (!whole && suspect)
        {
            AddRaw(RawPages.Entries(raw, log), lastCommon, entries);
        }

        return new Predecessor(Prove(start, entries.Values))
        {
            Observations = observations,
            Vends = vends,
            CarriedOver = carriedOver,
            Config = config,
        };
    }

    /// <summary>
    /// Marks everything from the first break on as salvaged. An entry that cannot even be taken apart is not among
    /// them.
    /// </summary>
    internal static IReadOnlyList<CarriedEntry> Prove(Head lastCommon, IEnumerable<StoredEntry> entries)
    {
        var chain = new HashChain();
        var proven = lastCommon;
        var broken = false;
        var carried = new List<CarriedEntry>();
        foreach (var entry in entries)
        {
            broken |= entry.Seq != proven.Seq + 1 || chain.Next(proven.Hash, entry.Bytes.Span) != entry.Hash;
            proven = new Head(entry.Seq, entry.Hash);
            if (EntryHeader.TryRead(entry.Bytes.Span, out _, out _))
            {
                carried.Add(new CarriedEntry(entry, broken));
            }
        }

        return carried;
    }

    /// <summary>Where the retained chain begins: retention may have gone past the last common head.</summary>
    private static Head StartOf(JournalReader reader, Head lastCommon)
    {
        try
        {
            return reader.Mark() is { } mark && mark.Anchor.Seq > lastCommon.Seq ? mark.Anchor : lastCommon;
        }
        catch (Exception error) when (error is SqliteException or JournalDamagedException)
        {
            return lastCommon;
        }
    }

    private static bool ReadRows(JournalReader reader, ulong after, SortedDictionary<ulong, StoredEntry> entries)
    {
        try
        {
            foreach (var row in reader.RowsAfter(after))
            {
                entries[row.Entry.Seq] = row.Entry;
            }

            // Rows that are missing in the middle may still be found on their pages.
            return entries.Count == 0 || entries.Last().Key - after == (ulong)entries.Count;
        }
        catch (SqliteException error) when (JournalConnection.IsDamage(error))
        {
            return false;
        }
        catch (JournalDamagedException)
        {
            return false;
        }
    }

    /// <summary>
    /// Fills the holes; of several candidates the one that the chain proves, else the first that is an entry.
    /// </summary>
    private static void AddRaw(
        IReadOnlyList<StoredEntry> found, Head lastCommon, SortedDictionary<ulong, StoredEntry> entries)
    {
        var chain = new HashChain();
        foreach (var same in found.Where(e => e.Seq > lastCommon.Seq).GroupBy(e => e.Seq).OrderBy(g => g.Key))
        {
            if (entries.ContainsKey(same.Key))
            {
                continue;
            }

            var before = same.Key == lastCommon.Seq + 1 ? lastCommon.Hash
                : entries.TryGetValue(same.Key - 1, out var previous) ? previous.Hash
                : default;
            var candidates = same.Where(e => EntryHeader.TryRead(e.Bytes.Span, out _, out _)).ToList();
            if (candidates.Count > 0)
            {
                var proven = candidates.FindIndex(e => chain.Next(before, e.Bytes.Span) == e.Hash);
                entries[same.Key] = candidates[Math.Max(proven, 0)];
            }
        }
    }

    private static IReadOnlyList<T> Readable<T>(Func<IReadOnlyList<T>> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException error) when (JournalConnection.IsDamage(error))
        {
            return [];
        }
        catch (JournalDamagedException)
        {
            return [];
        }
    }
}
