using System.Net;
using System.Text.Json;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Rejudging;

/// <summary>The whole service: a change of the catalogue wakes the job, and HTTP shows what it did.</summary>
public abstract class RejudgingInterfaceTests(string dataSet) : IAsyncLifetime
{
    private const long Start = JournalOnPaper.StartUtcMs;
    private const long Day = JournalOnPaper.DayMs;

    private ServiceRig _rig = null!;

    private string County => _rig.Host.Services.GetRequiredService<PlacesDataSet>().Counties[0].Code.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await ServiceRig.StartAsync(
        settings: ("Places:DataSet", dataSet));

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_correction_is_judged_by_the_job_and_shown_with_its_sales_and_months()
    {
        await SellAsync();
        await CorrectAsync(2, isListed: true);
        var shown = await FinishedAsync(2);
        Assert.Equal("two persons", shown.GetProperty("madeBy").GetString());
        Assert.Equal("late papers", shown.GetProperty("source").GetString());
        Assert.Equal((3L, 3L, 1L, 60L), (Number(shown, "salesExamined"), Number(shown, "salesChanged"),
            Number(shown, "refundsMoved"), Number(shown, "movedFen")));
        Assert.Equal((60L, 0L, -60L), Amounts(shown.GetProperty("change")));
        Assert.Equal((5L, 5L), (Number(shown, "donePosition"), Number(shown, "throughPosition")));
        var span = Assert.Single(shown.GetProperty("spans").EnumerateArray());
        Assert.Equal(("", "rice", "2020-08-31T16:00:00Z"), (span.GetProperty("operatorId").GetString(),
            span.GetProperty("sku").GetString(), span.GetProperty("fromUtc").GetString()));

        var first = await GetAsync("/api/v1/rejudgings/2/sales?count=2");
        var sale = first.GetProperty("items")[0];
        Assert.Equal((0L, 0L, 15L), Amounts(sale.GetProperty("before")));
        Assert.Equal((10L, 0L, 5L), Amounts(sale.GetProperty("after")));
        Assert.Equal(["rice Unmapped Aid", "x Unmapped Unmapped"], sale.GetProperty("lines").EnumerateArray().Select(
            l => $"{l.GetProperty("sku")} {l.GetProperty("before")} {l.GetProperty("after")}"));
        var rest = await GetAsync($"/api/v1/rejudgings/2/sales?after={first.GetProperty("nextAfter")}");
        Assert.Equal((1, 1L), (rest.GetProperty("items").GetArrayLength(),
            Number(rest.GetProperty("items")[0], "refundsMoved")));

        var months = await GetAsync("/api/v1/rejudgings/2/totals");
        Assert.Equal([$"{County} 202009 2", $"{County} 202010 1"], months.EnumerateArray().Select(
            m => $"{m.GetProperty("countyCode")} {m.GetProperty("month")} {m.GetProperty("salesChanged")}"));
        Assert.Equal((0L, 0L, 35L), Amounts(months[0].GetProperty("before")));
        Assert.Equal((30L, 0L, 5L), Amounts(months[0].GetProperty("after")));
        Assert.Equal((0L, 0L, 26L), Amounts(months[1].GetProperty("before")));
        Assert.Equal((26L, 0L, 0L), Amounts(months[1].GetProperty("after")));
    }

    [Fact]
    public async Task A_sale_shows_its_present_classes_and_every_correction_of_it()
    {
        await SellAsync();
        await CorrectAsync(2, isListed: true);
        await FinishedAsync(2);
        await CorrectAsync(3, isListed: false);
        await FinishedAsync(3);
        var sales = await GetAsync("/api/v1/cabinets/cab-1/sales");
        var first = sales.GetProperty("items").EnumerateArray().Last();
        Assert.Equal((0L, 10L, 5L), Amounts(first));
        Assert.Equal(["Ordinary", "Unmapped"], first.GetProperty("lines").EnumerateArray().Select(
            l => l.GetProperty("class").GetString()));
        Assert.Equal(["2 Rejudged 10 Aid,Unmapped", "3 Rejudged -10 Ordinary,Unmapped"],
            first.GetProperty("corrections").EnumerateArray().Select(c =>
                $"{c.GetProperty("catalogueVersion")} {c.GetProperty("cause").GetString()} "
                + $"{c.GetProperty("aidDeltaFen")} "
                + string.Join(',', c.GetProperty("classes").EnumerateArray().Select(x => x.GetString()))));
        var untouched = sales.GetProperty("items").EnumerateArray().Single(s => Number(s, "position") == 3);
        Assert.Empty(untouched.GetProperty("corrections").EnumerateArray());
        Assert.Equal([3L, 2L], (await GetAsync("/api/v1/rejudgings")).GetProperty("items").EnumerateArray()
            .Select(r => Number(r, "version")));
        Assert.Equal([2L], (await GetAsync("/api/v1/rejudgings?before=3")).GetProperty("items").EnumerateArray()
            .Select(r => Number(r, "version")));
    }

    [Fact]
    public async Task A_version_that_affects_nothing_is_not_there()
    {
        foreach (var path in (string[])["", "/sales", "/totals"])
        {
            using var answer = await _rig.Anonymous.GetAsync($"/api/v1/rejudgings/9{path}", Stop);
            var problem = await ServiceRig.JsonAsync(answer, HttpStatusCode.NotFound);
            Assert.Equal(("noSuchRejudging", 9), (
                problem.GetProperty("code").GetString(), problem.GetProperty("got").GetInt32()));
            Assert.NotEmpty(problem.GetProperty("titleZh").GetString()!);
        }
    }

    /// <summary>Four sales and a refund; 'rice' is mapped by nobody.</summary>
    private async Task SellAsync()
    {
        var cabinet = new CabinetOnPaper("cab-1");
        await _rig.Database.WriteAsync((connection, _) =>
        {
            FleetStore.Insert(connection, cabinet.Id, new AssignmentModel(
                0, "op-a", CountyCode.Parse(County), "", "school", 0, null), 0);
            return FleetStore.AddKey(connection, cabinet.Id, cabinet.Signer.PublicKey, 0);
        }, Stop);
        var register = _rig.Host.Services.GetRequiredService<FleetRegister>();
        register.Refresh([cabinet.Id]);
        var journal = new JournalOnPaper(cabinet, 1);
        journal.SellAt(Start, "v1", ("rice", 10), ("x", 5));
        journal.SellAt(Start + Day, "v2", ("rice", 20));
        journal.SellAt(Start - Day, "v0", ("rice", 1));
        journal.SellAt(Start + 31 * Day, "v3", ("rice", 30));
        journal.Refund("r1", journal.Id, 4, 4, 0, Start + 40 * Day);
        Assert.True(ReceivedBatch.TryParse(journal.Message().Payload, out var batch));
        Assert.True(batch.ComputeHashes(new HashChain()));
        Assert.True(register.Current.TryGet(cabinet.Id, out var model));
        Assert.IsType<CommitOutcome.Committed>(Assert.Single(
            await _rig.Host.Services.GetRequiredService<LedgerWriter>().CommitAsync(
                [new VerifiedBatch(batch, model, cabinet.Signer.PublicKey, Start)], Stop)));
    }

    /// <summary>Maps 'rice' from the start on, listed or not, as the catalogue's commit does.</summary>
    private async Task CorrectAsync(long version, bool isListed)
    {
        await _rig.Database.WriteAsync((connection, _) =>
        {
            using var command = connection.Driver().CreateCommand();
            command.CommandText = $"""
                INSERT INTO catalogue_versions VALUES (1, 0, 'x', 'x', NULL) ON CONFLICT DO NOTHING;
                INSERT INTO catalogue_versions VALUES ({version}, 0, 'two persons', 'late papers', {Start});
                INSERT INTO catalogue_affected VALUES ({version}, '', 'rice', {Start}, NULL);
                """;
            return command.ExecuteNonQuery();
        }, Stop);
        _rig.Host.Services.GetRequiredService<CurrentCatalogue>().Replace(CatalogueSnapshot.From(new CatalogueState(
            version, [new Product("p", "Rice")], isListed ? [new Listing("p", County, InForce.Always)] : [],
            [new SkuMapping(null, "rice", "p", new InForce(Start, null))])));
    }

    private async Task<JsonElement> FinishedAsync(long version)
    {
        for (var waited = 0; waited < 1_500; waited++)
        {
            var shown = await GetAsync($"/api/v1/rejudgings/{version}");
            if (shown.GetProperty("state").GetString() == "Finished")
            {
                return shown;
            }

            await Task.Delay(20, Stop);
        }

        throw new TimeoutException($"The re-judging by catalogue {version} was not finished in half a minute.");
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _rig.Anonymous.GetAsync(path, Stop);
        return await ServiceRig.JsonAsync(answer, HttpStatusCode.OK);
    }

    private static long Number(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private static (long, long, long) Amounts(JsonElement of) =>
        (Number(of, "aidFen"), Number(of, "ordinaryFen"), Number(of, "unmappedFen"));
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRejudgingInterfaceTests() : RejudgingInterfaceTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangRejudgingInterfaceTests() : RejudgingInterfaceTests("linjiang-2027");
