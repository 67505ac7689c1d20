using System.Globalization;
using System.Text;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class ImportTests : IDisposable
{
    private const string Header =
        "sku,product_name,product_id,operator,recognised_by,listed_from,listed_to,mapped_from,mapped_to\n";

    private readonly TemporaryDatabase _files = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly CurrentCatalogue _current = new(CatalogueSnapshot.From(CatalogueState.Empty));
    private readonly PlacesDataSet _places;
    private readonly CatalogueImporter _importer;

    protected ImportTests(string dataSet)
    {
        _places = DataSetFile.Load(dataSet);
        _importer = new CatalogueImporter(
            new CatalogueVersionStore(_files.Database, _current, _places, _time),
            _files.Database,
            new PlanningGuardStore(_places),
            _places,
            NullLogger<CatalogueImporter>.Instance);
    }

    private string Home => _places.Counties[0].Code.Value;

    private string Other => _places.Counties[1].Code.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _importer.Dispose();
        _files.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_listed_product_is_aid_from_midnight_in_Shanghai_and_the_same_file_again_changes_nothing()
    {
        var file = Header
            + $"R1,定远大米,,,{Home},2026-10-01,2026-12-01,,\n"
            + "C1,可乐,,,,,,,\n"
            + $"R1,凤阳大米,,op-b,{Other},2026-10-01,,,\n";
        var first = await Import(Encoding.UTF8.GetBytes(file));
        Assert.Equal((1L, true, 3, 3, 0, 0), Facts(first));
        var midnight = Ms("2026-09-30T16:00:00Z");
        Assert.Equal(ProductClass.Ordinary, Class("op-a", "R1", midnight - 1));
        Assert.Equal(ProductClass.Aid, Class("op-a", "R1", midnight));
        Assert.Equal(ProductClass.Ordinary, Class("op-a", "R1", Ms("2026-11-30T16:00:00Z")));
        Assert.Equal(ProductClass.Aid, Class("op-b", "R1", Ms("2026-11-30T16:00:00Z")));
        Assert.Equal(ProductClass.Ordinary, Class("op-a", "C1", midnight));
        Assert.Equal(ProductClass.Unmapped, Class("op-a", "X", midnight));

        var again = await Import(Encoding.UTF8.GetBytes(file));
        Assert.Equal((1L, false, 3, 0, 3, 0), Facts(again));
        Assert.Equal(1L, _files.Run("SELECT COUNT(*) FROM catalogue_versions"));
        Assert.Equal(midnight, _files.Run("SELECT MIN(from_utc_ms) FROM listings"));
    }

    [Fact]
    public async Task Every_encoding_gives_the_same_catalogue()
    {
        const string file = "SKU, Product_Name,备注\r\nR1,定远大米,x\r\n\r\nR2,明光绿豆,y\r\n";
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        foreach (var (bytes, encoding) in new[]
        {
            (gb.GetBytes(file), "gb18030"),
            (Encoding.UTF8.GetBytes(file), "utf-8"),
            ([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(file)], "utf-8"),
        })
        {
            var report = await Import(bytes);
            Assert.Equal((1L, encoding), (report.CatalogueVersion, report.Encoding.ToLowerInvariant()));
            Assert.Equal((2, 0), (report.RowsRead, report.RowsRefused));
            Assert.Equal(["备注"], report.IgnoredColumns);
        }

        Assert.Equal("定远大米", _files.Run("SELECT name FROM products WHERE product_id = '定远大米'"));
    }

    [Fact]
    public async Task Good_rows_go_in_and_every_refused_row_is_listed_with_its_line_and_reason()
    {
        var report = await Import(Encoding.UTF8.GetBytes(Header
            + $"R1,Rice,,,{Home},2026-10-01,,,\n"
            + "\n"
            + ",NoSku,,,,,,,\n"
            + "R2,,,,,,,,\n"
            + "R3,Beans,,,34112,2026-10-01,,,\n"
            + $"R4,Tea,,,{Home},2026-02-30,,,\n"
            + $"R5,Tea,,,{Home},2026-10-02,2026-10-02,,\n"
            + $"R6,Tea,,,{Home},,,,\n"
            + "R7,Tea,,,,2026-10-01,,,\n"
            + "R8,Tea\n"
            + "R9,\"two\nlines\",,,,,,,\n"
            + "R10,Te\"a,,,,,,,\n"
            + "R1,Oats,,,,,,,\n"
            + $"R11,Tea,,,{Home},2026-10-01T08:00,,,\n"
            + $"R12,Tea,,,{Home},-5,,,\n"
            + $"R13,Tea,,,{Home},1969-12-31,,,\n"
            + $"{new string('x', 65)},Tea,,,,,,,\n"
            + $"R14,Nuts,,,{Home},2026-10-01T08:00+08:00,,,\n"));
        Assert.Equal(
            [
                (4, RefusalReason.BadSku), (5, RefusalReason.BadProductName), (6, RefusalReason.BadCounty),
                (7, RefusalReason.BadTime), (8, RefusalReason.EndNotAfterBeginning),
                (9, RefusalReason.IncompleteListing), (10, RefusalReason.IncompleteListing),
                (11, RefusalReason.WrongFieldCount), (12, RefusalReason.BadProductName), (14, RefusalReason.BadQuoting),
                (15, RefusalReason.ContradictsEarlierRow), (16, RefusalReason.BadTime), (17, RefusalReason.BadTime),
                (18, RefusalReason.BadTime), (19, RefusalReason.BadSku),
            ],
            report.Refused.Select(r => (r.Line, r.Reason)));
        Assert.Equal((1L, true, 17, 2, 0, 15), Facts(report));
        Assert.Equal(2, report.Refused.Single(r => r.Line == 15).OtherLine);
        Assert.All(report.Refused, r => Assert.True(r.Text.Zh != r.Text.En && r.Text.Zh.Length > 0));
    }

    [Fact]
    public async Task Removal_acts_forward_and_the_past_stays()
    {
        await Import(Encoding.UTF8.GetBytes(Header + $"R1,Rice,,,{Home},2026-10-01,2026-12-01,,\n"));
        Enrol();
        var past = await Import(Encoding.UTF8.GetBytes(Header + $"R1,Rice,,,{Home},2026-10-01,2026-10-15,,\n"));
        Assert.Equal([RefusalReason.ChangesThePast], past.Refused.Select(r => r.Reason));
        var forward = await Import(Encoding.UTF8.GetBytes(Header + $"R1,Rice,,,{Home},2026-10-01,2026-11-10,,\n"));
        Assert.Equal((2L, true, 1, 1, 0, 0), Facts(forward));
        Assert.Equal(Ms("2026-11-09T16:00:00Z"),
            _files.Run("SELECT affects_from_utc_ms FROM catalogue_versions WHERE version = 2"));

        _time.Advance(TimeSpan.FromDays(30));
        var revived = await Import(Encoding.UTF8.GetBytes(Header + $"R1,Rice,,,{Home},2026-10-01,,,\n"));
        Assert.Equal([RefusalReason.ChangesThePast], revived.Refused.Select(r => r.Reason));
        Assert.Equal(ProductClass.Ordinary, Class("op", "R1", Ms("2026-11-10T00:00:00Z")));
    }

    [Fact]
    public async Task Once_a_cabinet_was_enrolled_no_row_reaches_into_the_past_though_the_ledger_is_empty()
    {
        var file = Header
            + "R1,Rice,,,,,,2026-10-21,\nR2,Tea,,,,,,2026-10-20,\nR3,Tea,,,,,,,2026-10-20\nR4,Tea,,,,,,,\n"
            + $"R5,Tea,,,{Home},2026-10-01,,2026-11-02,\nR6,Oats,,,,,,2026-11-02,\n"
            + "R7,Oats,,,,,,2026-11-01T08:00+08:00,\nR8,Oats,,,,,,2026-11-01T07:59:59.999+08:00,\n";
        Enrol();
        var report = await Import(Encoding.UTF8.GetBytes(file));
        Assert.Equal([2, 3, 4, 5, 6, 9], report.Refused.Select(r => r.Line));
        Assert.All(report.Refused, r => Assert.Equal(RefusalReason.ChangesThePast, r.Reason));
        Assert.Equal((1L, true, 8, 2, 0, 6), Facts(report));
        Assert.Contains("/api/v1/catalogue/corrections", report.Refused[0].Text.Zh, StringComparison.Ordinal);
        Assert.Contains("no cabinet was ever enrolled", report.Refused[0].Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_city_sets_up_a_row_may_reach_into_the_past_and_says_the_same_afterwards()
    {
        var file = Header + $"R1,Rice,,,{Home},2026-10-01,2026-10-20,,\nR2,Tea,,,,,,,2026-10-20\n";
        Assert.Equal((1L, true, 2, 2, 0, 0), Facts(await Import(Encoding.UTF8.GetBytes(file))));
        Enrol();
        Assert.Equal((1L, false, 2, 0, 2, 0), Facts(await Import(Encoding.UTF8.GetBytes(file))));
    }

    [Fact]
    public async Task A_cabinet_that_is_enrolled_while_a_file_waits_for_its_turn_closes_the_past_to_it()
    {
        var report = await ImportWhile(Header + $"R1,Rice,,,{Home},2026-10-01,,,\n", Enrol);
        Assert.Equal([RefusalReason.ChangesThePast], report.Refused.Select(r => r.Reason));
        Assert.Equal(0, _current.Snapshot.Version);
    }

    [Fact]
    public async Task A_beginning_that_comes_to_lie_in_the_past_while_a_file_waits_is_refused()
    {
        Enrol();
        var report = await ImportWhile(
            Header + "R1,Rice,,,,,,2026-11-01T08:05+08:00,\n", () => _time.Advance(TimeSpan.FromMinutes(6)));
        Assert.Equal([RefusalReason.ChangesThePast], report.Refused.Select(r => r.Reason));
    }

    [Fact]
    public async Task A_recognition_that_begins_while_a_file_waits_for_its_turn_keeps_its_listing_from_it()
    {
        await Import(Encoding.UTF8.GetBytes(Header + "T1,tea,tea,,,,,,\n"));
        var report = await ImportWhile(
            Header + $"T1,tea,tea,,{Home},2026-12-01,,,\n",
            () => _files.Run(
                $"INSERT INTO recognitions (product_id, county_code, state) VALUES ('tea', '{Home}', 'Applied')"));
        Assert.Equal([RefusalReason.RecognitionUnderWay], report.Refused.Select(r => r.Reason));
    }

    [Fact]
    public async Task A_row_that_waits_for_another_to_make_room_goes_in_wherever_it_stands()
    {
        await Import(Encoding.UTF8.GetBytes(Header + "R1,Rice,,,,,,2026-01-01,\n"));
        var report = await Import(Encoding.UTF8.GetBytes(Header
            + "R1,Beans,,,,,,2026-12-01,\nR1,Rice,,,,,,2026-01-01,2026-12-01\n"));
        Assert.Equal((2L, true, 2, 2, 0, 0), Facts(report));
    }

    [Theory]
    [InlineData("", TableProblem.NoHeader)]
    [InlineData("\n", TableProblem.NoHeader)]
    [InlineData("sku,name\nR1,Rice\n", TableProblem.MissingColumn)]
    [InlineData("sku,product_name,sku\nR1,Rice,R1\n", TableProblem.ColumnTwice)]
    [InlineData("s\0k\0u\0", TableProblem.UnknownEncoding)]
    public async Task A_file_that_is_no_table_is_refused_as_a_whole(string text, object problem)
    {
        var outcome = await _importer.ImportAsync(Encoding.UTF8.GetBytes(text), "tester", "file", Stop);
        var refused = Assert.IsType<ImportOutcome.Refused>(outcome);
        Assert.Equal((TableProblem)problem, refused.Problem);
        Assert.NotEqual(refused.Text.En, refused.Text.Zh);
    }

    private void Enrol() => _files.Run("""
        INSERT INTO cabinets (cabinet_id, life, registered_utc_ms, changed_utc_ms) VALUES ('cab', 'Active', 0, 0);
        INSERT INTO cabinet_keys (cabinet_id, key_id, spki, from_utc_ms) VALUES ('cab', 'key', x'01', 0);
        """);

    /// <summary>Lets a file wait for its turn to write while something else happens.</summary>
    private async Task<ImportReport> ImportWhile(string file, Action meanwhile)
    {
        Task<ImportOutcome> importing;
        using (await _files.Database.Writers.EnterAsync(Stop))
        {
            importing = _importer.ImportAsync(Encoding.UTF8.GetBytes(file), "tester", "file", Stop);
            Assert.Equal(1, _files.Database.Writers.Waiting);
            meanwhile();
        }

        return Assert.IsType<ImportOutcome.Imported>(await importing).Report;
    }

    private async Task<ImportReport> Import(byte[] bytes) => Assert.IsType<ImportOutcome.Imported>(
        await _importer.ImportAsync(bytes, "tester", "file", Stop)).Report;

    private static (long, bool, int, int, int, int) Facts(ImportReport r) =>
        (r.CatalogueVersion, r.Changed, r.RowsRead, r.RowsChanged, r.RowsUnchanged, r.RowsRefused);

    private ProductClass Class(string owner, string sku, long at) =>
        _current.Snapshot.Classify(owner, Encoding.UTF8.GetBytes(sku), at);

    private static long Ms(string utc) =>
        DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouImportTests() : ImportTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangImportTests() : ImportTests("linjiang-2027");
