using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>Standings and editions over HTTP, on the whole service; totals written as the ledger writes them.</summary>
public abstract class StandingApiTests(string dataSet) : IAsyncLifetime
{
    // 2026-03-10 12:00 in Shanghai.
    private readonly HistoryClock _clock = new() { UtcMs = 1_773_115_200_000 };
    private readonly PlacesDataSet _places = DataSetFile.Load(dataSet);
    private ServiceRig _rig = null!;

    private Policy Policy => _places.Policies.First(p => p.VenueKind == PolicyBook.CabinetVenue);

    private string County => _places.Counties[0].Code.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rig = await ServiceRig.StartAsync(
            services => services.AddSingleton<TimeProvider>(_clock), ("Places:DataSet", dataSet));
        _clock.UtcMs -= 60L * 86_400_000;
        await _rig.RegisterAsync("K1");
        await _rig.RegisterAsync("K2");
        _clock.UtcMs += 60L * 86_400_000;
        Run("""
            INSERT INTO journals (journal_no, journal_id, cabinet_id, head_seq, head_hash, last_utc_ms) VALUES
              (1, x'0000000000000000000000000000000B', 'K1', 9, zeroblob(32), 0),
              (2, x'0000000000000000000000000000000A', 'K1', 3, zeroblob(32), 0);
            INSERT INTO hellos VALUES ('K1', x'0000000000000000000000000000000B', 1773115000000, 9, 0, 0, 0, 0, 0, 0,
                                       '', '');
            """);
        Sell("K1", 20_260_302, aid: 50_000, ordinary: 40_000);
        Sell("K1", 20_260_309, aid: 0, ordinary: 30_000);
        Sell("K2", 20_260_302, aid: 10_000, ordinary: 90_000, unmapped: 1_000);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_cabinets_standing_says_all_that_one_needs_to_know_of_it()
    {
        var row = Assert.Single((await GetAsync("/standings/K1?window=month")).EnumerateArray());
        Assert.Equal(("breach", "signed", Policy.Id, Policy.Window, "2026-03"), (Text(row, "standing"),
            Text(row, "figures"), Text(row, "policyId"), Text(row, "policyWindow"), Text(row, "window", "name")));
        var threshold = Policy.ThresholdOn(new DateOnly(2026, 3, 10));
        var shortfall = (120_000 * threshold - 500_000_000 + 9_999 - threshold) / (10_000 - threshold);
        Assert.Equal((50_000, 70_000, 120_000, 4_166, 0, shortfall, 0), (Number(row, "aidFen"),
            Number(row, "ordinaryFen"), Number(row, "totalFen"), Number(row, "shareBasisPoints"),
            Number(row, "headroomFen"), Number(row, "shortfallFen"), Number(row, "unmappedBasisPoints")));
        Assert.Equal((1, 0, true), (Number(row, "policyVersion"), Number(row, "catalogueVersion"),
            row.GetProperty("provisional").GetBoolean()));
        Assert.Equal(
            [("0000000000000000000000000000000a", 3), ("0000000000000000000000000000000b", 9)],
            row.GetProperty("heads").EnumerateArray().Select(h => (Text(h, "journal"), Number(h, "seq"))));
        var projection = row.GetProperty("projection");
        Assert.Equal((true, 9, 31, 172_222), (projection.GetProperty("enoughData").GetBoolean(),
            Number(projection, "completeDays"), Number(projection, "daysInAll"), Number(projection, "aidFen")));
        Assert.Equal(JsonValueKind.Null, row.GetProperty("edition").ValueKind);
    }

    [Fact]
    public async Task A_standing_at_a_past_day_has_only_the_sales_up_to_it()
    {
        var page = await GetAsync("/standings?at=2026-03-05&window=month");
        Assert.Equal(
            ("2026-03", "2026-03-05T15:59:59.999+00:00"), (Text(page, "window", "name"), Text(page, "upToUtc")));
        Assert.Equal([("K1", "compliant"), ("K2", "breach")],
            page.GetProperty("items").EnumerateArray().Select(r => (Text(r, "cabinetId"), Text(r, "standing"))));
        Assert.Equal("noData", Text((await GetAsync("/standings/K1?at=2026-02-28&window=month"))[0], "standing"));
        var week = await GetAsync("/standings/K1?at=2026-03-05&window=week");
        Assert.Equal("2026-W10", Text(week[0], "window", "name"));
        var own = await GetAsync("/standings?at=2026-03-05");
        Assert.Equal(Windowed(Policy.Window, 5), Text(own, "window", "name"));
    }

    [Fact]
    public async Task Operators_counties_and_the_city_stand_too()
    {
        var operators = await GetAsync("/standings/by/operators?projected=true&window=month");
        Assert.Equal([("operatorInCounty", County), ("operator", "")], operators.GetProperty("items").EnumerateArray()
            .Select(p => (Text(p, "level"), Text(p, "placeCode"))));
        var county = (await GetAsync("/standings/by/counties?window=month")).GetProperty("items").EnumerateArray()
            .Single(p => Text(p, "placeCode") == County);
        Assert.Equal((60_000, 160_000, 1_000, 2, 2), (Number(county, "aidFen"), Number(county, "ordinaryFen"),
            Number(county, "unmappedFen"), Number(county, "cabinets"), Number(county.GetProperty("counts"), "breach")));
        Assert.False(county.GetProperty("judgedAsOne").GetBoolean());
        var city = (await GetAsync("/standings/by/city?at=2026-03-05&window=month")).GetProperty("items")[0];
        Assert.Equal(
            (60_000, 191_000, "breach"), (Number(city, "aidFen"), Number(city, "totalFen"), Text(city, "standing")));
        Assert.Equal(1, Number(operators.GetProperty("items")[1].GetProperty("projection"), "cabinetsAsSoFar"));
    }

    [Fact]
    public async Task A_wrong_moment_or_window_is_named()
    {
        foreach (var (path, field) in new[]
        {
            ("/standings?at=2026-03-11", "at"), ("/standings?window=2026-02&at=2026-03-05", "at"),
            ("/standings/K1?at=2026-03-05T12:00:00", "at"), ("/standings/by/city?window=fortnight", "window"),
        })
        {
            var problem = await GetAsync(path, 400);
            Assert.Equal(field, Text(problem, "field"));
            Assert.NotEmpty(Text(problem, "titleZh"));
        }
    }

    [Fact]
    public async Task The_window_of_each_ones_own_policy_may_differ()
    {
        var other = Policy.Window == "week" ? "month" : "week";
        var own = PolicyJson.Write(Policy);
        own["id"] = "own";
        own["window"] = other;
        own["scope"]!["kind"] = "cabinet";
        own["scope"]!["id"] = "K2";
        Run("INSERT INTO policy_versions SELECT 'own', 1, 'made', $terms, $digest, 0, 'tester'", own.ToJsonString());
        _rig.Host.Services.GetRequiredService<PolicyDesk>().Reload();
        var page = await GetAsync("/standings?window=policy&at=2026-03-09");

        // K2 sold nothing in the week, and much in the month.
        Assert.Equal(
            [
                ("K1", Windowed(Policy.Window, 9), "breach"),
                ("K2", Windowed(other, 9), other == "week" ? "noData" : "breach"),
            ],
            page.GetProperty("items").EnumerateArray()
                .Select(r => (Text(r, "cabinetId"), Text(r, "window", "name"), Text(r, "standing"))));
    }

    [Fact]
    public async Task An_edition_is_served_with_its_digest_and_says_when_it_was_corrected()
    {
        using var nobody = await _rig.Anonymous.PostAsJsonAsync("/api/v1/editions", new { window = "2026-03" }, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        var first = await PostAsync(new { window = "2026-03" }, 201);
        await PostAsync(new { window = "2026-03" }, 200);
        await PostAsync(new { window = "2026-04" }, 400);
        Sell("K1", 20_260_303, aid: 100, ordinary: 0);
        var second = await PostAsync(new { window = "2026-03" }, 201);
        Assert.Equal((1, 2), (Number(first, "number"), Number(second, "number")));

        using var answer = await _rig.Admin.GetAsync($"/api/v1/editions/{Number(first, "editionId")}", Stop);
        var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
        var hash = SHA256.HashData(bytes);
        Assert.Equal(Text(first, "sha256"), Convert.ToHexStringLower(hash));
        Assert.Equal($"sha-256=:{Convert.ToBase64String(hash)}:", answer.Headers.GetValues("Repr-Digest").Single());
        Assert.Equal($"</api/v1/editions/{Number(second, "editionId")}>; rel=\"successor-version\"",
            answer.Headers.GetValues("Link").Single());
        Assert.StartsWith(
            "{\"about\":{\"catalogueVersion\":0,", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);

        var listed = (await GetAsync("/editions?window=2026-03")).EnumerateArray().ToList();
        Assert.Equal([2, 1], listed.Select(e => Number(e, "number")));
        Assert.Equal(Number(second, "editionId"), Number(listed[1].GetProperty("correctedSince"), "editionId"));
        var seal = await GetAsync($"/editions/{Number(second, "editionId")}/seal");
        Assert.Equal(Text(first, "sealSha256"), Text(seal, "seal", "previousSealSha256"));
        Assert.Equal("admin", Text(seal, "seal", "madeBy"));
        Assert.Equal(2, Number((await GetAsync("/standings/K1?window=2026-03"))[0].GetProperty("edition"), "number"));
        Assert.Equal("noSuchEdition", Text(await GetAsync("/editions/99", 404), "code"));
    }

    /// <summary>The name of the window that a day of March lies in.</summary>
    private static string Windowed(string kind, int day) => JudgingWindow.Of(kind, new DateOnly(2026, 3, day)).Name;

    private void Sell(string cabinet, int day, long aid, long ordinary, long unmapped = 0) => Run($"""
        INSERT INTO totals
        SELECT '{cabinet}', (SELECT MAX(assignment_id) FROM assignments WHERE cabinet_id = '{cabinet}'), {day}, column1,
               column2, 1, 0, 0
        FROM (VALUES (1, {aid}), (2, {ordinary}), (3, {unmapped})) AS amounts WHERE column2 > 0
        """);

    private void Run(string sql, string? terms = null)
    {
        using var connection = _rig.Database.OpenWriter();
        if (terms is null)
        {
            connection.Run(sql);
        }
        else
        {
            connection.Execute(sql, ("$terms", terms), ("$digest", new byte[1]));
        }

        TestEngine.SumWindows(connection);
    }

    private async Task<JsonElement> GetAsync(string path, int status = 200)
    {
        using var answer = await _rig.Admin.GetAsync("/api/v1" + path, Stop);
        return await ServiceRig.JsonAsync(answer, (HttpStatusCode)status);
    }

    private async Task<JsonElement> PostAsync<T>(T body, int status)
    {
        using var answer = await _rig.Admin.PostAsJsonAsync("/api/v1/editions", body, Stop);
        return await ServiceRig.JsonAsync(answer, (HttpStatusCode)status);
    }

    private static string Text(JsonElement element, params string[] path) =>
        path.Aggregate(element, (e, name) => e.GetProperty(name)).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouStandingApiTests() : StandingApiTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangStandingApiTests() : StandingApiTests("linjiang-2027");
