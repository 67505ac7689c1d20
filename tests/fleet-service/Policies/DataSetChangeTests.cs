using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Compliance;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Policies;

/// <summary>
/// The real service, started again and again on one folder while its data set is changed behind it: the past is never
/// judged by other terms than before.
/// </summary>
[RunsOnce]
public sealed class DataSetChangeTests : IDisposable
{
    private const long Day = 86_400_000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kiosk-fleet-");

    // 2028-03-10 in Shanghai, after every step of every shipped data set.
    private readonly HistoryClock _clock = new() { UtcMs = 1_836_230_400_000 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> DataSets => Places.ShippedDataSets.Names;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(DataSets))]
    public async Task Other_terms_under_the_same_version_stop_the_start_and_name_the_way_out(string dataSet)
    {
        var file = await BeginAsync(dataSet);
        var before = ((int)file["policies"]![0]!["thresholdBasisPoints"]!, (string)file["policies"]![0]!["id"]!);
        file["policies"]![0]!["thresholdBasisPoints"] = 3_000;
        file["policies"]![0]!["checks"]!["silentHours"] = 1;
        var error = await Assert.ThrowsAsync<DataSetException>(() => StartAsync(file));
        Assert.Equal(["$.policies[0].thresholdBasisPoints", "$.policies[0].checks.silentHours"],
            error.Findings.Select(f => f.Path));
        Assert.Contains($"'{before.Item2}' version 1", error.Findings[0].Got, StringComparison.Ordinal);
        Assert.StartsWith($"{before.Item1}: ", error.Findings[0].Takes.En, StringComparison.Ordinal);
        Assert.Contains("\"version\" to 2", error.Findings[0].Takes.En, StringComparison.Ordinal);
        Assert.Contains("2028-03-10", error.Findings[0].Takes.En, StringComparison.Ordinal);
        Assert.Equal([error.Message], ConfigurationProblem.Describe(error));
    }

    [Theory]
    [MemberData(nameof(DataSets))]
    public async Task A_new_version_acts_from_its_day_on_and_what_was_judged_stays(string dataSet)
    {
        var file = await BeginAsync(dataSet);
        var policy = file["policies"]![0]!;
        var first = await BookAsync(file);
        string[] past = ["2020-09-30", "2027-05-01", "2028-03-09", "2028-03-11"];
        (policy["version"], policy["thresholdBasisPoints"], policy["thresholdSteps"]) = (2, 3_001, new JsonArray());
        foreach (var from in (string?[])[null, "2028-03-09"])
        {
            policy["from"] = from;
            var error = await Assert.ThrowsAsync<DataSetException>(() => StartAsync(file));
            Assert.Equal("$.policies[0].from", Assert.Single(error.Findings).Path);
            Assert.Contains("2028-03-10", error.Findings[0].Takes.En, StringComparison.Ordinal);
        }

        policy["from"] = "2028-03-12";
        for (var starts = 0; starts < 2; starts++)
        {
            var book = await BookAsync(file);
            Assert.Equal(past.Select(day => Share(first, day)), past.Select(day => Share(book, day)));
            Assert.Equal(3_001, Share(book, "2028-03-12"));
            _clock.UtcMs += 9 * Day;
        }

        policy["version"] = 1;
        var back = await Assert.ThrowsAsync<DataSetException>(() => StartAsync(file));
        Assert.Contains(back.Findings, f => f.Takes.En.Contains("\"version\" to 3", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(DataSets))]
    public async Task A_policy_that_left_the_data_set_stays_in_force_and_one_put_in_its_place_is_refused(string dataSet)
    {
        var file = await BeginAsync(dataSet);
        var policies = file["policies"]!.AsArray();
        var cabinets = policies[0]!.DeepClone();
        policies.RemoveAt(0);
        var places = DataSetReader.Read(Encoding.UTF8.GetBytes(file.ToJsonString())).DataSet!;
        Assert.Equal((string)cabinets["id"]!, Assert.Single(Decide(places).Left).Id);
        var share = DataSetFile.Load(dataSet).Policies[0].ThresholdOn(new DateOnly(2028, 3, 20));
        Assert.Equal(share, Share(await BookAsync(file), "2028-03-20"));

        var first = (string)cabinets["id"]!;
        (cabinets["id"], cabinets["from"], cabinets["thresholdBasisPoints"]) = ("cabinets-anew", "2028-03-12", 4_000);
        cabinets["thresholdSteps"] = new JsonArray();
        policies.Add(cabinets);
        var error = await Assert.ThrowsAsync<DataSetException>(() => StartAsync(file));
        Assert.Equal("$.policies[2].from", Assert.Single(error.Findings).Path);
        Assert.Contains($"/api/v1/policies/{first}/end", error.Findings[0].Takes.En, StringComparison.Ordinal);
        Assert.Equal(share, Share(await BookAsync(await BeginAsync(dataSet)), "2028-03-20"));
    }

    [Theory]
    [MemberData(nameof(DataSets))]
    public async Task A_version_that_people_made_is_not_taken_for_one_of_the_data_set(string dataSet)
    {
        var file = await BeginAsync(dataSet);
        await using (var host = await StartAsync(file))
        {
            var desk = host.Services.GetRequiredService<PolicyDesk>();
            var wanted = PolicyJson.Read(file["policies"]![0]!.ToJsonString()) with
            {
                From = new DateOnly(2028, 3, 15), Threshold = ThresholdSchedule.Of(6_000),
            };
            Assert.Equal(2, Assert.IsType<PolicyOutcome.Made>(
                await desk.MakeAsync(wanted, wanted.Id, "tester", Stop)).Policy.Version);
        }

        var policy = file["policies"]![0]!;
        (policy["version"], policy["from"], policy["thresholdBasisPoints"]) = (2, "2028-03-20", 4_000);
        policy["thresholdSteps"] = new JsonArray();
        var error = await Assert.ThrowsAsync<DataSetException>(() => StartAsync(file));
        Assert.Contains("\"version\" to 3", error.Findings[0].Takes.En, StringComparison.Ordinal);
        Assert.Contains("made over the interface", error.Findings[0].Takes.En, StringComparison.Ordinal);
        policy["version"] = 3;
        var book = await BookAsync(file);
        var share = DataSetFile.Load(dataSet).Policies[0].ThresholdOn(new DateOnly(2028, 3, 14));
        Assert.Equal((share, 6_000, 4_000),
            (Share(book, "2028-03-14"), Share(book, "2028-03-19"), Share(book, "2028-03-20")));
    }

    [Theory]
    [MemberData(nameof(DataSets))]
    public async Task A_database_stays_that_of_its_city_and_zone(string dataSet)
    {
        var file = await BeginAsync(dataSet);
        file["zone"]!["utcOffsetMinutes"] = 540;
        var moved = await Assert.ThrowsAsync<DataSetException>(() => StartAsync(file));
        Assert.Equal("$.zone.utcOffsetMinutes", Assert.Single(moved.Findings).Path);
        var another = Shipped(Places.ShippedDataSets.All.First(name => name != dataSet));
        var other = await Assert.ThrowsAsync<DataSetException>(() => StartAsync(another));
        Assert.Contains(other.Findings, f => f.Path == "$.city.code");
    }

    private static JsonObject Shipped(string dataSet) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(DataSetFile.ShippedFolder, $"{dataSet}.json")))!.AsObject();

    /// <summary>A first start with a data set as it is shipped.</summary>
    private async Task<JsonObject> BeginAsync(string dataSet)
    {
        var file = Shipped(dataSet);
        await (await StartAsync(file)).DisposeAsync();
        return file;
    }

    private async Task<PolicyBook> BookAsync(JsonObject file)
    {
        await using var host = await StartAsync(file);
        return host.Services.GetRequiredService<CurrentPolicies>().Book;
    }

    private async Task<FleetServiceHost> StartAsync(JsonObject file)
    {
        var path = Path.Combine(_folder.FullName, "city.json");
        await File.WriteAllTextAsync(path, file.ToJsonString(new JsonSerializerOptions { WriteIndented = true }), Stop);
        var host = FleetServiceHost.Build(
            new Dictionary<string, string?>
            {
                ["Storage:DataDirectory"] = Path.Combine(_folder.FullName, "data"),
                ["Places:DataSet"] = path,
                ["Urls"] = "http://127.0.0.1:0",
                ["Broker:Embedded:Port"] = "0",
            },
            services => services.AddSingleton<TimeProvider>(_clock));
        try
        {
            await host.StartAsync(Stop);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    private ShippedPolicies Decide(PlacesDataSet places)
    {
        using var database = SqliteEngine.OpenFile($"{_folder.FullName}/data/fleet.db");
        return ShippedPolicyRule.Decide(
            PolicyStore.Read(database).Records, PolicyGround.Of(places), places, places.Zone.DayOf(_clock.UtcMs));
    }

    private static int Share(PolicyBook book, string text)
    {
        var day = DateOnly.Parse(text, null);
        return book.ForCabinet(new PolicySubject("", "", ""), day)!.ThresholdOn(day);
    }
}
