using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>Places, Catalogue and Compliance over HTTP, on a real server with a real file.</summary>
public abstract class RuleInterfaceTests(string dataSet) : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kiosk-fleet-");
    private readonly HttpClient _client = new();
    private WebApplication? _app;

    private readonly PlacesDataSet _places = DataSetFile.Load(dataSet);

    private string County => _places.Counties[0].Code.Value;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = Build(dataSet, _directory.FullName);
        await _app.StartAsync(Stop);
        _client.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_imported_listing_is_shown_and_in_force_at_once()
    {
        var report = await PostAsync(
            $"sku,product_name,recognised_by,listed_from\nR1,定远大米,{County},2020-09-01\nC1,可乐,,\n,x,,\n");
        Assert.Equal(HttpStatusCode.OK, report.Status);
        Assert.Equal(1, report.Body.GetProperty("catalogueVersion").GetInt32());
        var refused = report.Body.GetProperty("refused")[0];
        Assert.Equal((4, "badSku"),
            (refused.GetProperty("line").GetInt32(), refused.GetProperty("reason").GetString()));
        Assert.NotEmpty(refused.GetProperty("text").GetProperty("zh").GetString()!);

        var products = await GetAsync("/api/v1/products?contains=大米");
        Assert.Equal((1, true), (products.Body.GetProperty("total").GetInt32(),
            products.Body.GetProperty("items")[0].GetProperty("listedNow").GetBoolean()));
        var listings = await GetAsync($"/api/v1/listings?county={County}&pageSize=1");
        Assert.Equal("2020-08-31T16:00:00+00:00",
            listings.Body.GetProperty("items")[0].GetProperty("fromUtc").GetString());
        Assert.Equal(0, (await GetAsync($"/api/v1/listings?county={_places.Counties[1].Code}")).Body
            .GetProperty("total").GetInt32());
        var snapshot = _app!.Services.GetRequiredService<CurrentCatalogue>().Snapshot;
        Assert.Equal(ProductClass.Aid, snapshot.Classify("any", "R1"u8, 1_700_000_000_000));
    }

    [Fact]
    public async Task An_import_needs_the_right_to_write()
    {
        using var content = Csv("sku,product_name\nR1,Rice\n");
        var answer = await _client.PostAsync("/api/v1/catalogue/import", content, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(0, _app!.Services.GetRequiredService<CurrentCatalogue>().Snapshot.Version);
    }

    [Theory]
    [InlineData("nonsense", HttpStatusCode.BadRequest, "missingColumn")]
    [InlineData("", HttpStatusCode.BadRequest, "noHeader")]
    public async Task A_file_that_is_no_catalogue_is_answered_with_its_problem(
        string text, HttpStatusCode status, string code)
    {
        var answer = await PostAsync(text);
        Assert.Equal((status, code), (answer.Status, answer.Body.GetProperty("code").GetString()));
        Assert.NotEmpty(answer.Body.GetProperty("titleZh").GetString()!);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_answered_413() => Assert.Equal(
        HttpStatusCode.RequestEntityTooLarge,
        (await PostAsync(new string('x', CatalogueLimits.MaxImportBytes + 1))).Status);

    [Fact]
    public async Task A_wrong_query_is_answered_with_the_field_it_is_about()
    {
        foreach (var (path, field) in new[]
        {
            ("/api/v1/standings?window=2026-13", "window"),
            ("/api/v1/standings?county=999999", "county"),
            ("/api/v1/standings?standing=3", "standing"),
            ("/api/v1/standings?pageSize=501", "pageSize"),
            ("/api/v1/standings?page=0", "page"),
            ("/api/v1/standings/any?window=x", "window"),
            ("/api/v1/totals/counties?window=trailing-0", "window"),
            ("/api/v1/totals/city?window=2026-Q0", "window"),
            ("/api/v1/products?page=0", "page"),
            ("/api/v1/listings?county=x", "county"),
        })
        {
            var answer = await GetAsync(path);
            Assert.Equal((path, HttpStatusCode.BadRequest, field),
                (path, answer.Status, answer.Body.GetProperty("field").GetString()));
            Assert.NotEmpty(answer.Body.GetProperty("titleZh").GetString()!);
        }
    }

    [Fact]
    public async Task Standings_and_totals_are_there_before_any_sale()
    {
        Assert.Equal(0, (await GetAsync("/api/v1/standings?window=2026-11&standing=atRisk")).Body
            .GetProperty("total").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/api/v1/standings/nobody")).Status);
        Assert.Equal(_places.Counties.Length, (await GetAsync("/api/v1/totals/counties")).Body
            .GetProperty("counties").GetArrayLength());
        Assert.Equal(_places.CityTarget.AidSalesFen, (await GetAsync("/api/v1/totals/city")).Body
            .GetProperty("targetAidSalesFen").GetInt64());
        var places = await GetAsync("/api/v1/places");
        Assert.Equal(_places.Policies[0].Window,
            places.Body.GetProperty("policies")[0].GetProperty("window").GetString());
        Assert.Equal(County, (await GetAsync("/api/v1/places/counties")).Body[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_wrong_data_set_stops_the_start()
    {
        await using var app = Build("nowhere-1999", Path.Combine(_directory.FullName, "other"));
        var error = await Assert.ThrowsAsync<DataSetException>(() => app.StartAsync(Stop));
        Assert.Contains("nowhere-1999", error.Message, StringComparison.Ordinal);
    }

    private static WebApplication Build(string dataSet, string dataDirectory)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:DataDirectory"] = dataDirectory,
            ["Places:DataSet"] = dataSet,
        });
        builder.Services.AddStorage(builder.Configuration).AddReplicas().AddPlaces(builder.Configuration);
        builder.Services.AddSingleton<IBilledFigures, NoBills>();
        builder.Services.AddPolicies().AddCatalogue().AddCompliance().AddProblemDetails();
        builder.Services.AddAuthentication("none").AddCookie("none",
            options => options.Events.OnRedirectToLogin = context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        builder.Services.AddAuthorizationBuilder().AddPolicy("write", policy => policy.RequireAssertion(
            context => context.Resource is HttpContext http && http.Request.Headers.Authorization == "Bearer writer"));
        var app = builder.Build();
        app.UseAuthorization();
        app.MapPlaces().MapCatalogue().MapCompliance();
        return app;
    }

    private static ByteArrayContent Csv(string text)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return content;
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path)
    {
        using var answer = await _client.GetAsync(path, Stop);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop)));
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string csv)
    {
        using var content = Csv(csv);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/catalogue/import?source=test.csv");
        request.Content = content;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "writer");
        using var answer = await _client.SendAsync(request, Stop);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop)));
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRuleInterfaceTests() : RuleInterfaceTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangRuleInterfaceTests() : RuleInterfaceTests("linjiang-2027");
