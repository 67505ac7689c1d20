using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Service.Access;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

public abstract class EnforcementApiTests(string dataSet)
{
    private readonly PlacesDataSet _places = DataSetFile.Load(dataSet);

    private string County => _places.Counties[0].Code.Value;

    private string Other => _places.Counties[1].Code.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_planned_cabinet_shows_its_whole_config_and_is_behind_until_it_reports_it()
    {
        await using var rig = await StartAsync();
        await EnrolAsync(rig, "A1");
        await EnrolAsync(rig, "A2");
        var detail = await Post(rig, "enforcement/A1/plan", null);
        var summary = detail.GetProperty("summary");
        Assert.Equal(("Observing", true), (summary.GetProperty("rung").GetString(),
            summary.GetProperty("behind").GetBoolean()));
        Assert.Equal("Observed", summary.GetProperty("rungText").GetProperty("en").GetString());
        Assert.Equal("Slot", detail.GetProperty("kind").GetProperty("kind").GetString());
        var wanted = detail.GetProperty("wanted");
        Assert.Equal((summary.GetProperty("wantedVersion").GetString(), "A1"),
            (wanted.GetProperty("version").GetString(), wanted.GetProperty("cabinet").GetString()));
        Assert.Equal("First", Assert.Single(detail.GetProperty("configs").EnumerateArray())
            .GetProperty("reason").GetString());

        Assert.Equal(["A1"], await Ids(rig, "?behind=true"));
        Assert.Equal(["A2"], await Ids(rig, "?behind=false"));
        Assert.Equal(["A1", "A2"], await Ids(rig, $"?rung=observing&county={County}&operator=op1"));
        Assert.Equal(["A2"], await Ids(rig, "?page=2&pageSize=1"));
        Assert.Empty(await Ids(rig, "?rung=Restricted"));
        Assert.Empty(await Ids(rig, $"?county={Other}"));

        var journal = new JournalOnPaper(new CabinetOnPaper("A1"), 1);
        Hear(rig, journal, summary.GetProperty("wantedVersion").GetString()!);
        Assert.Empty(await Ids(rig, "?behind=true"));
        using var bad = await rig.Anonymous.GetAsync("/api/v1/enforcement?rung=2", Stop);
        Assert.Equal("badRung", (await ServiceRig.JsonAsync(bad, HttpStatusCode.BadRequest))
            .GetProperty("code").GetString());
        using var unknown = await rig.Anonymous.GetAsync("/api/v1/enforcement/none", Stop);
        await ServiceRig.JsonAsync(unknown, HttpStatusCode.NotFound);
        using var forbidden = await rig.Anonymous.PostAsync("/api/v1/enforcement/A1/plan", null, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, forbidden.StatusCode);
    }

    [Fact]
    public async Task An_exemption_names_reason_author_and_end_reaches_the_config_at_once_and_can_be_ended()
    {
        await using var rig = await StartAsync();
        await EnrolAsync(rig, "A1");
        await Post(rig, "enforcement/A1/plan", null);
        var last = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(10);
        var made = await Post(rig, "exemptions", new
        {
            scope = "operator", subject = "op1", reason = " flood relief ", lastDay = last,
        });
        Assert.Equal(("flood relief", "admin"),
            (made.GetProperty("reason").GetString(), made.GetProperty("author").GetString()));

        var endUtc = DateTimeOffset.FromUnixTimeMilliseconds(_places.Zone.StartOfUtcMs(last.AddDays(1)));
        var detail = await Get(rig, "enforcement/A1");
        Assert.Equal(endUtc, detail.GetProperty("summary").GetProperty("exemptUntilUtc").GetDateTimeOffset());
        Assert.Equal(endUtc.ToUnixTimeMilliseconds(), Store(rig).ReadConfig("A1", Version(detail)) is { } payload
            && Protocol.Configs.VersionedConfig.TryParse(payload, out var config) ? config.Config.ExemptUntilUtcMs : 0);

        var id = made.GetProperty("exemptionId").GetInt64();
        var ended = await Post(rig, $"exemptions/{id}/end", null);
        Assert.Equal("admin", ended.GetProperty("endedBy").GetString());
        var again = await Post(rig, $"exemptions/{id}/end", null);
        Assert.Equal(ended.GetProperty("endedUtcMs").GetInt64(), again.GetProperty("endedUtcMs").GetInt64());
        Assert.Equal(JsonValueKind.Null, (await Get(rig, "enforcement/A1")).GetProperty("summary")
            .GetProperty("exemptUntilUtc").ValueKind);
        Assert.Single((await Get(rig, "exemptions")).GetProperty("items").EnumerateArray());
        Assert.Equal(["enforcement.ended", "enforcement.exempted"], rig.Host.Services.GetRequiredService<AuditLog>()
            .Read("operator:op1", null, 10).Select(entry => entry.Action));
    }

    [Fact]
    public async Task An_essential_product_of_a_county_reaches_the_cabinets_there()
    {
        await using var rig = await StartAsync();
        await EnrolAsync(rig, "A1");
        await Post(rig, "enforcement/A1/plan", null);
        var before = Version(await Get(rig, "enforcement/A1"));
        await Post(rig, "essential-skus", new { county = Other, sku = "water", reason = "elsewhere" });
        Assert.Equal(before, Version(await Get(rig, "enforcement/A1")));

        var made = await Post(
            rig, "essential-skus", new { county = County, sku = "water", reason = "drinking water" });
        var detail = await Get(rig, "enforcement/A1");
        Assert.Equal("water", Assert.Single(detail.GetProperty("wanted").GetProperty("exemptSkus").EnumerateArray())
            .GetProperty("sku").GetString());
        await Post(rig, $"essential-skus/{made.GetProperty("essentialId").GetInt64()}/end", null);
        Assert.Equal(before, Version(await Get(rig, "enforcement/A1")));
        Assert.Equal(2, (await Get(rig, "essential-skus")).GetProperty("total").GetInt32());
    }

    private static readonly (string Path, string Body, string Code, string Field)[] Wrong =
    [
        ("exemptions", """{"scope":"city","subject":"x","reason":"r","lastDay":"LATER"}""", "badScope", "scope"),
        ("exemptions", """{"scope":"cabinet","subject":"Z9","reason":"r","lastDay":"LATER"}""",
            "badSubject", "subject"),
        ("exemptions", """{"scope":"operator","subject":"op1","reason":" ","lastDay":"LATER"}""",
        "badReason", "reason"),
        ("exemptions", """{"scope":"operator","subject":"op1","reason":"r"}""", "badLastDay", "lastDay"),
        ("exemptions", """{"scope":"operator","subject":"op1","reason":"r","lastDay":"2020-01-01"}""",
            "badLastDay", "lastDay"),
        ("exemptions", """{"scope":"operator","subject":"op1","reason":"r","lastDay":"2999-01-01"}""",
            "badLastDay", "lastDay"),
        ("essential-skus", """{"sku":"","reason":"r"}""", "badSku", "sku"),
        ("essential-skus", """{"sku":"x","county":"999999","reason":"r"}""", "badCounty", "county"),
        ("essential-skus", """{"sku":"x","operatorId":"a b","reason":"r"}""", "badSubject", "operatorId"),
        ("essential-skus", """{"sku":"x"}""", "badReason", "reason"),
    ];

    [Fact]
    public async Task A_wish_that_cannot_be_taken_names_the_field_and_what_it_takes()
    {
        await using var rig = await StartAsync();
        var later = DateTime.UtcNow.AddDays(3).ToString("yyyy-MM-dd");
        foreach (var (path, body, code, field) in Wrong)
        {
            using var content = new StringContent(
                body.Replace("LATER", later, StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json");
            using var response = await rig.Admin.PostAsync($"/api/v1/{path}", content, Stop);
            var problem = await ServiceRig.JsonAsync(response, HttpStatusCode.BadRequest);
            Assert.Equal((code, field),
                (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()));
            Assert.NotEmpty(problem.GetProperty("title").GetString()!);
            Assert.NotEmpty(problem.GetProperty("titleZh").GetString()!);
            using var missing = await rig.Admin.PostAsync($"/api/v1/{path}/77/end", null, Stop);
            Assert.Equal("noSuchRow", (await ServiceRig.JsonAsync(missing, HttpStatusCode.NotFound))
                .GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task A_change_of_policy_is_planned_without_waiting_for_an_assessment()
    {
        await using var rig = await StartAsync();
        await EnrolAsync(rig, "A1");
        await Post(rig, "enforcement/A1/plan", null);
        var before = Version(await Get(rig, "enforcement/A1"));
        var policies = rig.Host.Services.GetRequiredService<CurrentPolicies>();
        policies.Replace(new PolicyBook(
            [.. policies.Book.All.Select(policy => policy with { Version = 99 })], policies.Book.Revision + 1));
        for (var left = 100; Version(await Get(rig, "enforcement/A1")) == before; left--)
        {
            Assert.True(left > 0, "Nothing was planned within 20 s.");
            await Task.Delay(200, Stop);
        }
    }

    [Fact]
    public void Every_rung_and_reason_has_words_in_both_languages()
    {
        Assert.All(Enum.GetValues<Rung>(), rung => Differ(EnforcementTexts.Of(rung)));
        Assert.All(Enum.GetValues<LadderReason>(), reason => Differ(EnforcementTexts.Of(reason)));

        static void Differ(Bilingual text) =>
            Assert.True(text.En.Length > 0 && text.Zh.Length > 0 && text.En != text.Zh);
    }

    private Task<ServiceRig> StartAsync() => ServiceRig.StartAsync(settings: ("Places:DataSet", dataSet));

    private static EnforcementStore Store(ServiceRig rig) => rig.Host.Services.GetRequiredService<EnforcementStore>();

    private static string Version(JsonElement detail) =>
        detail.GetProperty("summary").GetProperty("wantedVersion").GetString()!;

    private static async Task<JsonElement> Post(ServiceRig rig, string path, object? body)
    {
        using var response = await rig.Admin.PostAsJsonAsync($"/api/v1/{path}", body, Stop);
        return await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
    }

    private static async Task<JsonElement> Get(ServiceRig rig, string path)
    {
        using var response = await rig.Anonymous.GetAsync($"/api/v1/{path}", Stop);
        return await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
    }

    private static async Task<IEnumerable<string?>> Ids(ServiceRig rig, string query) =>
        [.. (await Get(rig, $"enforcement{query}")).GetProperty("items").EnumerateArray()
            .Select(row => row.GetProperty("cabinetId").GetString())];

    /// <summary>Registers a cabinet and gives it its key, as an enrolment does.</summary>
    private static async Task EnrolAsync(ServiceRig rig, string id)
    {
        await rig.RegisterAsync(id);
        var cabinet = new CabinetOnPaper(id);
        await rig.Database.WriteAsync(
            (connection, _) =>
            {
                FleetStore.AddKey(connection, cabinet.Id, cabinet.Signer.PublicKey, 1);
                return true;
            },
            Stop);
        rig.Host.Services.GetRequiredService<FleetRegister>().Refresh([cabinet.Id]);
    }

    private static void Hear(ServiceRig rig, JournalOnPaper journal, string applied)
    {
        using var session = new LedgerSession(rig.Database);
        session.Begin();
        var heard = HelloBook.Hear(session, journal.Hello() with { AppliedConfigVersion = applied }, 1);
        session.Commit();
        Assert.Equal(Refusal.None, heard.Refusal);
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouEnforcementApiTests() : EnforcementApiTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangEnforcementApiTests() : EnforcementApiTests("linjiang-2027");
