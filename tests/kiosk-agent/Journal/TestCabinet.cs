using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Tests.Clock;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Agent.Tests.Journal;

/// <summary>A cabinet's journals on real files, restarted at will.</summary>
internal sealed class TestCabinet : IDisposable
{
    private readonly TemporaryFolder _folder = new("journal");

    public TestCabinet()
    {
        Options = new JournalOptions
        {
            DataDirectory = _folder.Folder("data"),
            MinFreeBytes = 1 << 20,
            ReservedApprovals = 4,
        };
        Store = Open();
    }

    public SteppedClock Clock { get; } = new();

    public JournalOptions Options { get; set; }

    public JournalStore Store { get; private set; }

    public JournalFile Journal => Store.Current;

    public CabinetPlan? Plan { get; set; }

    public VendingOptions Vending { get; set; } = new();

    public Func<long> FreeBytes { get; set; } = () => long.MaxValue / 2;

    public string CurrentPath => Journal.Path;

    public string Folder(string name) => _folder.File(name);

    public JournalStore Open() => JournalStore.Open(Options, Clock, NullLogger<JournalStore>.Instance);

    public JournalStore Restart()
    {
        Store.Dispose();
        return Store = Open();
    }

    /// <summary>Stops, changes the files, starts.</summary>
    public JournalStore RestartAfter(Action change)
    {
        Store.Dispose();
        change();
        return Store = Open();
    }

    public ConfigDesk Configs() => new(Store, Options.DataDirectory, NullLogger<ConfigDesk>.Instance);

    public ShareBook Share(ConfigDesk? configs = null) =>
        new(Store, Clock, configs ?? Configs(), NullLogger<ShareBook>.Instance);

    public VendFlow Flow(ConfigDesk? configs = null) => new(
        Store, Share(configs), Plan, Vending, new SpaceGuard(Options, FreeBytes), NullLogger<VendFlow>.Instance);

    public static SaleBody Sale(string id, long fen = 500) => new(SaleSource.Vend, SaleMarks.None, id,
        new Payment(PaymentMethod.WeChat, "m" + id, "t" + id), [new SaleLine("A1", "SKU-1", "绿茶", 1, fen, fen)]);

    public void Sell(int count, string prefix = "v")
    {
        for (var i = 0; i < count; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            Journal.Append(Sale($"{prefix}{i}"));
        }
    }

    public void Commit(ulong seq) => Journal.MoveCommitted(Journal.HeadAt(seq)!.Value);

    public void Observe() => Journal.RecordObservation(
        new ClockObservation(Clock.Boot, Clock.MonotonicMs, Clock.WallUtcMs));

    public static (EntryHeader Header, EntryBody? Body) Decode(StoredEntry entry)
    {
        EntryCodec.TryDecode(entry.Bytes.Span, out var header, out var body, out _);
        return (header, body);
    }

    public static IReadOnlyList<StoredEntry> All(JournalFile journal) =>
        journal.Read(journal.Facts.OldestRetainedSeq - 1, int.MaxValue, int.MaxValue);

    /// <summary>The vend ids of the sales of a journal, in order.</summary>
    public static IReadOnlyList<string> SaleIds(JournalFile journal) =>
        [.. All(journal).Select(e => Decode(e).Body).OfType<SaleBody>().Select(s => s.VendId)];

    /// <summary>Changes a row with SQL behind the journal's back; the store must be closed.</summary>
    public static void Sql(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>
    /// Flips one bit wherever the text stands in a file: pages that were split leave old copies of rows.
    /// </summary>
    public static void FlipAt(string path, string text)
    {
        var bytes = File.ReadAllBytes(path);
        var wanted = System.Text.Encoding.UTF8.GetBytes(text);
        var flipped = 0;
        for (var at = bytes.AsSpan().IndexOf(wanted); at >= 0; at = bytes.AsSpan().IndexOf(wanted))
        {
            bytes[at] ^= 1;
            flipped++;
        }

        Assert.True(flipped > 0, $"'{text}' is not in {path}");
        File.WriteAllBytes(path, bytes);
    }

    public static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(f => Path.GetFileName(f) != "lock"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }
}
