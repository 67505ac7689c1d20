using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Compliance;
using KioskFleet.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Policies;

/// <summary>Policies over HTTP, on the whole service.</summary>
public abstract class PolicyApiTests(string dataSet) : IAsyncLifetime
{
    // 2026-03-10 in Shanghai.
    private readonly HistoryClock _clock = new() { UtcMs = 1_773_115_200_000 };
    private readonly PlacesDataSet _places = DataSetFile.Load(dataSet);
    private ServiceRig _rig = null!;

    private Policy Shipped => _places.Policies[0];

    private string City => _places.City.Code.Value;

    private string County => _places.Counties[0].Code.Value;

    /// <summary>The id of a policy for the county.</summary>
    private string OfCounty => $"county-{County}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await ServiceRig.StartAsync(
        services => services.AddSingleton<TimeProvider>(_clock), ("Places:DataSet", dataSet));

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_policy_is_made_shown_in_force_and_ended()
    {
        var made = await PostAsync("", Terms(OfCounty, "county", County, "2026-03-12", 6_000), 201);
        Assert.Equal(("scheduled", 1, "made"), (Text(made, "policy", "state"),
            made.GetProperty("policy").GetProperty("version").GetInt32(), Text(made, "policy", "origin")));
        await _rig.RegisterAsync("K1");
        Assert.Equal(Shipped.Id, Text(await GetAsync("/in-force?cabinet=K1"), "inForce", "id"));
        var later = await GetAsync("/in-force?cabinet=K1&day=2026-03-12");
        Assert.Equal((OfCounty, 6_000, Shipped.Id, "op1", County), (Text(later, "inForce", "id"),
            later.GetProperty("inForce").GetProperty("thresholdBasisPoints").GetInt32(),
            Text(later.GetProperty("behind")[0], "id"), Text(later, "operator"), Text(later, "county")));
        var elsewhere = await GetAsync($"/in-force?county={_places.Counties[1].Code}&day=2026-03-12");
        Assert.Equal(Shipped.Id, Text(elsewhere, "inForce", "id"));
        var hall = _places.Policies[1];
        Assert.Equal(hall.Id, Text(await GetAsync($"/in-force?venueKind={hall.VenueKind}"), "inForce", "id"));

        await PostAsync($"/{OfCounty}/end", new { to = "2026-04-01", reason = "复核" }, 200);
        Assert.Equal(Shipped.Id, Text(await GetAsync("/in-force?cabinet=K1&day=2026-04-01"), "inForce", "id"));
        _clock.UtcMs += 30L * 86_400_000;
        var again = await PostAsync($"/{OfCounty}/end", new { to = "2026-04-09" }, 409);
        Assert.Equal(("policyOver", "ended", 0),
            (Text(again, "code"), Text(again, "state"), again.GetProperty("allowed").GetArrayLength()));
        var shown = Assert.Single((await GetAsync($"/{OfCounty}")).EnumerateArray());
        Assert.Equal(("ended", "2026-04-01", "复核"), (Text(shown, "state"), Text(shown, "to"),
            Text(shown, "ended", "reason")));
    }

    [Fact]
    public async Task An_overlap_names_the_other_policy_and_the_way_out()
    {
        var body = Terms("stricter", "city", City, "2026-04-01", 5_500);
        var refused = await PostAsync("", body, 409);
        Assert.Equal(("policyOverlaps", Shipped.Id), (Text(refused, "code"), Text(refused, "other", "id")));
        Assert.Equal(JsonValueKind.Null, refused.GetProperty("other").GetProperty("to").ValueKind);
        Assert.Equal($"/api/v1/policies/{Shipped.Id}/end", Text(refused, "takes", "end"));
        Assert.NotEmpty(Text(refused, "titleZh"));

        body["replaces"] = Text(refused, "takes", "replaces");
        var made = await PostAsync("", body, 201);
        Assert.Equal((Shipped.Id, "2026-04-01"), (made.GetProperty("ended")[0].GetProperty("id").GetString(),
            made.GetProperty("ended")[0].GetProperty("to").GetString()));
        Assert.Equal(Shipped.Id, Text(await GetAsync("/in-force?day=2026-03-31"), "inForce", "id"));
        Assert.Equal("stricter", Text(await GetAsync("/in-force?day=2026-04-01"), "inForce", "id"));
    }

    [Fact]
    public async Task What_is_shown_can_be_changed_and_sent_back_as_a_new_version()
    {
        var shown = (await GetAsync($"/{Shipped.Id}"))[0].GetProperty("terms");
        var body = JsonObject.Create(shown)!;
        (body["from"], body["replaces"], body["thresholdBasisPoints"]) = ("2026-03-10", Shipped.Id, 5_100);
        body["thresholdSteps"] = new JsonArray(new JsonObject { ["from"] = "2027-01-01", ["basisPoints"] = 5_500 });
        var made = await PostAsync("", body, 201);
        Assert.Equal((2, "2027-01-01"), (made.GetProperty("policy").GetProperty("version").GetInt32(),
            Text(made, "policy", "nextStep", "from")));
        var versions = await GetAsync($"/{Shipped.Id}");
        var before = Shipped.ThresholdOn(new DateOnly(2026, 3, 10));
        Assert.Equal([(1, "ended", before), (2, "inForce", 5_100)], versions.EnumerateArray().Select(v => (
            v.GetProperty("version").GetInt32(), Text(v, "state"), v.GetProperty("thresholdBasisPoints").GetInt32())));
        Assert.Equal(2, _rig.Host.Services.GetRequiredService<CurrentPolicies>().Book
            .ForCabinet(new PolicySubject("", "", ""), new DateOnly(2026, 3, 10))!.Version);
    }

    [Fact]
    public async Task Everything_wrong_with_a_policy_is_said_at_once()
    {
        var body = Terms("Bad Name", "city", County, "2026-03-09", 10_001);
        (body["window"], body["treshold"], body["clause"]) = ("fortnight", 1, "");
        body["enforcement"]!["mode"] = "restrict";
        var refused = await PostAsync("", body, 400);
        Assert.Equal(
            [
                "$.clause", "$.enforcement.mode", "$.id", "$.scope.id", "$.thresholdBasisPoints", "$.treshold",
                "$.window",
            ],
            refused.GetProperty("findings").EnumerateArray().Select(f => Text(f, "path"))
                .Order(StringComparer.Ordinal));
        var late = await PostAsync("", Terms("late", "county", County, "2026-03-09", 5_000), 400);
        Assert.Equal("$.from", Text(late.GetProperty("findings")[0], "path"));
        Assert.Contains("2026-03-10", Text(late.GetProperty("findings")[0], "text", "en"), StringComparison.Ordinal);
        Assert.Contains("2026-03-10", Text(late.GetProperty("findings")[0], "text", "zh"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_refusal_says_what_it_takes_in_both_languages()
    {
        var wrong = Terms("Bad Name", "city", County, "2026-03-09", 10_001);
        wrong.Remove("checks");
        JsonElement[] problems =
        [
            await PostAsync("", wrong, 400), await PostAsync("", new[] { 1 }, 400),
            await PostAsync("", Terms("late", "county", County, "2026-03-09", 5_000), 400),
            await PostAsync("", Terms("stricter", "city", City, "2026-04-01", 5_500), 409),
            await PostAsync("/nobody/end", new { to = "2026-04-01" }, 404), await GetAsync("/nobody", 404),
            await GetAsync("?scope=1", 400), await GetAsync("?state=x", 400), await GetAsync("/in-force?day=x", 400),
            await GetAsync("/in-force?venueKind=x", 400), await GetAsync("/in-force?cabinet=nobody", 404),
            await GetAsync($"/in-force?venueKind={WithoutPolicy}", 404),
            await PostAsync("", new string(' ', 70_000), 413),
        ];
        Assert.All(problems, problem =>
        {
            AssertBoth(Text(problem, "detail"), Text(problem, "detailZh"));
            AssertBoth(Text(problem, "title"), Text(problem, "titleZh"));
            var texts = problem.TryGetProperty("findings", out var findings)
                ? findings.EnumerateArray().Select(f => f.GetProperty("text")).ToList()
                : problem.TryGetProperty("text", out var text) ? [text] : [];
            Assert.All(texts.Where(t => Text(t, "en") != "JSON"), t => AssertBoth(Text(t, "en"), Text(t, "zh")));
        });

        static void AssertBoth(string english, string chinese) => Assert.True(
            english.All(c => c < 0x2E80) && chinese.Any(c => c >= 0x2E80), $"{english} / {chinese}");
    }

    [Fact]
    public async Task Text_that_is_no_policy_is_refused()
    {
        foreach (var text in (string[])["[]", "{\"id\":\"a\",\"id\":\"b\"}", "{"])
        {
            using var content = new StringContent(text, Encoding.UTF8, "application/json");
            using var answer = await _rig.Admin.PostAsync("/api/v1/policies", content, Stop);
            await ServiceRig.JsonAsync(answer, HttpStatusCode.BadRequest);
        }

        using var large = new StringContent(
            new string(' ', PolicyLimits.MaxRequestBytes + 1), Encoding.UTF8, "application/json");
        using var tooLarge = await _rig.Admin.PostAsync("/api/v1/policies", large, Stop);
        await ServiceRig.JsonAsync(tooLarge, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Changing_takes_a_write_token_and_leaves_audit_rows_of_the_same_decision()
    {
        using var nobody = await _rig.Anonymous.PostAsJsonAsync("/api/v1/policies", Terms(), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        var body = Terms();
        body["replaces"] = Shipped.Id;
        await PostAsync("", body, 201);
        var audit = _rig.Host.Services.GetRequiredService<AuditLog>();
        Assert.Equal("policy.made", Assert.Single(audit.Read("policy:stricter", null, 9)).Action);
        Assert.Equal(["policy.ended", "policy.takenOver"],
            audit.Read($"policy:{Shipped.Id}", null, 9).Select(row => row.Action));
    }

    [Fact]
    public async Task The_list_is_filtered_and_a_wrong_filter_is_named()
    {
        await PostAsync("", Terms(OfCounty, "county", County, "2026-03-12", 6_000), 201);
        Assert.Equal(_places.Policies.Length + 1, (await GetAsync("")).GetArrayLength());
        Assert.Equal(OfCounty, Text(Assert.Single((await GetAsync("?scope=county")).EnumerateArray()), "id"));
        Assert.Equal(OfCounty, Text(Assert.Single((await GetAsync("?state=scheduled")).EnumerateArray()), "id"));
        Assert.Equal(2, (await GetAsync("?venueKind=cabinet")).GetArrayLength());
        Assert.Equal("scope", Text(await GetAsync("?scope=1", 400), "field"));
        Assert.Equal("day", Text(await GetAsync("/in-force?day=tomorrow", 400), "field"));
        Assert.Equal("cabinetUnknown", Text(await GetAsync("/in-force?cabinet=nobody", 404), "code"));
        Assert.Equal("noPolicyInForce", Text(await GetAsync($"/in-force?venueKind={WithoutPolicy}", 404), "code"));
        Assert.Equal("policyUnknown", Text(await GetAsync("/nobody", 404), "code"));
    }

    [Fact]
    public async Task Another_process_reads_what_was_decided_here()
    {
        await PostAsync("", Terms(OfCounty, "county", County, "2026-03-10", 6_000), 201);
        await PostAsync($"/{OfCounty}/end", new { to = "2026-03-20" }, 200);
        var other = new CurrentPolicies(new PolicyBook(_places.Policies));
        new PolicyDesk(_rig.Database, _places.Zone, other, _clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<PolicyDesk>.Instance).Reload();
        var subject = new PolicySubject("", "", County);
        Assert.Equal(OfCounty, other.Book.ForCabinet(subject, new DateOnly(2026, 3, 19))!.Id);
        Assert.Equal(Shipped.Id, other.Book.ForCabinet(subject, new DateOnly(2026, 3, 20))!.Id);
        other.Replace(new PolicyBook(_places.Policies));
        Assert.Equal(_places.Policies.Length + 2, other.Book.Revision);
    }

    private string WithoutPolicy =>
        _places.VenueKinds.First(kind => _places.Policies.All(p => p.VenueKind != kind.Id)).Id;

    private JsonObject Terms(
        string id = "stricter", string scope = "city", string? scopeId = null, string from = "2026-04-01",
        int threshold = 5_500)
    {
        var body = PolicyJson.Write(Shipped);
        (body["id"], body["from"], body["thresholdBasisPoints"]) = (id, from, threshold);
        body["scope"] = new JsonObject { ["kind"] = scope, ["id"] = scopeId ?? City };
        body["thresholdSteps"] = new JsonArray();
        body.Remove("version");
        body.Remove("to");
        return body;
    }

    private async Task<JsonElement> GetAsync(string path, int status = 200)
    {
        using var answer = await _rig.Admin.GetAsync("/api/v1/policies" + path, Stop);
        return await ServiceRig.JsonAsync(answer, (HttpStatusCode)status);
    }

    private async Task<JsonElement> PostAsync<T>(string path, T body, int status)
    {
        using var answer = await _rig.Admin.PostAsJsonAsync("/api/v1/policies" + path, body, Stop);
        return await ServiceRig.JsonAsync(answer, (HttpStatusCode)status);
    }

    private static string Text(JsonElement element, params string[] path) =>
        path.Aggregate(element, (e, name) => e.GetProperty(name)).GetString()!;
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPolicyApiTests() : PolicyApiTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPolicyApiTests() : PolicyApiTests("linjiang-2027");
