using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// A fleet service over its HTTP API, as an operator's own program would use it. Thread-safe. An answer that is no
/// success throws <see cref="FleetApiException"/>.
/// </summary>
internal sealed class FleetApi : IDisposable
{
    /// <summary>Most cabinets registered by one request.</summary>
    public const int MaxBulk = 5_000;

    /// <summary>Where bills are imported.</summary>
    public const string BillsPath = "/api/v1/bills";

    /// <summary>Where the checks are run.</summary>
    public const string AssessmentsPath = "/api/v1/assessments";

    /// <summary>Where findings are read.</summary>
    public const string FindingsPath = "/api/v1/findings";

    private const string CorrectionsPath = "api/v1/catalogue/corrections";

    private const int PageSize = 500;
    private const int MaxHellos = 1_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http;

    /// <summary>A client of a service.</summary>
    /// <param name="service">Its address.</param>
    /// <param name="token">A token that may write; null where reading without one is allowed.</param>
    public FleetApi(Uri service, string? token)
    {
        Service = service;
        _http = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(100) };
        _http.DefaultRequestHeaders.Authorization =
            token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The service's address.</summary>
    public Uri Service { get; }

    /// <summary>The counties of the service's data set.</summary>
    public Task<IReadOnlyList<ApiCounty>> CountiesAsync(CancellationToken cancel) =>
        GetAsync<IReadOnlyList<ApiCounty>>("api/v1/places/counties", cancel);

    /// <summary>Registers cabinets; those that are there stay as they are, and are named.</summary>
    public async Task<IReadOnlyList<string>> RegisterAsync(
        IReadOnlyList<LoadCabinet> cabinets, CancellationToken cancel)
    {
        var existing = new List<string>();
        foreach (var chunk in cabinets.Chunk(MaxBulk))
        {
            var rows = chunk.Select(static cabinet => new
            {
                cabinetId = cabinet.Id.Value,
                county = cabinet.County.Value,
                operatorId = cabinet.OperatorId,
                siteName = cabinet.SiteName,
                siteKind = cabinet.SiteKind,
            });
            using var content = JsonContent.Create(new { cabinets = rows });
            existing.AddRange((await PostAsync<ApiRegistered>("api/v1/cabinets/bulk", content, cancel)).Existing);
        }

        return existing;
    }

    /// <summary>The journals of a cabinet as the ledger knows them.</summary>
    public Task<IReadOnlyList<ApiJournal>> JournalsAsync(CabinetId cabinet, CancellationToken cancel) =>
        GetAsync<IReadOnlyList<ApiJournal>>($"api/v1/cabinets/{cabinet}/journals", cancel);

    /// <summary>What all cabinets said of themselves last, of those heard at a moment or later.</summary>
    public async Task<IReadOnlyList<ApiCabinetHello>> HellosAsync(DateTimeOffset sinceUtc, CancellationToken cancel)
    {
        var all = new List<ApiCabinetHello>();
        var since = Uri.EscapeDataString(sinceUtc.ToString("O", CultureInfo.InvariantCulture));
        string? after = "";
        do
        {
            var page = await GetAsync<ApiHelloPage>(
                $"api/v1/hellos?since={since}&after={after}&count={MaxHellos}", cancel);
            all.AddRange(page.Items);
            after = page.NextAfter;
        }
        while (after is not null);
        return all;
    }

    /// <summary>All cabinets of the register with their presence.</summary>
    public async Task<IReadOnlyList<ApiCabinet>> CabinetsAsync(CancellationToken cancel)
    {
        var all = new List<ApiCabinet>();
        for (var page = 1; ; page++)
        {
            var got = await GetAsync<ApiCabinets>(string.Create(
                CultureInfo.InvariantCulture, $"api/v1/cabinets?page={page}&pageSize={MaxHellos}"), cancel);
            all.AddRange(got.Items);
            if (got.Items.Count == 0 || all.Count >= got.Total)
            {
                return all;
            }
        }
    }

    /// <summary>All committed sales of a cabinet, newest first.</summary>
    public Task<IReadOnlyList<ApiSale>> SalesAsync(CabinetId cabinet, CancellationToken cancel) =>
        AllAsync<ApiSale>($"api/v1/cabinets/{cabinet}/sales?", cancel);

    /// <summary>The entries of a cabinet that are quarantined now.</summary>
    public Task<IReadOnlyList<ApiQuarantined>> QuarantineAsync(CabinetId cabinet, CancellationToken cancel) =>
        AllAsync<ApiQuarantined>($"api/v1/quarantine?cabinet={cabinet}&open=true&", cancel);

    /// <summary>Makes a one-time token for a cabinet.</summary>
    public async Task<string> MakeTokenAsync(CabinetId cabinet, CancellationToken cancel) =>
        (await PostAsync<ApiToken>($"api/v1/cabinets/{cabinet}/enrolment-tokens", null, cancel)).Token;

    /// <summary>Imports catalogue rows.</summary>
    public async Task<ApiImport> ImportAsync(string csv, CancellationToken cancel)
    {
        using var content = new StringContent(csv, Encoding.UTF8, "text/csv");
        return await PostAsync<ApiImport>("api/v1/catalogue/import?source=simulators", content, cancel);
    }

    /// <summary>Proposes a correction of the catalogue; returns its number.</summary>
    public async Task<long> CorrectAsync(object correction, CancellationToken cancel)
    {
        using var content = JsonContent.Create(correction, options: Json);
        return (await PostAsync<ApiCorrection>(CorrectionsPath, content, cancel)).CorrectionId;
    }

    /// <summary>Approves a correction that another person proposed.</summary>
    public async Task ApproveCorrectionAsync(long correctionId, CancellationToken cancel)
    {
        using var content = JsonContent.Create(new { }, options: Json);
        var path = string.Create(CultureInfo.InvariantCulture, $"{CorrectionsPath}/{correctionId}/approve");
        await PostAsync<ApiCorrection>(path, content, cancel);
    }

    /// <summary>All standings of a window.</summary>
    public async Task<IReadOnlyList<ApiStanding>> StandingsAsync(string window, CancellationToken cancel)
    {
        var all = new List<ApiStanding>();
        for (var page = 1; ; page++)
        {
            var got = await GetAsync<ApiStandings>(string.Create(CultureInfo.InvariantCulture,
                $"api/v1/standings?window={window}&page={page}&pageSize={PageSize}"), cancel);
            all.AddRange(got.Items);
            if (got.Items.Count == 0 || all.Count >= got.Total)
            {
                return all;
            }
        }
    }

    /// <summary>The totals of all counties in a window.</summary>
    public async Task<IReadOnlyList<ApiCountyTotals>> TotalsAsync(string window, CancellationToken cancel) =>
        (await GetAsync<ApiTotals>($"api/v1/totals/counties?window={window}", cancel)).Counties;

    /// <summary>True when the service describes such an operation of its API.</summary>
    /// <param name="method">The HTTP method in lower case.</param>
    /// <param name="path">The path from the root.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<bool> OffersAsync(string method, string path, CancellationToken cancel)
    {
        var description = await GetAsync<JsonElement>("openapi/v1.json", cancel);
        return description.GetProperty("paths").TryGetProperty(path, out var operations)
            && operations.TryGetProperty(method, out _);
    }

    /// <summary>Imports the daily bill of a payment provider.</summary>
    /// <param name="provider">wechat, alipay or unionpay.</param>
    /// <param name="operatorId">Whose bill it is.</param>
    /// <param name="day">The bill's day.</param>
    /// <param name="file">The file, with its data rows and what payments less refunds make, in fen.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ApiBill> ImportBillAsync(
        string provider, string operatorId, DateOnly day, (byte[] Bytes, int Rows, long AmountFen) file,
        CancellationToken cancel)
    {
        using var content = new ByteArrayContent(file.Bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return await PostAsync<ApiBill>(string.Create(CultureInfo.InvariantCulture,
            $"{BillsPath[1..]}?provider={provider}&operator={Uri.EscapeDataString(operatorId)}&day={day:yyyy-MM-dd}")
            + string.Create(CultureInfo.InvariantCulture, $"&rows={file.Rows}&amountFen={file.AmountFen}"),
            content, cancel);
    }

    /// <summary>Runs all checks now.</summary>
    public Task<ApiAssessment> AssessAsync(CancellationToken cancel) =>
        PostAsync<ApiAssessment>(AssessmentsPath[1..], null, cancel);

    /// <summary>All findings, newest first, closed ones too.</summary>
    public Task<IReadOnlyList<ApiFinding>> FindingsAsync(CancellationToken cancel) =>
        AllAsync<ApiFinding>($"{FindingsPath[1..]}?", cancel);

    /// <summary>All policies of a kind of venue, shipped and made.</summary>
    public Task<IReadOnlyList<ApiPolicy>> PoliciesAsync(string venueKind, CancellationToken cancel) =>
        GetAsync<IReadOnlyList<ApiPolicy>>(
            $"api/v1/policies?venueKind={Uri.EscapeDataString(venueKind)}", cancel);

    /// <summary>Makes a policy in the data set's JSON shape.</summary>
    public async Task MakePolicyAsync(JsonObject policy, CancellationToken cancel)
    {
        using var content = JsonContent.Create(policy);
        await PostAsync<JsonElement>("api/v1/policies", content, cancel);
    }

    /// <summary>Wanted beside applied config of the first cabinets, by id.</summary>
    public async Task<IReadOnlyList<ApiEnforcement>> EnforcementAsync(CancellationToken cancel) =>
        (await GetAsync<ApiEnforcements>(string.Create(
            CultureInfo.InvariantCulture, $"api/v1/enforcement?pageSize={PageSize}"), cancel)).Items;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<T>> AllAsync<T>(string path, CancellationToken cancel)
    {
        var all = new List<T>();
        long? before = null;
        do
        {
            var from = before is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&before={before}");
            var page = await GetAsync<ApiPage<T>>($"{path}count={PageSize}{from}", cancel);
            all.AddRange(page.Items);
            before = page.NextBefore;
        }
        while (before is not null);
        return all;
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync<T>(request, cancel);
    }

    private async Task<T> PostAsync<T>(string path, HttpContent? content, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await SendAsync<T>(request, cancel);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancel);
            if (!response.IsSuccessStatusCode)
            {
                throw new FleetApiException($"{Named(request)} was answered {(int)response.StatusCode}: "
                    + await response.Content.ReadAsStringAsync(cancel));
            }

            return await response.Content.ReadFromJsonAsync<T>(Json, cancel)
                ?? throw new FleetApiException($"{Named(request)} was answered with nothing.");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException
            || (error is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new FleetApiException($"{Named(request)} failed: {error.Message}", error);
        }
    }

    private string Named(HttpRequestMessage request) => $"{request.Method} {new Uri(Service, request.RequestUri!)}";
}

/// <summary>The fleet service could not be asked, or did not do what was asked.</summary>
internal sealed class FleetApiException(string message, Exception? cause = null) : Exception(message, cause);
