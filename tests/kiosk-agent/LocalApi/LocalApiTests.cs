using System.Text;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.LocalApi;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Texts;
using KioskFleet.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Agent.Tests.LocalApi;

public sealed class LocalApiTests
{
    private const string Tea =
        """{"lines":[{"slot":"A1","sku":"tea","quantity":1,"unitPriceFen":1500,"paidFen":1500}]}""";

    [Fact]
    public async Task A_vend_is_approved_delivered_and_in_the_journal()
    {
        await using var agent = await RunningAgent.StartAsync();
        var (status, approved, _) = await agent.PostAsync(
            "/v1/vends", """{"id":"v1","slot":"A1","sku":"tea","priceFen":1500}""");
        Assert.Equal(200, status);
        Assert.True(approved.GetProperty("approved").GetBoolean());
        Assert.Equal("approved", (await agent.GetAsync("/v1/vends/v1")).Body.GetProperty("state").GetString());

        var (sold, recorded, _) = await agent.PostAsync("/v1/vends/v1/delivered", Tea);
        Assert.Equal(200, sold);
        Assert.Empty(recorded.GetProperty("marks").EnumerateArray());
        Assert.Equal(1_500, agent.Services.GetRequiredService<JournalStore>().Current.Sums.SalesFen);
        Assert.Equal("recorded", (await agent.GetAsync("/v1/vends/v1")).Body.GetProperty("state").GetString());
        var stock = (await agent.GetAsync("/v1/stock")).Body;
        Assert.Equal(7, stock[0].GetProperty("stock").GetInt32());
        Assert.Equal(409, (await agent.PostAsync(
            "/v1/vends", """{"id":"v1","slot":"A1","sku":"tea","priceFen":1500}""")).Status);
    }

    [Fact]
    public async Task Reporting_a_sale_twice_records_it_once()
    {
        await using var agent = await RunningAgent.StartAsync();
        var first = await agent.PostAsync("/v1/vends/v1/delivered", Tea);
        var second = await agent.PostAsync("/v1/vends/v1/delivered", Tea);
        Assert.Equal(200, second.Status);
        Assert.True(second.Body.GetProperty("alreadyRecorded").GetBoolean());
        Assert.Equal(first.Body.GetProperty("entry").ToString(), second.Body.GetProperty("entry").ToString());
        var other = await agent.PostAsync("/v1/vends/v1/delivered",
            Tea.Replace("1500}", "1600}", StringComparison.Ordinal));
        Assert.Equal(409, other.Status);
        Assert.Equal(1, other.Body.GetProperty("existing").GetProperty("seq").GetInt32());
    }

    [Theory]
    [InlineData("/v1/vends", "garbage", 400, null)]
    [InlineData("/v1/vends", "[]", 400, null)]
    [InlineData("/v1/vends", "", 400, null)]
    [InlineData("/v1/vends", """{"slot":"A1","sku":"tea","priceFen":1500}""", 400, "id")]
    [InlineData("/v1/vends", """{"id":"v","sku":"tea","priceFen":1500}""", 400, "slot")]
    [InlineData("/v1/vends", """{"id":"v","slot":"A1","sku":"tea"}""", 400, "priceFen")]
    [InlineData("/v1/vends", """{"id":"v","slot":"A1","sku":"tea","priceFen":"dear"}""", 400, "priceFen")]
    [InlineData("/v1/vends", """{"id":7,"slot":"A1","sku":"tea","priceFen":1}""", 400, "id")]
    [InlineData("/v1/vends", """{"id":"v","slot":"A1","sku":"tea","priceFen":15.5}""", 400, "priceFen")]
    [InlineData("/v1/vends", """{"id":"v","slot":"A1","sku":"tea","priceFen":-1}""", 422, "priceFen")]
    [InlineData("/v1/vends", """{"id":"v","slot":"A1","sku":"tea","priceFen":9000000000000}""", 422, "priceFen")]
    [InlineData("/v1/vends", """{"id":"v","slot":"Z9","sku":"tea","priceFen":1500}""", 422, "slot")]
    [InlineData("/v1/vends/v/delivered", "{}", 400, "lines")]
    [InlineData("/v1/vends/v/delivered", """{"lines":[]}""", 400, "lines")]
    [InlineData("/v1/vends/v/delivered", """{"lines":[{"sku":"x"}]}""", 400, "lines[0].paidFen")]
    [InlineData("/v1/vends/v/delivered", """{"lines":[{"paidFen":1},{"paidFen":"dear"}]}""", 400, "lines[1].paidFen")]
    [InlineData("/v1/vends/v/delivered", """{"lines":[{"paidFen":-1}]}""", 422, "lines[0].paidFen")]
    [InlineData("/v1/vends/v/failed", """{"state":"exploded"}""", 422, "state")]
    [InlineData("/v1/vends/v/failed", """{"payment":"maybe"}""", 422, "payment")]
    [InlineData("/v1/sessions", "{}", 400, "id")]
    [InlineData("/v1/sessions/s/adjust", """{"added":[{"paidFen":1}]}""", 400, "number")]
    [InlineData("/v1/sessions/s/adjust", """{"number":1,"added":[{}]}""", 400, "added[0].paidFen")]
    [InlineData("/v1/sessions/s/settle", """{"owedFen":"much"}""", 400, "owedFen")]
    [InlineData("/v1/refunds", """{"vendId":"v","amountFen":1}""", 400, "refundNumber")]
    [InlineData("/v1/refunds", """{"refundNumber":"r","amountFen":1}""", 400, "vendId")]
    [InlineData("/v1/refunds", """{"refundNumber":"r","journal":"x","seq":1,"amountFen":1}""", 400, "journal")]
    [InlineData("/v1/refunds", """{"refundNumber":"r","vendId":"nobody","amountFen":1}""", 404, "vendId")]
    [InlineData("/v1/non-sales", """{"id":"n","purpose":"theft","lines":[{"sku":"tea"}]}""", 422, "purpose")]
    [InlineData("/v1/non-sales", """{"id":"n","purpose":"test"}""", 400, "lines")]
    [InlineData("/v1/nothing", "{}", 404, null)]
    [InlineData("/v1/stock", "{}", 405, null)]
    public async Task Bad_input_is_answered_by_a_problem_that_names_the_field(
        string path, string body, int status, string? field)
    {
        await using var agent = await RunningAgent.StartAsync();
        var answer = await agent.PostAsync(path, body);
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer.Type);
        Assert.Equal(field, answer.Body.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.NotEqual("", answer.Body.GetProperty("title").GetString());
        Assert.NotEqual("", answer.Body.GetProperty("detail").GetString());
        Assert.Equal(0ul, agent.Services.GetRequiredService<JournalStore>().Current.Facts.Tail.Seq);
    }

    [Theory]
    [InlineData("""{"lines":[{"paidFen":350}]}""")]
    [InlineData("""{"lines":[{"paidFen":"350","slot":12,"sku":null,"quantity":"many"}],"payment":"cash"}""")]
    [InlineData("""{"lines":[{"paidFen":350.0}],"payment":{"method":"shells"},"unheard":{"of":[1]}}""")]
    [InlineData("""{"lines":[{"paidFen":350,"sku":"nobody's","quantity":-3}],}""")]
    public async Task A_delivered_sale_is_recorded_whatever_else_is_wrong_with_it(string body)
    {
        await using var agent = await RunningAgent.StartAsync();
        var answer = await agent.PostAsync("/v1/vends/v/delivered", body);
        Assert.Equal(200, answer.Status);
        Assert.Contains(answer.Body.GetProperty("marks").EnumerateArray(), mark => mark.GetString() == "unknownVend");
        Assert.Equal(350, agent.Services.GetRequiredService<JournalStore>().Current.Sums.SalesFen);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_wrong_content_type_does_not_lose_the_sale(string type)
    {
        await using var agent = await RunningAgent.StartAsync();
        using var content = new StringContent(Tea, Encoding.UTF8, type);
        using var response = await agent.Http.PostAsync(
            new Uri("/v1/vends/v/delivered", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_name_in_another_encoding_does_not_lose_the_sale()
    {
        await using var agent = await RunningAgent.StartAsync();
        byte[] body = [.. """{"lines":[{"paidFen":350,"name":" """u8.ToArray().AsSpan()[..^1], 0xC2, 0xCC, 0xB2, 0xE8,
            .. "\"}]}"u8];
        Assert.Equal(200, (await agent.PostAsync("/v1/vends/v/delivered", body)).Status);
    }

    [Fact]
    public async Task A_session_is_opened_closed_settled_adjusted_and_refunded()
    {
        await using var agent = await RunningAgent.StartAsync();
        Assert.Equal(200, (await agent.PostAsync("/v1/sessions", """{"id":"s1"}""")).Status);
        Assert.Equal("open", (await agent.GetAsync("/v1/vends/s1")).Body.GetProperty("state").GetString());
        Assert.True((await agent.PostAsync("/v1/sessions/s1/close", "")).Body.GetProperty("known").GetBoolean());
        Assert.Equal(200, (await agent.PostAsync("/v1/sessions/s1/settle", Tea)).Status);
        Assert.Equal(200, (await agent.PostAsync("/v1/sessions/s1/adjust",
            """{"number":1,"added":[{"sku":"rice","paidFen":2000}],"payment":{"method":"alipay"}}""")).Status);
        Assert.Equal(200, (await agent.PostAsync("/v1/refunds",
            """{"refundNumber":"r1","vendId":"s1","line":0,"amountFen":500}""")).Status);
        var sums = (await agent.GetAsync("/v1/status")).Body.GetProperty("sums");
        Assert.Equal(3_500, sums.GetProperty("salesFen").GetInt64());
        Assert.Equal(500, sums.GetProperty("refundsFen").GetInt64());
    }

    [Fact]
    public async Task Goods_taken_and_not_paid_are_owed_and_outside_the_totals()
    {
        await using var agent = await RunningAgent.StartAsync();
        await agent.PostAsync("/v1/sessions", """{"id":"s1"}""");
        var owed = await agent.PostAsync("/v1/sessions/s1/settle", """{"owedFen":900,"underReview":true}""");
        Assert.Equal(200, owed.Status);
        Assert.Equal("outcome", owed.Body.GetProperty("entry").GetProperty("kind").GetString());
        Assert.Equal(0,
            (await agent.GetAsync("/v1/status")).Body.GetProperty("sums").GetProperty("salesFen").GetInt64());
    }

    [Fact]
    public async Task Problems_are_told_in_the_callers_language()
    {
        await using var agent = await RunningAgent.StartAsync();
        var body = """{"id":"v","slot":"Z9","sku":"tea","priceFen":1}""";
        var chinese = await agent.PostAsync("/v1/vends", body, "zh-CN");
        var english = await agent.PostAsync("/v1/vends", body, "en-GB");
        Assert.Equal("没有该货道", chinese.Body.GetProperty("title").GetString());
        Assert.Equal("There is no such slot", english.Body.GetProperty("title").GetString());
        Assert.Equal("unknownSlot", chinese.Body.GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "Chinese")]
    [InlineData("en;q=0.2, zh;q=0.7", "Chinese")]
    [InlineData("en-US", "English")]
    [InlineData("fr", "English")]
    [InlineData("zh;q=0", "English")]
    [InlineData(";;;q=,", "English")]
    [InlineData(null, "English")]
    public void The_language_with_the_highest_weight_wins(string? header, string language) =>
        Assert.Equal(language, Languages.FromAcceptLanguage(header).ToString());

    [Fact]
    public void Every_problem_has_a_status_and_both_texts()
    {
        foreach (var kind in Enum.GetValues<ProblemKind>())
        {
            var english = Problems.Make(kind, Language.English, "f");
            var chinese = Problems.Make(kind, Language.Chinese, "f");
            Assert.InRange(english.Status, 400, 599);
            Assert.NotEqual(english.Title, chinese.Title);
            Assert.NotEqual(english.Detail, chinese.Detail);
        }
    }

    [Fact]
    public async Task The_socket_serves_the_same_and_only_owner_and_group_may_use_it()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var http = agent.OverSocket();
        Assert.Contains("定远绿茶", await http.GetStringAsync(
            new Uri("/v1/sellable", UriKind.Relative), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("660", Convert.ToString((int)File.GetUnixFileMode(agent.SocketPath), 8));
        }
    }

    [Fact]
    public async Task The_description_holds_every_call()
    {
        await using var agent = await RunningAgent.StartAsync();
        var paths = (await agent.GetAsync("/openapi/v1.json")).Body.GetProperty("paths");
        string[] expected =
        [
            "/v1/vends", "/v1/vends/{id}", "/v1/vends/{id}/delivered", "/v1/vends/{id}/failed",
            "/v1/vends/{id}/unknown",
            "/v1/sessions", "/v1/sessions/{id}/close", "/v1/sessions/{id}/settle", "/v1/sessions/{id}/adjust",
            "/v1/refunds", "/v1/non-sales", "/v1/sellable", "/v1/stock", "/v1/status", "/v1/telemetry",
        ];
        Assert.Equal(expected.Order(), paths.EnumerateObject().Select(path => path.Name).Order());
    }

    [Fact]
    public async Task A_request_above_the_size_limit_is_refused()
    {
        await using var agent = await RunningAgent.StartAsync(
            (_, settings) => settings with { Api = settings.Api with { MaxRequestBytes = 4_096 } });
        Assert.Equal(413, (await agent.PostAsync("/v1/vends", new string(' ', 5_000))).Status);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Host", "evil.example")]
    public async Task A_web_page_of_another_origin_is_refused(string header, string value)
    {
        await using var agent = await RunningAgent.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/vends/v/delivered")
        {
            Content = new StringContent(Tea, Encoding.UTF8),
        };
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(403, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_caller_from_the_network_needs_the_token()
    {
        const string token = "0123456789abcdef";
        var own = System.Net.Dns.GetHostAddresses(System.Net.Dns.GetHostName())
            .FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                && !System.Net.IPAddress.IsLoopback(address));
        ServerAvailability.Require(own is not null, "this machine has no address beside loopback");
        await using var agent = await RunningAgent.StartAsync((folder, settings) => settings with
        {
            Api = settings.Api with
            {
                Listen = [new ListenAddress(new System.Net.IPEndPoint(own!, 0), null)],
                TokenFile = folder.Write("token", token),
            },
        });
        foreach (var (shown, expected) in new[] { ("", 401), ("Bearer wrong", 401), ($"Bearer {token}", 200) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/stock");
            request.Headers.TryAddWithoutValidation("Authorization", shown);
            using var response = await agent.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(expected, (int)response.StatusCode);
        }
    }
}
