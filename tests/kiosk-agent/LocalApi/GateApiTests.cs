using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Agent.Tests.LocalApi;

/// <summary>The gate as a sales program and a screen see it: tea is aid, rice ordinary, 50 %, 30 yuan of allowance.
/// </summary>
public sealed class GateApiTests
{
    private const string Rice = """{"id":"ID","slot":"A2","sku":"rice","priceFen":2000}""";

    [Fact]
    public async Task A_denial_names_reason_and_headroom_in_the_callers_language()
    {
        await using var agent = await RunningAgent.StartAsync();
        Restrict(agent);
        Assert.Equal(200, (await agent.PostAsync("/v1/vends", Rice)).Status);

        var (status, chinese, type) = await agent.PostAsync(
            "/v1/vends", Rice.Replace("ID", "v2", StringComparison.Ordinal), "zh-CN");
        Assert.Equal((409, "application/problem+json"), (status, type));
        Assert.Equal("ordinaryLimit", chinese.GetProperty("reason").GetString());
        Assert.Equal("普通商品暂停销售", chinese.GetProperty("title").GetString());
        Assert.Contains("10.00 元", chinese.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(1_000, chinese.GetProperty("headroomFen").GetInt64());

        var (_, english, _) = await agent.PostAsync(
            "/v1/vends", Rice.Replace("ID", "v2", StringComparison.Ordinal), "en");
        Assert.Equal("Ordinary products are paused", english.GetProperty("title").GetString());
        Assert.Contains("10.00 yuan", english.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approval_says_what_is_left_and_aid_gives_headroom_back()
    {
        await using var agent = await RunningAgent.StartAsync();
        Restrict(agent);

        var (_, rice, _) = await agent.PostAsync("/v1/vends", Rice);
        Assert.Equal(1_000, rice.GetProperty("headroomFen").GetInt64());
        Assert.Equal("nearLimit", rice.GetProperty("warning").GetString());
        await agent.PostAsync("/v1/vends/t/delivered", """{"lines":[{"slot":"A1","sku":"tea","paidFen":1500}]}""");
        var status = (await agent.GetAsync("/v1/status")).Body.GetProperty("gate");
        Assert.Equal(2_500, status.GetProperty("headroomFen").GetInt64());
    }

    [Fact]
    public async Task Several_lines_are_asked_for_and_looked_up_as_one_basket()
    {
        await using var agent = await RunningAgent.StartAsync();
        Restrict(agent);
        const string Basket = """
            {"id":"b","lines":[{"slot":"A1","sku":"tea","priceFen":3000,"quantity":2},
                               {"slot":"A2","sku":"rice","priceFen":5000}]}
            """;

        Assert.Equal(200, (await agent.PostAsync("/v1/vends", Basket)).Status);
        var known = (await agent.GetAsync("/v1/vends/b")).Body;
        Assert.Equal("approved", known.GetProperty("state").GetString());
        Assert.Equal(8_000, known.GetProperty("priceFen").GetInt64());
        Assert.Equal("tea", known.GetProperty("lines")[0].GetProperty("sku").GetString());
        Assert.Equal(2, known.GetProperty("lines")[0].GetProperty("quantity").GetInt32());
        Assert.Equal(409, (await agent.PostAsync(
            "/v1/vends", Basket.Replace("\"b\"", "\"c\"", StringComparison.Ordinal)
                .Replace("3000", "1000", StringComparison.Ordinal))).Status);
    }

    [Theory]
    [InlineData("""{"id":"b","lines":[]}""", "lines")]
    [InlineData("""{"id":"b","lines":[null]}""", "lines[0].slot")]
    [InlineData("""{"id":"b","lines":[{"slot":"A1","sku":"tea"}]}""", "lines[0].priceFen")]
    [InlineData("""{"lines":[{"slot":"A1","sku":"tea","priceFen":1}]}""", "id")]
    public async Task A_basket_that_misses_something_names_it(string body, string field)
    {
        await using var agent = await RunningAgent.StartAsync();
        var (status, problem, _) = await agent.PostAsync("/v1/vends", body);

        Assert.Equal((400, field), (status, problem.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task The_screen_greys_out_what_the_gate_would_refuse()
    {
        await using var agent = await RunningAgent.StartAsync();
        Restrict(agent);
        await agent.PostAsync("/v1/vends/r/delivered", """{"lines":[{"slot":"A2","sku":"rice","paidFen":2000}]}""");

        var slots = (await agent.GetAsync("/v1/sellable")).Body;
        Assert.True(slots[0].GetProperty("sellable").GetBoolean());
        Assert.False(slots[0].TryGetProperty("denial", out _));
        Assert.Equal("ordinaryLimit", slots[1].GetProperty("denial").GetString());
        Assert.Equal(1_000, slots[1].GetProperty("headroomFen").GetInt64());
    }

    [Fact]
    public async Task A_door_and_a_warning_travel_through_the_session()
    {
        await using var agent = await RunningAgent.StartAsync();
        Restrict(agent, GateClass.Ordinary, CabinetKind.OpenDoor);
        await agent.PostAsync("/v1/vends/r/delivered", """{"lines":[{"slot":"A2","sku":"rice","paidFen":9000}]}""");

        var (status, opened, _) = await agent.PostAsync("/v1/sessions", """{"id":"s","door":"left"}""", "zh");
        Assert.Equal(200, status);
        Assert.Equal("beyondLimit", opened.GetProperty("warning").GetString());
        Assert.Equal("普通商品已超出本期限额", opened.GetProperty("warningText").GetString());
        Assert.Equal(0, opened.GetProperty("headroomFen").GetInt64());
        Assert.Equal("left", (await agent.GetAsync("/v1/vends/s")).Body.GetProperty("door").GetString());
    }

    [Fact]
    public async Task A_session_where_goods_come_out_piece_by_piece_is_told_to_ask_for_a_vend()
    {
        await using var agent = await RunningAgent.StartAsync();
        Restrict(agent);

        var (status, problem, _) = await agent.PostAsync("/v1/sessions", """{"id":"s"}""", "zh");
        Assert.Equal((409, "vendNeeded"), (status, problem.GetProperty("reason").GetString()));
        Assert.Contains("POST /v1/vends", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_claim_is_kept_with_the_line_and_stops_nothing()
    {
        await using var agent = await RunningAgent.StartAsync();
        const string Sale = """
            {"lines":[{"sku":"a","paidFen":1,"claim":"aid"},{"sku":"b","paidFen":1,"claim":" Ordinary "},
                      {"sku":"c","paidFen":1,"claim":"who knows"},{"sku":"d","paidFen":1,"claim":7},
                      {"sku":"e","paidFen":1}]}
            """;
        Assert.Equal(200, (await agent.PostAsync("/v1/vends/v/delivered", Sale)).Status);

        var journal = agent.Services.GetRequiredService<JournalStore>().Current;
        EntryCodec.TryDecode(journal.EntryAt(1)!.Value.Bytes.Span, out _, out var body, out _);
        Assert.Equal([AidClaim.Aid, AidClaim.Ordinary, AidClaim.None, AidClaim.None, AidClaim.None],
            Assert.IsType<SaleBody>(body).Lines.Select(line => line.Claim));
        Assert.True((await agent.PostAsync("/v1/vends/v/delivered",
            Sale.Replace("\"aid\"", "\"ordinary\"", StringComparison.Ordinal)))
            .Body.GetProperty("alreadyRecorded").GetBoolean());
    }

    [Fact]
    public async Task The_status_shows_what_the_gate_works_by()
    {
        await using var agent = await RunningAgent.StartAsync();
        var before = (await agent.GetAsync("/v1/status")).Body.GetProperty("gate");
        Assert.Equal("observe", before.GetProperty("mode").GetString());
        Assert.False(before.TryGetProperty("appliedConfig", out _));

        var version = Restrict(agent);
        var after = (await agent.GetAsync("/v1/status")).Body.GetProperty("gate");
        Assert.Equal(
            ("restrict", version, 3_000, 5_000, "exact"),
            (after.GetProperty("mode").GetString(), after.GetProperty("appliedConfig").GetString(),
                after.GetProperty("headroomFen").GetInt32(), after.GetProperty("thresholdBasisPoints").GetInt32(),
                after.GetProperty("counting").GetString()));
        Assert.True(after.TryGetProperty("windowFirst", out _));
        Assert.False(after.GetProperty("clockProven").GetBoolean());
    }

    private static string Restrict(
        RunningAgent agent, GateClass tea = GateClass.Aid, CabinetKind kind = CabinetKind.Slot)
    {
        var today = BusinessWindow.DayOf(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 480);
        var month = BusinessWindow.Of("month", today);
        var cabinet = Protocol.Identity.CabinetId.Parse("X");
        var config = new CabinetConfig(cabinet, kind, GateMode.Restrict, 1, 0,
            new GatePolicy("share", 1, "since-launch", 480, [new GateThreshold(DateOnly.MinValue, 5_000)], 3_000, 0, 0),
            new GateFigures(default, default, 0, 0, month, 3_000, []),
            [
                new SkuClass("rice", [new SkuSpan(0, GateClass.Ordinary, false)]),
                new SkuClass("tea", [new SkuSpan(0, tea, false)]),
            ], []).Encode();
        Assert.IsType<ConfigOutcome.Applied>(
            agent.Services.GetRequiredService<ConfigDesk>().Take(config.Payload, cabinet));
        return config.Version;
    }
}
