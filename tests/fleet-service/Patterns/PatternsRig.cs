using System.Buffers.Binary;
using System.Text.Json;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>The check over sales on a real ledger, with tea as an aid product and cola as an ordinary one.</summary>
internal sealed class PatternsRig : IDisposable
{
    public const long Day = JournalOnPaper.DayMs;
    public const long Hour = RulesOnPaper.HourMs;
    public const long Start = BooksRig.StartUtcMs;

    private const int BatchSize = 500;

    private readonly RecordedProjection _projection;

    public PatternsRig(string dataSet)
    {
        City = new PaperCity(dataSet);
        Books = new BooksRig(dataSet);
        Today = City.LastLook(Window);
        string[] aid =
        [
            "tea", .. Enumerable.Range(0, 13).Select(i => $"A{i}"), .. Enumerable.Range(0, 300).Select(i => $"G{i}"),
        ];
        string[] ordinary = ["cola", .. Enumerable.Range(0, 11).Select(i => $"B{i}")];
        Books.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
            9,
            [.. aid.Concat(ordinary).Select(sku => new Product(sku, sku))],
            [.. aid.Select(sku => new Listing(sku, Books.County, InForce.Always))],
            [.. aid.Concat(ordinary).Select(sku => new SkuMapping(null, sku, sku, InForce.Always))])));
        Patterns = new SalesPatterns(
            Books.Database, Books.Register, new CurrentPolicies(new PolicyBook(Books.Places.Policies)),
            Books.Catalogue, new DayMapStore(), Books.Places.Zone);
        var options = Options.Create(new ReconciliationOptions());
        var generations = new LedgerGenerationStore(Books.Database, Books.Time);
        generations.EnsureAsync().GetAwaiter().GetResult();
        _projection = new RecordedProjection(
            Books.Database, generations, new RecordedCursor(Books.Database),
            new LedgerFactStore(Books.Database, Books.Places.Zone, options), options,
            NullLogger<RecordedProjection>.Instance);
    }

    public BooksRig Books { get; }

    public PaperCity City { get; }

    /// <summary>The window of the first sales.</summary>
    public JudgingWindow Window => City.WindowOf(new DateOnly(2020, 9, 1));

    public SalesPatterns Patterns { get; }

    public DateOnly Today { get; set; }

    public static SaleLine Line(
        string sku, int quantity, long priceFen, long? paidFen = null, AidClaim claim = AidClaim.None) =>
        new("A1", sku, $"name of {sku}", quantity, priceFen, paidFen ?? priceFen * quantity, claim);

    public static SaleBody Sale(string vendId, params SaleLine[] lines) => new(SaleSource.Vend, SaleMarks.None, vendId,
        new Payment(PaymentMethod.WeChat, $"order-{vendId}", $"tx-{vendId}"), lines);

    /// <summary>The beginning of a day.</summary>
    public long UtcMsOf(DateOnly day) => Books.Places.Zone.StartOfUtcMs(day);

    /// <summary>Commits a journal in batches of ordinary size.</summary>
    public async Task CommitAsync(JournalOnPaper journal)
    {
        for (var first = 1UL; first <= journal.Count; first += BatchSize)
        {
            Assert.IsType<KioskFleet.Service.Ledger.CommitOutcome.Committed>(
                await Books.Commit(journal, first, Math.Min(first + BatchSize - 1, journal.Count)));
        }
    }

    /// <summary>Bills that name payers.</summary>
    public void Bill(IEnumerable<(string VendId, ulong Buyer)> payments)
    {
        using var connection = Books.Database.OpenWriter();
        using var transaction = connection.BeginWrite();
        using (var lines = new BillLineTable(connection))
        using (var matches = new MatchStore(connection))
        {
            foreach (var (vendId, buyer) in payments)
            {
                var digest = new byte[16];
                BinaryPrimitives.WriteUInt64BigEndian(digest.AsSpan(8), buyer);
                var row = new BillRow(1, BillKind.Payment, new BillNumbers($"tx-{vendId}", "", "", ""), 1, 1,
                    new DateOnly(2020, 9, 1), "", "");
                lines.Insert(PaymentMethod.WeChat, row, new ImportedLine("op-a", "", "", 1, 1, 20200901, 1, 1), digest);
                matches.Touch(PaymentMethod.WeChat, row.Numbers.Transaction);
            }

            matches.Settle();
        }

        transaction.Commit();
    }

    public FindingCheck Check(params OpenFinding[] open)
    {
        _projection.CatchUpAsync(BooksRig.Stop).GetAwaiter().GetResult();
        return Patterns.Check(
            new CheckMoment(Books.Places.Zone.StartOfUtcMs(Today), Today), open, BooksRig.Stop);
    }

    /// <summary>The only finding of a kind, and its evidence.</summary>
    public (FindingDraft Draft, JsonElement Evidence) Single(FindingKind kind)
    {
        var draft = Assert.Single(Check().Found, found => found.Kind == kind);
        return (draft, JsonDocument.Parse(draft.Evidence).RootElement);
    }

    public void Dispose()
    {
        _projection.Dispose();
        Books.Dispose();
    }
}
