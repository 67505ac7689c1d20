using System.Globalization;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>A real ledger with a register and a small catalogue; journals are made on paper.</summary>
internal sealed class BooksRig : IDisposable
{
    public const long StartUtcMs = JournalOnPaper.StartUtcMs;

    /// <summary>Tea is listed until then.</summary>
    public const long TeaDelistedUtcMs = StartUtcMs + 20 * JournalOnPaper.DayMs;

    private readonly TemporaryDatabase _files;
    private readonly Dictionary<string, CabinetOnPaper> _cabinets = [];
    private int _journals;

    /// <param name="dataSet">The city; its own terms say which listings count.</param>
    /// <param name="files">Its database; that of the tests' engine when absent.</param>
    public BooksRig(string dataSet = "chuzhou-2020", TemporaryDatabase? files = null)
    {
        _files = files ?? new TemporaryDatabase();
        Places = DataSetFile.Load(dataSet);
        Catalogue = new CurrentCatalogue(CatalogueSnapshot.From(
            new CatalogueState(
                3,
                [new Product("tea", "Tea"), new Product("cola", "Cola")],
                [
                    new Listing("tea", County, new InForce(StartUtcMs - 400 * JournalOnPaper.DayMs, TeaDelistedUtcMs)),
                ],
                [
                    new SkuMapping(null, "tea", "tea", InForce.Always),
                    new SkuMapping(null, "cola", "cola", InForce.Always),
                    new SkuMapping("op-b", "box", "tea", InForce.Always),
                ]),
            Places));
        Register = new FleetRegister(new FleetStore(Database));
        Writer = NewWriter(Database);
    }

    public FleetDatabase Database => _files.Database;

    public TemporaryDatabase Files => _files;

    public FleetRegister Register { get; }

    public CurrentCatalogue Catalogue { get; }

    public PlacesDataSet Places { get; }

    /// <summary>The county of every cabinet, which also recognised the tea.</summary>
    public string County => Places.Counties[0].Code.Value;

    /// <summary>The policy that judges every cabinet of the city.</summary>
    public Policy CabinetPolicy => Places.Policies.Single(policy => policy.VenueKind == PolicyBook.CabinetVenue);

    /// <summary>Another county of the city.</summary>
    public string OtherCounty => Places.Counties[1].Code.Value;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(StartUtcMs));

    public LedgerWriter Writer { get; private set; }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public LedgerWriter NewWriter(FleetDatabase database) => new(database, Catalogue, Places);

    /// <summary>As after a restart of the service.</summary>
    public void RestartWriter()
    {
        Writer.Dispose();
        Writer = NewWriter(Database);
    }

    /// <summary>A registered cabinet with its key; made at first use.</summary>
    public CabinetOnPaper Cabinet(string id, string operatorId = "op-a")
    {
        if (!_cabinets.TryGetValue(id, out var cabinet))
        {
            _cabinets[id] = cabinet = new CabinetOnPaper(id);
            Assign(cabinet.Id, operatorId, StartUtcMs - 30 * JournalOnPaper.DayMs);
        }

        return cabinet;
    }

    /// <summary>Registers or moves a cabinet.</summary>
    public void Assign(CabinetId cabinet, string operatorId, long fromUtcMs)
    {
        using var connection = Database.OpenWriter();
        var assignment = new AssignmentModel(0, operatorId, CountyCode.Parse(County), "", "school", fromUtcMs, null);
        if (FleetStore.Find(connection, cabinet) is null)
        {
            FleetStore.Insert(connection, cabinet, assignment, fromUtcMs);
            FleetStore.AddKey(connection, cabinet, _cabinets[cabinet.Value].Signer.PublicKey, fromUtcMs);
        }
        else
        {
            FleetStore.Move(connection, cabinet, assignment);
        }

        Register.Refresh([cabinet]);
    }

    public JournalOnPaper Journal(string cabinet = "cab-1") => new(Cabinet(cabinet), ++_journals);

    /// <summary>A batch as ingest hands it on; its chain may be broken.</summary>
    public VerifiedBatch Batch(JournalOnPaper journal, ulong first = 1, ulong? last = null, Head? gapBase = null)
    {
        Assert.True(ReceivedBatch.TryParse(journal.Message(first, last, gapBase).Payload, out var batch));
        Assert.True(batch.ComputeHashes(new HashChain()));
        Assert.True(Register.Current.TryGet(journal.Cabinet.Id, out var model));
        return new VerifiedBatch(
            batch, model, journal.Cabinet.Signer.PublicKey, Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    public async Task<CommitOutcome> Commit(
        JournalOnPaper journal, ulong first = 1, ulong? last = null, Head? gapBase = null) =>
        Assert.Single(await Commit(Batch(journal, first, last, gapBase)));

    public Task<IReadOnlyList<CommitOutcome>> Commit(params VerifiedBatch[] group) => Writer.CommitAsync(group, Stop);

    /// <summary>Commits a group of which the batches behind a number of them come when its turn has come.</summary>
    public Task<IReadOnlyList<CommitOutcome>> Commit(VerifiedBatch[] group, int inTime) =>
        Writer.CommitAsync(group[..inTime], Stop, () => group[inTime..]);

    public HelloOutcome Hear(Hello hello)
    {
        using var session = new LedgerSession(Database);
        session.Begin();
        var outcome = HelloBook.Hear(session, hello, Time.GetUtcNow().ToUnixTimeMilliseconds());
        session.Commit();
        return outcome;
    }

    /// <summary>"cabinet day class: sales/lines refunds/refunds of day", ordered; empty rows left out.</summary>
    public IReadOnlyList<string> Totals() => Rows("""
        SELECT cabinet_id, a.operator_id, business_day, class, sales_fen, sales_lines, refunds_fen, refunds_of_day_fen
        FROM totals JOIN assignments a USING (assignment_id, cabinet_id)
        WHERE sales_fen <> 0 OR sales_lines <> 0 OR refunds_fen <> 0 OR refunds_of_day_fen <> 0
        ORDER BY 1, 2, 3, 4
        """);

    public IReadOnlyList<string> Findings() =>
        Rows("SELECT kind, cabinet_id, subject, evidence FROM findings ORDER BY 1, 2, 3");

    public IReadOnlyList<string> Quarantine() =>
        Rows("SELECT cabinet_id, seq, reason, detail FROM quarantine ORDER BY cabinet_id, journal_id, seq");

    public long Scalar(string sql) => Convert.ToInt64(_files.Run(sql), CultureInfo.InvariantCulture);

    /// <summary>The rows of a query, each as its values with bars between.</summary>
    public IReadOnlyList<string> Rows(string sql)
    {
        using var connection = Database.OpenReader();
        using var command = connection.Command(sql);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    public ProofReport Prove() => new LedgerProof(Database).Run(null, Stop);

    public void AssertProven() => Assert.Empty(Prove().Problems);

    public void Dispose()
    {
        Writer.Dispose();
        _files.Dispose();
    }
}
