using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>A real ledger with bills beside it; "today" is what the test says.</summary>
internal sealed class BillsRig : IDisposable
{
    public const long Noon = 12 * 3_600_000L;

    private readonly BillTurn _turn = new();

    public BillsRig(string dataSet, int batchEntries = 3, DateOnly? today = null)
    {
        Books = new BooksRig(dataSet);
        var options = Options.Create(new ReconciliationOptions { BatchEntries = batchEntries });
        Generations = new LedgerGenerationStore(Books.Database, Books.Time);
        Generations.EnsureAsync().GetAwaiter().GetResult();
        Projection = new RecordedProjection(
            Books.Database, Generations, new RecordedCursor(Books.Database),
            new LedgerFactStore(Books.Database, Books.Places.Zone, options), options,
            NullLogger<RecordedProjection>.Instance);
        Payers = new PayerKey(Options.Create(Books.Files.Options), Books.Database);
        Clock = new ReconciliationClock(Books.Places.Zone, Books.Time);
        Bills = new BillStore(Books.Database, options);
        Importer = new BillImporter(
            Books.Database, Payers, _turn, Clock, options, NullLogger<BillImporter>.Instance);
        Withdrawals = new WithdrawalDesk(Books.Database, _turn, Clock);
        Query = new ReconciliationQuery(
            new SaleQueries(Books.Database), new PaymentQueries(Books.Database), Bills,
            Books.Register, new CurrentPolicies(new PolicyBook(Books.Places.Policies)), Clock);
        Source = new PaymentFindings(
            Projection, Query, new SaleQueries(Books.Database), new PaymentQueries(Books.Database), Books.Register,
            new PaymentEvidenceSources(new HeadsStore(Books.Database), Books.Catalogue, Books.Places.Zone));
        Billed = new BilledFigures(
            Books.Database, Bills, new PaymentQueries(Books.Database), Books.Register, Clock);
        Today(today ?? new DateOnly(2020, 9, 2));
    }

    public BooksRig Books { get; }

    public LedgerGenerationStore Generations { get; }

    public RecordedProjection Projection { get; }

    public PayerKey Payers { get; }

    public ReconciliationClock Clock { get; }

    public BillStore Bills { get; }

    public BillImporter Importer { get; }

    public WithdrawalDesk Withdrawals { get; }

    public ReconciliationQuery Query { get; }

    public PaymentFindings Source { get; }

    public BilledFigures Billed { get; }

    public static SaleBody Sale(
        string vendId, long fen, string? transaction = null, string? order = null,
        PaymentMethod method = PaymentMethod.WeChat, string sku = "tea") => new(
        SaleSource.Vend, SaleMarks.None, vendId,
        new Payment(method, order ?? $"o-{vendId}", transaction ?? $"t-{vendId}"),
        [new SaleLine("A1", sku, "name", 1, fen, fen)]);

    public void Today(DateOnly day) => Books.Time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(
        Books.Places.Zone.StartOfUtcMs(day) + Noon));

    public async Task Commit(JournalOnPaper journal, ulong first = 1)
    {
        Assert.IsType<CommitOutcome.Committed>(await Books.Commit(journal, first));
        await Projection.CatchUpAsync(BooksRig.Stop);
    }

    public async Task<BillReport> Import(
        DateOnly day, PaymentMethod provider = PaymentMethod.WeChat, string operatorId = "op-a",
        params PaperLine[] lines) =>
        Assert.IsType<BillOutcomeOfImport.Imported>(await Bring(day, provider, operatorId, lines)).Report;

    /// <summary>Brings a bill with its rows and its sum stated.</summary>
    public Task<BillOutcomeOfImport> Bring(
        DateOnly day, PaymentMethod provider, string operatorId, params PaperLine[] lines) => Importer.ImportAsync(
            BillsOnPaper.Write(provider, lines),
            new BillName(provider, operatorId, day)
            {
                Stated = new StatedBill(
                    lines.Length, lines.Sum(l => l.Kind == BillKind.Payment ? l.Fen : -l.Fen), []),
            },
            "who", BooksRig.Stop);

    public Task<BillReport> Import(params PaperLine[] lines) => Import(BillsOnPaper.Day, lines: lines);

    /// <summary>"vend outcome cause bill", by vend.</summary>
    public IReadOnlyList<string> Outcomes() => [.. Books.Rows("""
        SELECT vend_id, outcome, why, bill_fen FROM recorded_payments ORDER BY vend_id
        """).Select(r => r.Split('|')).Select(r =>
            $"{r[0]} {(SaleOutcome)int.Parse(r[1])} {(MatchCause)int.Parse(r[2])} {r[3]}")];

    /// <summary>"number outcome kept", payments by number.</summary>
    public IReadOnlyList<string> Payments() => [.. Books.Rows("""
        SELECT transaction_number, outcome, kept_fen FROM bill_lines WHERE kind = 'payment' ORDER BY 1
        """).Select(r => r.Split('|')).Select(r => $"{r[0]} {(BillOutcome)int.Parse(r[1])} {r[2]}")];

    /// <summary>"vend state", by vend, at the present day.</summary>
    public IReadOnlyList<string> States(string cabinet = "cab-1") => [.. Query.Sales(
        new SaleFilter(0, int.MaxValue, "", "", cabinet), null, null, 500).Items
        .OrderBy(s => s.VendId, StringComparer.Ordinal).Select(s => $"{s.VendId} {s.State}")];

    public ReconciliationFigures Figures() => Query.Figures(
        new("all", new DateOnly(1970, 1, 1), new DateOnly(2100, 1, 1)), new SaleFilter(0, int.MaxValue, "", "", ""),
        true).All;

    public FindingCheck Check(params IReadOnlyList<OpenFinding> open) => Source.Check(
        new CheckMoment(Books.Time.GetUtcNow().ToUnixTimeMilliseconds(), Query.Today), open, BooksRig.Stop);

    /// <summary>The sums by day and by month are what the rows add up to.</summary>
    public void AssertSumsAreTheRows()
    {
        Assert.Equal(
            Books.Rows("""
                SELECT business_day, cabinet_id, operator_id, county_code, method, edge, outcome, count(*),
                       sum(paid_fen - refunded_fen), sum(aid_fen - refunded_aid_fen)
                FROM recorded_payments GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
                """),
            Books.Rows("SELECT * FROM recorded_days ORDER BY 1, 2, 3, 4, 5, 6, 7"));
        Assert.Equal(
            Books.Rows("""
                SELECT business_day / 100, cabinet_id, operator_id, county_code, count(*),
                       sum(CASE outcome WHEN 1 THEN 1 ELSE 0 END),
                       sum(CASE outcome WHEN 1 THEN paid_fen - refunded_fen ELSE 0 END),
                       sum(CASE outcome WHEN 1 THEN aid_fen - refunded_aid_fen ELSE 0 END)
                FROM recorded_payments GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
                """),
            Books.Rows("SELECT * FROM recorded_months ORDER BY 1, 2, 3, 4"));
    }

    public void Dispose()
    {
        Projection.Dispose();
        _turn.Dispose();
        Books.Dispose();
    }
}
