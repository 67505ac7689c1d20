using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace KioskFleet.Service.Tests.Hosting;

/// <summary>What the web server refuses by itself is told like any other refusal: code, English and Chinese.</summary>
public sealed class RefusalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_refusal_of_the_web_server_has_a_code_and_both_languages()
    {
        await using var rig = await ServiceRig.StartAsync();
        await Refused(rig.Admin, HttpMethod.Get, "/api/v1/nothing", HttpStatusCode.NotFound, "notFound");
        await Refused(
            rig.Admin, HttpMethod.Delete, "/api/v1/standings", HttpStatusCode.MethodNotAllowed, "methodNotAllowed");
        await Refused(
            rig.Anonymous, HttpMethod.Post, "/api/v1/cabinets", HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task A_parameter_that_cannot_be_read_is_named_as_it_is_written()
    {
        await using var rig = await ServiceRig.StartAsync();
        var page = await Refused(
            rig.Admin, HttpMethod.Get, "/api/v1/standings?page=x", HttpStatusCode.BadRequest, "invalid");
        Assert.Equal(("page", "page: got 'x'; takes a whole number.", "page：收到“x”，应为整数。"), (
            Text(page, "field"), Text(page, "detail"), Text(page, "detailZh")));
        var flag = await Refused(
            rig.Admin, HttpMethod.Get, "/api/v1/standings?projected=maybe", HttpStatusCode.BadRequest, "invalid");
        Assert.Equal("projected: got 'maybe'; takes true or false.", Text(flag, "detail"));
    }

    [Fact]
    public async Task Every_number_flag_and_moment_of_every_query_is_named_when_it_cannot_be_read_or_is_empty()
    {
        await using var rig = await ServiceRig.StartAsync();
        var tried = 0;
        using var described = await rig.Admin.GetAsync("/openapi/v1.json", Stop);
        var paths = (await ServiceRig.JsonAsync(described, HttpStatusCode.OK)).GetProperty("paths");
        foreach (var (path, get) in paths.EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out _))
            .Select(path => (path.Name, path.Value.GetProperty("get"))))
        {
            var parameters = get.TryGetProperty("parameters", out var all) ? all.EnumerateArray().ToList() : [];
            foreach (var name in parameters
                .Where(parameter => Text(parameter, "in") == "query" && !IsText(parameter.GetProperty("schema")))
                .Select(parameter => Text(parameter, "name")))
            {
                foreach (var value in (string[])["maybe", ""])
                {
                    var refused = await Refused(
                        rig.Admin, HttpMethod.Get, Regex.Replace(path, @"\{\w+\}", "1") + $"?{name}={value}",
                        HttpStatusCode.BadRequest, "invalid");
                    Assert.Equal(name, Text(refused, "field"), ignoreCase: true);
                    Assert.Contains($"got '{value}'", Text(refused, "detail"), StringComparison.Ordinal);
                    tried++;
                }
            }
        }

        Assert.True(tried > 60, $"{tried}");

        static bool IsText(JsonElement schema) => schema.GetRawText() is var text
            && !text.Contains("\"integer\"", StringComparison.Ordinal)
            && !text.Contains("\"boolean\"", StringComparison.Ordinal)
            && !text.Contains("\"date-time\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_name_that_nobody_reads_is_refused_with_those_that_are()
    {
        await using var rig = await ServiceRig.StartAsync();
        var refused = await Refused(
            rig.Admin, HttpMethod.Get, "/api/v1/standings?conty=341125&page=1", HttpStatusCode.BadRequest,
            "unknownQueryName");
        Assert.Equal("""["conty"]""", refused.GetProperty("got").GetRawText());
        Assert.Contains("\"county\"", refused.GetProperty("takes").GetRawText(), StringComparison.Ordinal);
        using var known = await rig.Admin.GetAsync("/api/v1/standings?PAGE=1", Stop);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Fact]
    public async Task Who_changes_something_while_the_database_is_away_hears_that_nobody_knows_whether_it_was_done()
    {
        await using var rig = await ServiceRig.StartAsync();
        await rig.Database.WriteAsync((c, _) => c.Execute("ALTER TABLE cabinets RENAME TO cabinets_away"), Stop);
        using var answer = await rig.Admin.PostAsJsonAsync(
            "/api/v1/cabinets", new { cabinetId = "K1", county = "341125", operatorId = "op1" }, Stop);
        var problem = await ServiceRig.JsonAsync(answer, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("databaseAway", Text(problem, "code"));
        Assert.StartsWith("Whether it was done", Text(problem, "detail"), StringComparison.Ordinal);
        Assert.Contains("无法确定", Text(problem, "detailZh"), StringComparison.Ordinal);
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static async Task<JsonElement> Refused(
        HttpClient who, HttpMethod method, string path, HttpStatusCode status, string code)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await who.SendAsync(request, Stop);
        var problem = await ServiceRig.JsonAsync(response, status);
        Assert.Equal(code, Text(problem, "code"));
        Assert.NotEmpty(Text(problem, "title"));
        Assert.True(Text(problem, "titleZh").Any(c => c > 0x3000), "The Chinese title is missing.");
        return problem;
    }
}
