using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Service.Tests.Findings;

/// <summary>Findings over HTTP, on the whole service.</summary>
public abstract class FindingInterfaceTests(string dataSet) : IAsyncLifetime
{
    private readonly CityService _city = new(dataSet);
    private ServiceRig _rig = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rig = await _city.StartAsync();
        Raise(FindingKind.AbsurdSale, new FindingAbout("cab-1", "op-1", _city.County), 1_598_889_600_000);
        Raise(FindingKind.Fork, new FindingAbout("cab-2", "op-2", _city.OtherCounty), 1_598_976_000_000);
        Raise(FindingKind.BelowThreshold, new FindingAbout("", "op-1", _city.County, "hall-7"), 1_599_062_400_000);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_finding_goes_through_its_life_and_every_step_is_shown()
    {
        await PostAsync("/api/v1/findings/1/acknowledge", null, HttpStatusCode.OK);
        await PostAsync("/api/v1/findings/1/explain", new { words = "学校集中采购" }, HttpStatusCode.OK);
        var refused = await PostAsync("/api/v1/findings/1/reopen", new { words = "no receipt" }, HttpStatusCode.OK);
        Assert.Equal("Open", refused.GetProperty("finding").GetProperty("state").GetString());
        await PostAsync("/api/v1/findings/1/explain", new { words = "receipt is attached" }, HttpStatusCode.OK);
        var closed = await PostAsync(
            "/api/v1/findings/1/close", new { @as = "accepted", words = "checked" }, HttpStatusCode.OK);
        Assert.Equal(("Closed", "Accepted"), (closed.GetProperty("finding").GetProperty("state").GetString(),
            closed.GetProperty("finding").GetProperty("closedAs").GetString()));
        var shown = await GetAsync("/api/v1/findings/1");
        Assert.Equal(["Acknowledge", "Explain", "Reopen", "Explain", "CloseAccepted"],
            shown.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("step").GetString()));
        Assert.Equal("admin", shown.GetProperty("steps")[1].GetProperty("by").GetString());
        Assert.Equal("学校集中采购", shown.GetProperty("steps")[1].GetProperty("words").GetString());
        Assert.Equal(["Reopen"], shown.GetProperty("allowed").EnumerateArray().Select(s => s.GetString()));
        Assert.NotEmpty(shown.GetProperty("meaning").GetProperty("zh").GetString()!);
        var audit = (await GetAsync("/api/v1/audit?subject=finding:1")).ToString();
        Assert.Contains("finding.CloseAccepted", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_illegal_step_is_409_with_state_and_what_is_allowed()
    {
        var problem = await PostAsync(
            "/api/v1/findings/1/close", new { @as = "accepted", words = "x" }, HttpStatusCode.Conflict);
        Assert.Equal(("Open", "illegalStep"),
            (problem.GetProperty("state").GetString(), problem.GetProperty("code").GetString()));
        Assert.Equal(["Acknowledge", "Explain"],
            problem.GetProperty("allowed").EnumerateArray().Select(s => s.GetString()));
        Assert.NotEqual(problem.GetProperty("title").GetString(), problem.GetProperty("titleZh").GetString());
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_named()
    {
        var words = await PostAsync("/api/v1/findings/1/explain", new { words = "" }, HttpStatusCode.BadRequest);
        Assert.Equal(("badWords", "words"),
            (words.GetProperty("code").GetString(), words.GetProperty("field").GetString()));
        var closing = await PostAsync(
            "/api/v1/findings/1/close", new { @as = "done", words = "x" }, HttpStatusCode.BadRequest);
        Assert.Equal("badClosing", closing.GetProperty("code").GetString());
        await PostAsync("/api/v1/findings/99/acknowledge", null, HttpStatusCode.NotFound);
        foreach (var (query, code) in ((string, string)[])[("kind=Nonsense", "findingKindUnknown"),
            ("kind=3", "findingKindUnknown"), ("state=Done", "badState"), ("since=yesterday", "badSince"),
            ("since=2020-09-01T08:00:00", "badSince"), ("since=2020-09-01 08:00%2B08:00", "badSince")])
        {
            using var response = await _rig.Admin.GetAsync($"/api/v1/findings?{query}", Stop);
            var problem = await ServiceRig.JsonAsync(response, HttpStatusCode.BadRequest);
            Assert.Equal(code, problem.GetProperty("code").GetString());
        }

        using var missing = await _rig.Admin.GetAsync("/api/v1/findings/99", Stop);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Filters_and_pages_give_what_was_asked_for()
    {
        foreach (var (query, expected) in new (string, int[])[]
        {
            ("", [3, 2, 1]), ("?kind=fork", [2]), ("?operator=op-1", [3, 1]), ($"?county={_city.OtherCounty}", [2]),
            ("?cabinet=cab-1", [1]), ("?venue=hall-7", [3]), ("?since=2020-09-02", [3, 2]),
            ("?since=2020-09-02T00:00:00.001%2B08:00", [3]), ("?state=open&count=1", [3]),
            ("?before=3&count=5", [2, 1]), ("?state=Closed", []),
        })
        {
            var page = await GetAsync("/api/v1/findings" + query);
            var found = page.GetProperty("items").EnumerateArray().Select(f => f.GetProperty("findingId").GetInt32());
            Assert.True(expected.SequenceEqual(found), $"{query}: {string.Join(", ", found)}");
        }
    }

    [Fact]
    public async Task Steps_take_a_write_token()
    {
        using var response = await _rig.Anonymous.PostAsync("/api/v1/findings/1/acknowledge", null, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Every_kind_is_described_in_both_languages_with_severity_and_who_answers()
    {
        var kinds = await GetAsync("/api/v1/findings/kinds");
        Assert.Equal(Enum.GetNames<FindingKind>(),
            kinds.EnumerateArray().Select(k => k.GetProperty("kind").GetString()));
        foreach (var kind in kinds.EnumerateArray())
        {
            foreach (var text in (string[])["title", "meaning", "evidence"])
            {
                var (zh, en) = (kind.GetProperty(text).GetProperty("zh").GetString()!,
                    kind.GetProperty(text).GetProperty("en").GetString()!);
                Assert.Contains(zh, c => c is >= '\u4e00' and <= '\u9fff');
                Assert.DoesNotContain(en, c => c is >= '\u4e00' and <= '\u9fff');
                Assert.True(en.Length > 3);
            }

            Assert.True(Enum.TryParse<FindingSeverity>(kind.GetProperty("severity").GetString(), out _));
            Assert.True(Enum.TryParse<FindingAnswerer>(kind.GetProperty("answers").GetString(), out _));
        }
    }

    [Fact]
    public void The_readme_tells_every_kind_as_the_interface_does()
    {
        var rows = File.ReadAllLines(SourceTree.At("fleet-service/README.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        Assert.All(Enum.GetValues<FindingKind>(), kind =>
        {
            var facts = FindingFacts.Of(kind);
            Assert.Contains($"| `{kind}` | {FindingFacts.Meaning(kind).En} | {FindingFacts.Evidence(kind).En} | "
                + $"{facts.Severity} | {facts.Answers} |", rows);
        });
    }

    private void Raise(FindingKind kind, FindingAbout about, long utcMs)
    {
        using var connection = _rig.Database.OpenWriter();
        using var table = new FindingTable(connection);
        table.Raise(new FindingDraft(kind, about, "2020-09", "{}", 1), utcMs, 0);
    }

    private async Task<JsonElement> PostAsync(string path, object? body, HttpStatusCode status)
    {
        using var response = body is null
            ? await _rig.Admin.PostAsync(path, null, Stop)
            : await _rig.Admin.PostAsJsonAsync(path, body, Stop);
        return await ServiceRig.JsonAsync(response, status);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _rig.Admin.GetAsync(path, Stop);
        return await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouFindingInterfaceTests() : FindingInterfaceTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangFindingInterfaceTests() : FindingInterfaceTests("linjiang-2027");
