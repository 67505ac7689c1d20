using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Rejudging;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>
/// One real database for many histories, emptied between them: thousands of small histories need not make thousands of
/// files. On a file system in memory where there is one, since what is tested here is not durability.
/// </summary>
internal sealed class HistoryRig : IDisposable
{
    private const string Emptying = """
        DELETE FROM journals; DELETE FROM batches; DELETE FROM entries; DELETE FROM refunds; DELETE FROM corrections;
        DELETE FROM window_totals; DELETE FROM sale_spans; DELETE FROM corrected_refunds; DELETE FROM rejudgings;
        DELETE FROM totals; DELETE FROM quarantine; DELETE FROM carried; DELETE FROM vend_guard;
        DELETE FROM guarded_cabinets; DELETE FROM doubles; DELETE FROM gaps; DELETE FROM hellos; DELETE FROM findings;
        DELETE FROM cabinet_keys; DELETE FROM assignments; DELETE FROM cabinets; DELETE FROM operators;
        DELETE FROM policy_versions; DELETE FROM policy_ends; DELETE FROM policy_ground;
        DELETE FROM catalogue_changes; DELETE FROM catalogue_affected; DELETE FROM catalogue_counting;
        DELETE FROM sku_mappings; DELETE FROM listings; DELETE FROM products; DELETE FROM catalogue_versions;
        DELETE FROM editions; DELETE FROM edition_days; DELETE FROM edition_checks;
        UPDATE edition_marks SET look = 0, position = 0, correction_id = 0;
        """;

    private readonly DirectoryInfo _directory = Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/kiosk-fleet-{Path.GetRandomFileName()}")
        : Directory.CreateTempSubdirectory("kiosk-fleet-");

    private readonly StorageOptions _options;

    public HistoryRig()
    {
        _options = TestEngine.Options(_directory.FullName);
        Database = FleetDatabase.Open(_options, TimeProvider.System, NullLogger<FleetDatabase>.Instance);

        // What the product never does: here the sealed editions of one history make room for the next.
        Run("DROP TRIGGER editions_never_removed");
    }

    public FleetDatabase Database { get; }

    /// <summary>Every data set that is shipped: a history is of one of them.</summary>
    public static IReadOnlyList<PlacesDataSet> All { get; } = [.. ShippedDataSets.All.Select(DataSetFile.Load)];

    /// <summary>Takes everything out that a history brought in; numbers begin anew.</summary>
    public void Empty()
    {
        Run(Emptying);
        if (TestEngine.IsPostgreSql)
        {
            Run("ALTER TABLE editions ALTER COLUMN edition_id RESTART");
        }
    }

    public void Dispose()
    {
        Database.Dispose();
        TestEngine.Drop(_options);
        _directory.Delete(recursive: true);
    }

    private void Run(string sql)
    {
        using var connection = Database.OpenWriter();
        using var transaction = connection.BeginWrite();
        using var command = connection.Command(sql);
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}

/// <summary>A clock that is put where the history is.</summary>
internal sealed class HistoryClock : TimeProvider
{
    public long UtcMs { get; set; }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(UtcMs);
}

/// <summary>The service's rooms over the rig's database for one history, and journals on paper.</summary>
internal sealed class HistoryService : IDisposable
{
    private readonly HistoryRig _rig;
    private readonly Dictionary<string, CabinetOnPaper> _cabinets = [];
    private readonly LedgerWriter _writer;
    private readonly CatalogueVersionStore _versions;

    public HistoryService(HistoryRig rig, PlacesDataSet places, long startUtcMs = JournalOnPaper.StartUtcMs)
    {
        _rig = rig;
        _rig.Empty();
        Places = places;
        Clock.UtcMs = startUtcMs;
        using (var reader = Database.OpenReader())
        {
            Catalogue = new CurrentCatalogue(CatalogueSnapshot.From(CatalogueStore.Read(reader, places)));
        }

        _versions = new CatalogueVersionStore(Database, Catalogue, places, Clock);
        Register = new FleetRegister(new FleetStore(Database));
        Policies = new CurrentPolicies(new PolicyBook([]));
        TakeOverPolicies();
        PolicyDesk = new PolicyDesk(Database, places.Zone, Policies, Clock, NullLogger<PolicyDesk>.Instance);
        Store = new StandingsStore(Database, places.Zone);
        Reader = new StandingsReader(
            new ProvenSales(Store, new NoBills()), new MomentSalesStore(Database, places.Zone), places,
            Policies, Catalogue, Clock);
        Editions = new EditionStore(Database);
        Reports = new StandingsReports(Reader, Store, new HeadsStore(Database), Editions);
        EditionDesk = new EditionDesk(
            Database, Reader, Editions, new EditionLookStore(Database, new NoBills()), new HeadsStore(Database), Clock);
        Query = new StandingsQuery(Store, places, Policies, Clock);
        _writer = new LedgerWriter(Database, Catalogue, places);
    }

    public HistoryClock Clock { get; } = new();

    public FleetDatabase Database => _rig.Database;

    public PlacesDataSet Places { get; }

    public FleetRegister Register { get; }

    public CurrentPolicies Policies { get; }

    public PolicyDesk PolicyDesk { get; }

    public CurrentCatalogue Catalogue { get; }

    public StandingsStore Store { get; }

    public StandingsReader Reader { get; }

    public StandingsReports Reports { get; }

    public EditionStore Editions { get; }

    public EditionDesk EditionDesk { get; }

    public StandingsQuery Query { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Registers a cabinet, or moves it.</summary>
    public void Assign(string cabinet, string operatorId, string county, long fromUtcMs)
    {
        using var connection = Database.OpenWriter();
        var id = CabinetId.Parse(cabinet);
        var assignment = new AssignmentModel(
            0, operatorId, CountyCode.Parse(county), $"site in {county}", "school", fromUtcMs, null);
        if (_cabinets.ContainsKey(cabinet))
        {
            FleetStore.Move(connection, id, assignment);
        }
        else
        {
            _cabinets[cabinet] = new CabinetOnPaper(cabinet);
            FleetStore.Insert(connection, id, assignment, fromUtcMs);
            FleetStore.AddKey(connection, id, _cabinets[cabinet].Signer.PublicKey, fromUtcMs);
        }

        Register.Refresh([id]);
    }

    public JournalOnPaper Journal(string cabinet, int number) => new(_cabinets[cabinet], number);

    /// <summary>Commits pieces of journals in one group, each from one number to another.</summary>
    public Task Commit(IEnumerable<(JournalOnPaper Journal, ulong First, ulong Last)> pieces) => _writer.CommitAsync(
        [.. pieces.Select(p => Batch(p.Journal, p.First, p.Last))], Stop);

    /// <summary>Makes a version of the catalogue, with the spans of sale time that it affects.</summary>
    public Task ChangeCatalogueAsync(IReadOnlyList<CatalogueChange> changes) => _versions.ChangeAsync(
        turn => turn.Commit(changes, new CatalogueOrigin("two persons", "papers")), Stop);

    /// <summary>Judges again what is affected.</summary>
    /// <returns>How many sales changed.</returns>
    public async Task<long> SweepAsync(int salesPerTurn)
    {
        using var sweep = new RejudgingSweep(Database, Catalogue, Clock, NullLogger<RejudgingSweep>.Instance)
        {
            Pace = new RejudgingPace { SalesPerTurn = salesPerTurn, BlocksPerStretch = 1, Readers = 1 },
        };
        return (await sweep.RunAsync(Stop)).SalesChanged;
    }

    /// <summary>Hears a journal's hello at the present moment.</summary>
    public void Hear(JournalOnPaper journal)
    {
        using var session = new LedgerSession(Database);
        session.Begin();
        Hello hello = journal.Hello();
        HelloBook.Hear(session, hello, Clock.UtcMs);
        session.Commit();
    }

    public void Dispose()
    {
        _writer.Dispose();
        EditionDesk.Dispose();
    }

    private void TakeOverPolicies()
    {
        using var connection = Database.OpenWriter();
        using var transaction = connection.BeginWrite();
        PolicyStore.TakeOver(connection, Places, Clock.UtcMs);
        Policies.Replace(PolicyStore.ReadBook(connection));
        transaction.Commit();
    }

    private VerifiedBatch Batch(JournalOnPaper journal, ulong first, ulong last)
    {
        Assert.True(ReceivedBatch.TryParse(journal.Message(first, last).Payload, out var batch));
        Assert.True(batch.ComputeHashes(new HashChain()));
        Assert.True(Register.Current.TryGet(journal.Cabinet.Id, out var model));
        return new VerifiedBatch(batch, model, journal.Cabinet.Signer.PublicKey, Clock.UtcMs);
    }
}
