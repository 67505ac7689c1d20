using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Alerts;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Alerts;

public sealed class AlertApiTests
{
    private const string Path = "/api/v1/alerts";

    private static readonly TelemetryReading Empty = new TelemetryReading.Stock("A1", 0, 10, "tea");
    private static readonly TelemetryReading Full = new TelemetryReading.Stock("A1", 9, 10, "tea");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<JsonElement> GetAsync(
        AlertRig rig, string query, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await rig.Service.Anonymous.GetAsync(Path + query, Stop);
        return await ServiceRig.JsonAsync(response, status);
    }

    private static async Task<JsonElement> PostAsync(
        AlertRig rig, string path, object? body, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await rig.Service.Admin.PostAsJsonAsync(Path + path, body, Stop);
        return await ServiceRig.JsonAsync(response, status);
    }

    [Fact]
    public async Task An_alert_is_listed_acknowledged_closed_and_audited()
    {
        await using var rig = await AlertRig.StartAsync();
        await rig.TellAsync(Empty);
        await rig.CheckAsync();
        var alert = (await GetAsync(rig, "?kind=SlotEmpty&state=Open&cabinet=A1&operator=op1")).GetProperty("items")[0];
        var id = alert.GetProperty("alertId").GetInt64();
        Assert.Equal("货道已空", alert.GetProperty("title").GetProperty("zh").GetString());
        Assert.Equal("Slot empty", alert.GetProperty("title").GetProperty("en").GetString());

        var taken = await PostAsync(rig, $"/{id}/acknowledge", new { words = "goes there" });
        Assert.Equal(("Acknowledged", "goes there"),
            (taken.GetProperty("state").GetString(), taken.GetProperty("words").GetString()));
        var illegal = await PostAsync(rig, $"/{id}/acknowledge", null, HttpStatusCode.Conflict);
        Assert.Equal("illegalAlertStep", illegal.GetProperty("code").GetString());
        Assert.Equal("close", Assert.Single(illegal.GetProperty("takes").EnumerateArray()).GetString());
        await PostAsync(rig, $"/{id}/close", new { word = "a slip" }, HttpStatusCode.BadRequest);
        Assert.Equal("Dismissed", (await PostAsync(rig, $"/{id}/close", null)).GetProperty("state").GetString());

        // The cause lasts: it does not open again. Once it was gone, it does.
        Assert.Equal((0, 0), await rig.CheckAsync());
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.TellAsync(Full);
        Assert.Equal((0, 1), await rig.CheckAsync());
        Assert.Equal("admin", (await GetAsync(rig, $"/{id}")).GetProperty("closedBy").GetString());
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.TellAsync(Empty);
        Assert.Equal((1, 0), await rig.CheckAsync());
        Assert.Equal(1, (await GetAsync(rig, "?state=Closed")).GetProperty("total").GetInt32());

        using var audit = await rig.Service.Admin.GetAsync($"/api/v1/audit?subject=alert:{id}", Stop);
        var rows = await ServiceRig.JsonAsync(audit, HttpStatusCode.OK);
        Assert.Equal(["alert.closed", "alert.acknowledged"],
            rows.EnumerateArray().Select(row => row.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task A_cabinet_that_leaves_service_has_no_open_alerts()
    {
        await using var rig = await AlertRig.StartAsync();
        await rig.TellAsync(Empty);
        await rig.CheckAsync();
        using var response = await rig.Service.Admin.PostAsJsonAsync(
            "/api/v1/cabinets/A1/life", new { life = "Retired" }, Stop);
        response.EnsureSuccessStatusCode();
        Assert.Equal((0, 1), await rig.CheckAsync());
    }

    [Fact]
    public async Task A_cabinet_that_falls_silent_is_offline_and_keeps_its_other_alerts_until_it_is_back()
    {
        await using var rig = await AlertRig.StartAsync();
        await rig.TellAsync(Empty, new TelemetryReading.Backlog(1, 60_000));
        Assert.Equal((1, 0), await rig.CheckAsync());
        rig.Time.Advance(TimeSpan.FromMinutes(45));
        Assert.Equal((1, 0), await rig.CheckAsync());
        rig.Time.Advance(TimeSpan.FromMinutes(80));
        Assert.Equal((1, 0), await rig.CheckAsync());
        Assert.Equal([AlertKind.UnsentTooOld, AlertKind.Offline, AlertKind.SlotEmpty],
            rig.Store.List(null, null, null).Select(row => row.Key.Kind));
        await rig.TellAsync(Full, new TelemetryReading.Backlog(0, 0));
        Assert.Equal((0, 3), await rig.CheckAsync());
    }

    [Fact]
    public async Task A_temperature_is_watched_first_and_what_is_watched_is_no_alert()
    {
        await using var rig = await AlertRig.StartAsync(("Alerts:Zones:chilled:MostMilliCelsius", "8000"));
        for (var minute = 0; minute < 15; minute++)
        {
            await rig.TellAsync(new TelemetryReading.Temperature("chilled", 9_000 + minute));
            Assert.Equal((0, 0), await rig.CheckAsync());
            rig.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(rig.Store.List(null, null, null));
        Assert.Equal(0, (await GetAsync(rig, "")).GetProperty("total").GetInt32());
        await rig.TellAsync(new TelemetryReading.Temperature("chilled", 9_500));
        Assert.Equal((1, 0), await rig.CheckAsync());
        Assert.Contains("9.5 °C", (await GetAsync(rig, "")).GetProperty("items")[0].GetProperty("text")
            .GetProperty("en").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?kind=Fire", 400, "badAlertKind")]
    [InlineData("?state=Pending", 400, "badAlertState")]
    [InlineData("?state=Loud", 400, "badAlertState")]
    [InlineData("/999", 404, "noSuchAlert")]
    [InlineData("/messages?state=Lost", 400, "badMessageState")]
    [InlineData("?order=up", 400, "unknownQueryName")]
    public async Task What_cannot_be_answered_is_a_problem_with_its_code(string query, int status, string code)
    {
        await using var rig = await AlertRig.StartAsync();
        var problem = await GetAsync(rig, query, (HttpStatusCode)status);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.NotEqual(problem.GetProperty("title").GetString(), problem.GetProperty("titleZh").GetString());
    }

    [Fact]
    public async Task Steps_take_a_write_token_an_alert_and_words_that_fit()
    {
        await using var rig = await AlertRig.StartAsync();
        using var refused = await rig.Service.Anonymous.PostAsJsonAsync($"{Path}/1/close", new { }, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        await PostAsync(rig, "/1/close", null, HttpStatusCode.NotFound);
        await PostAsync(rig, "/messages/none/revive", null, HttpStatusCode.NotFound);
        var words = await PostAsync(
            rig, "/1/close", new { words = new string('x', AlertDesk.MaxWords + 1) }, HttpStatusCode.BadRequest);
        Assert.Equal("badAlertWords", words.GetProperty("code").GetString());
    }

    [Fact]
    public void The_ledgers_sales_give_the_rhythm_and_only_new_ones_are_read_again()
    {
        using var files = new TemporaryDatabase();
        files.Run("""
            INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ('op', 'op', 0);
            INSERT INTO cabinets (cabinet_id, life, closed_until_utc_ms, registered_utc_ms, changed_utc_ms)
                VALUES ('A1', 'Active', NULL, 0, 0);
            INSERT INTO assignments VALUES (1, 'A1', 'op', '341125', '', 'school', 0, NULL);
            INSERT INTO journals (journal_no, journal_id, cabinet_id, head_seq, head_hash, last_utc_ms)
              VALUES (1, x'01', 'A1', 0, x'00', 0);
            INSERT INTO batches VALUES (1, 1, 1, 1, 1, 1, x'00', x'00', x'00', 1, 0);
            """);
        void Sell(long position, long utcMs, int kind = 1, int state = 0) => files.Run($"""
            INSERT INTO entries (position, batch_id, seq, hash, bytes, kind, state, utc_ms, business_day, assignment_id,
              aid_fen, ordinary_fen, unmapped_fen, line_class)
            VALUES ({position}, 1, {position}, x'00', x'00', {kind}, {state}, {utcMs}, 20200901, 1, 1, 0, 0, 1)
            """);
        var rhythms = new SaleRhythms(new AlertStore(files.Database));
        rhythms.Follow(Stop);
        Assert.Null(rhythms.Of("A1"));
        Sell(1, 1_000);
        Sell(2, 3_000);
        Sell(3, 9_000, kind: 2);
        Sell(4, 9_000, state: 1);
        rhythms.Follow(Stop);
        Assert.Equal(new SaleRhythm(3_000, 1, 2_000), rhythms.Of("A1"));
        Sell(5, 7_000);
        rhythms.Follow(Stop);
        rhythms.Follow(Stop);
        Assert.Equal(new SaleRhythm(7_000, 2, 3_000), rhythms.Of("A1"));
        files.Run("DELETE FROM entries WHERE position > 1");
        rhythms.Follow(Stop);
        Assert.Equal(new SaleRhythm(1_000, 0, 0), rhythms.Of("A1"));
    }
}
