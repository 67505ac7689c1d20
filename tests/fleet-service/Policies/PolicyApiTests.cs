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
public sealed class PolicyApiTests : IAsyncLifetime
{
    // 2026-03-10 in Shanghai.
    private readonly HistoryClock _clock = new() { UtcMs = 1_773_115_200_000 };
    private ServiceRig _rig = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _rig = await ServiceRig.StartAsync(
        services => services.AddSingleton<TimeProvider>(_clock));

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_policy_is_made_shown_in_force_and_ended()
    {
        var made = await PostAsync("", Terms("county-341125", "county", "341125", "2026-03-12", 6_000), 201);
        Assert.Equal(("scheduled", 1, "made"), (Text(made, "policy", "state"),
            made.GetProperty("policy").GetProperty("version").GetInt32(), Text(made, "policy", "origin")));
        await _rig.RegisterAsync("K1");
        Assert.Equal("cabinet-aid-share", Text(await GetAsync("/in-force?cabinet=K1"), "inForce", "id"));
        var later = await GetAsync("/in-force?cabinet=K1&day=2026-03-12");
        Assert.Equal(("county-341125", 6_000, "cabinet-aid-share", "op1", "341125"), (Text(later, "inForce", "id"),
            later.GetProperty("inForce").GetProperty("thresholdBasisPoints").GetInt32(),
            Text(later.GetProperty("behind")[0], "id"), Text(later, "operator"), Text(later, "county")));
        var elsewhere = await GetAsync("/in-force?county=341126&day=2026-03-12");
        Assert.Equal("cabinet-aid-share", Text(elsewhere, "inForce", "id"));
        Assert.Equal("local-hall-aid-share", Text(await GetAsync("/in-force?venueKind=local-hall"), "inForce", "id"));

        await PostAsync("/county-341125/end", new { to = "2026-04-01", reason = "复核" }, 200);
        Assert.Equal("cabinet-aid-share", Text(await GetAsync("/in-force?cabinet=K1&day=2026-04-01"), "inForce", "id"));
        _clock.UtcMs += 30L * 86_400_000;
        var again = await PostAsync("/county-341125/end", new { to = "2026-04-09" }, 409);
        Assert.Equal(("policyOver", "ended", 0),
            (Text(again, "code"), Text(again, "state"), again.GetProperty("allowed").GetArrayLength()));
        var shown = Assert.Single((await GetAsync("/county-341125")).EnumerateArray());
        Assert.Equal(("ended", "2026-04-01", "复核"), (Text(shown, "state"), Text(shown, "to"),
            Text(shown, "ended", "reason")));
    }

    [Fact]
    public async Task An_overlap_names_the_other_policy_and_the_way_out()
    {
        var body = Terms("stricter", "city", "341100", "2026-04-01", 5_500);
        var refused = await PostAsync("", body, 409);
        Assert.Equal(("policyOverlaps", "cabinet-aid-share"), (Text(refused, "code"), Text(refused, "other", "id")));
        Assert.Equal(JsonValueKind.Null, refused.GetProperty("other").GetProperty("to").ValueKind);
        Assert.Equal("/api/v1/policies/cabinet-aid-share/end", Text(refused, "takes", "end"));
        Assert.NotEmpty(Text(refused, "titleZh"));

        body["replaces"] = Text(refused, "takes", "replaces");
        var made = await PostAsync("", body, 201);
        Assert.Equal(("cabinet-aid-share", "2026-04-01"), (made.GetProperty("ended")[0].GetProperty("id").GetString(),
            made.GetProperty("ended")[0].GetProperty("to").GetString()));
        Assert.Equal("cabinet-aid-share", Text(await GetAsync("/in-force?day=2026-03-31"), "inForce", "id"));
        Assert.Equal("stricter", Text(await GetAsync("/in-force?day=2026-04-01"), "inForce", "id"));
    }

    [Fact]
    public async Task What_is_shown_can_be_changed_and_sent_back_as_a_new_version()
    {
        var shown = (await GetAsync("/cabinet-aid-share"))[0].GetProperty("terms");
        var body = JsonObject.Create(shown)!;
        (body["from"], body["replaces"], body["thresholdBasisPoints"]) = ("2026-03-10", "cabinet-aid-share", 5_100);
        body["thresholdSteps"] = new JsonArray(new JsonObject { ["from"] = "2027-01-01", ["basisPoints"] = 5_500 });
        var made = await PostAsync("", body, 201);
        Assert.Equal((2, "2027-01-01"), (made.GetProperty("policy").GetProperty("version").GetInt32(),
            Text(made, "policy", "nextStep", "from")));
        var versions = await GetAsync("/cabinet-aid-share");
        Assert.Equal([(1, "ended", 5_000), (2, "inForce", 5_100)], versions.EnumerateArray().Select(v => (
            v.GetProperty("version").GetInt32(), Text(v, "state"), v.GetProperty("thresholdBasisPoints").GetInt32())));
        Assert.Equal(2, _rig.Host.Services.GetRequiredService<CurrentPolicies>().Book
            .ForCabinet(new PolicySubject("", "", ""), new DateOnly(2026, 3, 10))!.Version);
    }

    [Fact]
    public async Task Everything_wrong_with_a_policy_is_said_at_once()
    {
        var body = Terms("Bad Name", "city", "341125", "2026-03-09", 10_001);
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
        var late = await PostAsync("", Terms("late", "county", "341125", "2026-03-09", 5_000), 400);
        Assert.Equal("$.from", Text(late.GetProperty("findings")[0], "path"));
        Assert.Contains("2026-03-10", Text(late.GetProperty("findings")[0], "takes"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", 400)]
    [InlineData("{\"id\":\"a\",\"id\":\"b\"}", 400)]
    [InlineData("{", 400)]
    public async Task Text_that_is_no_policy_is_refused(string text, int status)
    {
        using var content = new StringContent(text, Encoding.UTF8, "application/json");
        using var answer = await _rig.Admin.PostAsync("/api/v1/policies", content, Stop);
        await ServiceRig.JsonAsync(answer, (HttpStatusCode)status);
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
        body["replaces"] = "cabinet-aid-share";
        await PostAsync("", body, 201);
        var audit = _rig.Host.Services.GetRequiredService<AuditLog>();
        Assert.Equal("policy.made", Assert.Single(audit.Read("policy:stricter", null, 9)).Action);
        Assert.Equal(["policy.ended", "policy.takenOver"],
            audit.Read("policy:cabinet-aid-share", null, 9).Select(row => row.Action));
    }

    [Fact]
    public async Task The_list_is_filtered_and_a_wrong_filter_is_named()
    {
        await PostAsync("", Terms("county-341125", "county", "341125", "2026-03-12", 6_000), 201);
        Assert.Equal(4, (await GetAsync("")).GetArrayLength());
        Assert.Equal("county-341125", Text(Assert.Single((await GetAsync("?scope=county")).EnumerateArray()), "id"));
        Assert.Equal("county-341125", Text(Assert.Single((await GetAsync("?state=scheduled")).EnumerateArray()), "id"));
        Assert.Equal(2, (await GetAsync("?venueKind=cabinet")).GetArrayLength());
        Assert.Equal("scope", Text(await GetAsync("?scope=1", 400), "field"));
        Assert.Equal("day", Text(await GetAsync("/in-force?day=tomorrow", 400), "field"));
        Assert.Equal("cabinetUnknown", Text(await GetAsync("/in-force?cabinet=nobody", 404), "code"));
        Assert.Equal("noPolicyInForce", Text(await GetAsync("/in-force?venueKind=zone", 404), "code"));
        Assert.Equal("policyUnknown", Text(await GetAsync("/nobody", 404), "code"));
    }

    [Fact]
    public async Task Another_process_reads_what_was_decided_here()
    {
        await PostAsync("", Terms("county-341125", "county", "341125", "2026-03-10", 6_000), 201);
        await PostAsync("/county-341125/end", new { to = "2026-03-20" }, 200);
        var places = _rig.Host.Services.GetRequiredService<PlacesDataSet>();
        var other = new CurrentPolicies(new PolicyBook(places.Policies));
        new PolicyDesk(_rig.Database, places.Zone, other, _clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<PolicyDesk>.Instance).Reload();
        var subject = new PolicySubject("", "", "341125");
        Assert.Equal("county-341125", other.Book.ForCabinet(subject, new DateOnly(2026, 3, 19))!.Id);
        Assert.Equal("cabinet-aid-share", other.Book.ForCabinet(subject, new DateOnly(2026, 3, 20))!.Id);
        other.Replace(new PolicyBook(places.Policies));
        Assert.Equal(places.Policies.Length + 2, other.Book.Revision);
    }

    private static JsonObject Terms(
        string id = "stricter", string scope = "city", string scopeId = "341100", string from = "2026-04-01",
        int threshold = 5_500)
    {
        var body = PolicyJson.Write(HistoryRig.Shipped.Policies[0]);
        (body["id"], body["from"], body["thresholdBasisPoints"]) = (id, from, threshold);
        body["scope"] = new JsonObject { ["kind"] = scope, ["id"] = scopeId };
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
