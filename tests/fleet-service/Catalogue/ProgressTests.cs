using System.Globalization;
using System.Net;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static KioskFleet.Service.Tests.Catalogue.CatalogueRig;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class ProgressTests(string dataSet)
{
    [Fact]
    public async Task Each_county_is_shown_against_its_target_with_how_many_are_in_each_step()
    {
        await using var rig = await StartAsync(dataSet);
        var targets = rig.Places.ProductTargets;
        var (one, two) = (targets.First(t => t.RecognisedProducts > 0), targets.Last(t => t.RecognisedProducts > 0));
        var open = targets.First(t => t.RecognisedProducts is null);
        await ApplyInAllWaysAsync(rig, one.County.Value);
        await rig.ProductAsync("e", new { name = "e", recognisingCounty = open.County.Value });
        await rig.ListAsync("e");
        await rig.ImportAsync("sku,product_name,product_id,recognised_by,listed_from\n"
            + $"A,a,a,{two.County},2020-09-01\nN,n,n,national,2020-09-01\nF,f,f,110101,2020-09-01\n");

        var now = await rig.GetAsync("/api/v1/catalogue/progress");
        Assert.Equal((3, targets.Sum(t => t.RecognisedProducts ?? 0)),
            (now.GetProperty("listedNow").GetInt32(), now.GetProperty("target").GetInt32()));
        var ofOne = Of(now, one.County.Value);
        Assert.Equal((2, 4, one.RecognisedProducts, one.RecognisedProducts - 2), (
            ofOne.GetProperty("listedNow").GetInt32(), ofOne.GetProperty("applications").GetInt32(),
            ofOne.GetProperty("target").GetInt32(), ofOne.GetProperty("missing").GetInt32()));
        Assert.Equal(
            ["applied 1", "listed 2", "suspended 1"],
            ofOne.GetProperty("steps").EnumerateObject().Where(s => s.Value.GetInt32() > 0)
                .Select(s => $"{s.Name} {s.Value}"));
        Assert.Equal((one.By.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), one.Clause),
            (ofOne.GetProperty("by").GetString(), ofOne.GetProperty("clause").GetString()));
        var unstated = Of(now, open.County.Value);
        Assert.Equal((1, JsonValueKind.Null, JsonValueKind.Null), (unstated.GetProperty("listedNow").GetInt32(),
            unstated.GetProperty("target").ValueKind, unstated.GetProperty("missing").ValueKind));
        Assert.Equal(1, Of(now, two.County.Value).GetProperty("listedNow").GetInt32());

        rig.Now = NowUtcMs + 6 * DayMs;
        var later = Of(await rig.GetAsync("/api/v1/catalogue/progress"), one.County.Value);
        Assert.Equal((1, 1), (later.GetProperty("listedNow").GetInt32(),
            later.GetProperty("steps").GetProperty("expired").GetInt32()));
    }

    /// <summary>One product is listed, one suspended, one listed for five days, and one applied for.</summary>
    private static async Task ApplyInAllWaysAsync(CatalogueRig rig, string county)
    {
        foreach (var product in (string[])["a", "b", "c", "d"])
        {
            await rig.ProductAsync(product, new { name = product, recognisingCounty = county });
        }

        await rig.ListAsync("a");
        var suspended = await rig.ListAsync("b");
        await rig.StepAsync(suspended, new { state = "suspended", reason = "papers", ground = "administrative" });
        await rig.ListAsync("c", to: Day(NowUtcMs + 5 * DayMs));
        await PostAsync(
            rig.Clerk, "/api/v1/recognitions", new { productId = "d", reason = "x" }, HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_data_set_that_counts_otherwise_acts_from_its_first_start_on()
    {
        using var files = new TemporaryDatabase();
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(NowUtcMs));
        var shipped = DataSetFile.Load(dataSet);
        var any = shipped with { Recognition = shipped.Recognition with { Counted = CountedListings.Any } };
        var city = any with { Recognition = any.Recognition with { Counted = CountedListings.City } };
        var first = await StartedAsync(files.Database, any, time);
        await new ProductDesk(Versions(files.Database, first, any, time), any).PutAsync(
            "p", new ProductRequest("p", null, null, null, null, null, null, null, null, null, null), "x", Stop);
        Assert.Equal(1, first.Snapshot.Version);
        using var importer = new CatalogueImporter(
            Versions(files.Database, first, any, time),
            files.Database,
            new PlanningGuardStore(any),
            any,
            NullLogger<CatalogueImporter>.Instance);
        await importer.ImportAsync(
            "sku,product_name,product_id,recognised_by,listed_from\nF,f,f,110101,2020-09-01\n"u8.ToArray(), "x", "y",
            Stop);

        time.Advance(TimeSpan.FromDays(10));
        var changed = NowUtcMs + 10 * DayMs;
        var second = await StartedAsync(files.Database, city, time);
        Assert.Equal(3, second.Snapshot.Version);
        Assert.Equal(ProductClass.Aid, second.Snapshot.Classify("op", "F"u8, changed - 1));
        Assert.Equal(ProductClass.Ordinary, second.Snapshot.Classify("op", "F"u8, changed));
        Assert.Equal(changed, files.Run("SELECT from_utc_ms FROM catalogue_affected WHERE version = 3"));
        Assert.Equal(3, (await StartedAsync(files.Database, city, time)).Snapshot.Version);
    }

    [Fact]
    public void A_catalogue_from_before_recognitions_were_kept_stands_as_listed()
    {
        var places = DataSetFile.Load(dataSet);
        var home = places.Counties[0].Code.Value;
        using var files = new TemporaryDatabase(StorageEngine.Sqlite);
        var all = Migration.FromAssembly(typeof(FleetDatabase).Assembly, StorageEngine.Sqlite);
        files.Open([.. all.Where(m => m.Number < 402)]).Dispose();
        using (var old = files.Open([.. all.Where(m => m.Number < 402)]))
        {
            using var connection = old.OpenWriter();
            using var command = connection.Driver().CreateCommand();
            command.CommandText = $"""
                INSERT INTO catalogue_versions VALUES (1, 1000, 'importer', 'list.csv', 0);
                INSERT INTO products VALUES ('tea', 'Tea', 1), ('oil', 'Oil', 1);
                INSERT INTO listings VALUES ('tea', '{home}', 500, NULL, 1);
                INSERT INTO listings VALUES ('oil', '{places.Counties[1].Code}', 500, 900, 1);
                INSERT INTO sku_mappings VALUES ('', 'T', 0, NULL, 'tea', 1);
                """;
            command.ExecuteNonQuery();
        }

        using var database = files.Open(all);
        using var reader = database.OpenReader();
        var recognition = Assert.Single(RecognitionStore.Of(reader, "tea", home));
        Assert.Equal((RecognitionState.Listed, 500L), (recognition.State, recognition.ListedFromUtcMs));
        Assert.Equal(RecognitionState.Expired, RecognitionStore.Of(reader, "oil", null)[0].StateAt(900));
        var step = Assert.Single(RecognitionStore.Steps(reader, recognition.RecognitionId));
        Assert.Equal(("importer", "imported: list.csv", 1000L), (step.Actor, step.Why, step.AtUtcMs));
        var city = places with { Recognition = places.Recognition with { Counted = CountedListings.City } };
        Assert.Equal(
            CountedListings.Any, CatalogueStore.Read(reader, city).Counting.Single().Counted);
    }

    private static JsonElement Of(JsonElement progress, string county) => progress.GetProperty("counties")
        .EnumerateArray().Single(c => c.GetProperty("county").GetString() == county);

    private static CatalogueVersionStore Versions(
        FleetDatabase database, CurrentCatalogue current, PlacesDataSet places, TimeProvider time) =>
        new(database, current, places, time);

    private static async Task<CurrentCatalogue> StartedAsync(
        FleetDatabase database, PlacesDataSet places, TimeProvider time)
    {
        using var reader = database.OpenReader();
        var current = new CurrentCatalogue(CatalogueSnapshot.From(CatalogueStore.Read(reader, places)));
        await new CatalogueStart(
            Versions(database, current, places, time), places, NullLogger<CatalogueStart>.Instance).StartAsync(Stop);
        return current;
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouProgressTests() : ProgressTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangProgressTests() : ProgressTests("linjiang-2027");
