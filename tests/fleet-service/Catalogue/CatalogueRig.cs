using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Service.Access;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Catalogue;

/// <summary>
/// The whole service with a clock that the test sets, two persons (an operator's clerk and a county's), and a cabinet
/// that sells.
/// </summary>
internal sealed class CatalogueRig : IAsyncDisposable
{
    /// <summary>2020-10-11 00:00 in Shanghai: where every test's present begins.</summary>
    public const long NowUtcMs = JournalOnPaper.StartUtcMs + 40 * DayMs;

    public const long DayMs = JournalOnPaper.DayMs;

    private readonly ShiftedTime _time;
    private readonly JournalOnPaper _journal = new(new CabinetOnPaper("cab-1"), 1);

    private CatalogueRig(ServiceRig service, ShiftedTime time) => (Service, _time) = (service, time);

    public ServiceRig Service { get; }

    /// <summary>Works for the operator.</summary>
    public HttpClient Clerk { get; private set; } = new();

    /// <summary>Works for the county.</summary>
    public HttpClient County { get; private set; } = new();

    public long Now
    {
        get => _time.Now.ToUnixTimeMilliseconds();
        set => _time.Now = DateTimeOffset.FromUnixTimeMilliseconds(value);
    }

    public CatalogueSnapshot Snapshot => Service.Host.Services.GetRequiredService<CurrentCatalogue>().Snapshot;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The terms of the city.</summary>
    public PlacesDataSet Places => Service.Host.Services.GetRequiredService<PlacesDataSet>();

    /// <summary>The county that recognises.</summary>
    public string Home => Places.Counties[0].Code.Value;

    /// <summary>Another county of the city.</summary>
    public string Other => Places.Counties[1].Code.Value;

    /// <summary>Looks like a county of the city, and there is none.</summary>
    public string NoCounty => string.Concat(Places.City.Code.Value.AsSpan(0, 4), "99");

    /// <summary>How long a product that was suspended for its papers counts on.</summary>
    public long GraceMs => Places.Recognition.SellThroughGraceDays * DayMs;

    public static async Task<CatalogueRig> StartAsync(
        string dataSet, params (string Name, string Value)[] settings)
    {
        var time = new ShiftedTime { Now = DateTimeOffset.FromUnixTimeMilliseconds(NowUtcMs) };
        var service = await ServiceRig.StartAsync(
            services => services.AddSingleton<TimeProvider>(time),
            [("Places:DataSet", dataSet), ("Catalogue:PublicRequestsPerMinute", "100000"), .. settings]);
        var rig = new CatalogueRig(service, time);
        rig.Clerk = await rig.PersonAsync("clerk");
        rig.County = await rig.PersonAsync("county");
        return rig;
    }

    public async Task<HttpClient> PersonAsync(string name)
    {
        var tokens = Service.Host.Services.GetRequiredService<AccessTokens>();
        return Service.With(await tokens.CreateAsync(name, AccessScope.Write, null, "test", Stop));
    }

    /// <summary>Commits a sale of one line in the ledger.</summary>
    public async Task SellAsync(string sku, long utcMs, long paidFen = 500)
    {
        var register = Service.Host.Services.GetRequiredService<FleetRegister>();
        var id = _journal.Cabinet.Id;
        if (_journal.Count == 0)
        {
            await EnrolAsync();
        }

        var seq = _journal.SellAt(utcMs, $"v{_journal.Count}", (sku, paidFen));
        Assert.True(ReceivedBatch.TryParse(_journal.Message(seq, seq).Payload, out var batch));
        Assert.True(batch.ComputeHashes(new HashChain()));
        Assert.True(register.Current.TryGet(id, out var cabinet));
        var outcomes = await Service.Host.Services.GetRequiredService<LedgerWriter>().CommitAsync(
            [new VerifiedBatch(batch, cabinet, _journal.Cabinet.Signer.PublicKey, NowUtcMs)], Stop);
        Assert.IsType<CommitOutcome.Committed>(Assert.Single(outcomes));
    }

    /// <summary>Registers the cabinet with its key: from now on an import does not reach into the past.</summary>
    public async Task EnrolAsync()
    {
        var id = _journal.Cabinet.Id;
        await Service.RegisterAsync(id.Value);
        await Service.Database.WriteAsync((connection, _) =>
            FleetStore.AddKey(connection, id, _journal.Cabinet.Signer.PublicKey, NowUtcMs));
        Service.Host.Services.GetRequiredService<FleetRegister>().Refresh([id]);
    }

    public ProductClass Class(string sku, long utcMs, string operatorId = "op1") =>
        Snapshot.Classify(operatorId, Encoding.UTF8.GetBytes(sku), utcMs);

    /// <summary>Imports a file as the clerk.</summary>
    public Task<JsonElement> ImportAsync(string csv) => ImportAsync(Encoding.UTF8.GetBytes(csv));

    public async Task<JsonElement> ImportAsync(byte[] file)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await Clerk.PostAsync("/api/v1/catalogue/import?source=test", content, Stop);
        return await ServiceRig.JsonAsync(answer, HttpStatusCode.OK);
    }

    public static async Task<JsonElement> PostAsync(
        HttpClient who, string path, object? body, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var answer = await who.PostAsJsonAsync(path, body, Stop);
        return await ServiceRig.JsonAsync(answer, status);
    }

    public async Task<JsonElement> GetAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var answer = await Clerk.GetAsync(path, Stop);
        return await ServiceRig.JsonAsync(answer, status);
    }

    /// <summary>Makes a product, as the clerk.</summary>
    public async Task<JsonElement> ProductAsync(
        string id, object? record = null, HttpStatusCode status = HttpStatusCode.Created)
    {
        using var answer = await Clerk.PutAsJsonAsync(
            $"/api/v1/products/{Uri.EscapeDataString(id)}", record ?? new { name = id, recognisingCounty = Home },
            Stop);
        return await ServiceRig.JsonAsync(answer, status);
    }

    /// <summary>
    /// Takes a product through the whole flow until it is listed now, its notice being over; returns the recognition's
    /// number.
    /// </summary>
    public async Task<long> ListAsync(string productId, string from = "now", string to = "open")
    {
        var present = Now;
        Now = present - Places.Recognition.PublicNoticeDays * DayMs;
        var id = (await PostAsync(
            Clerk, "/api/v1/recognitions", new { productId, reason = "applies" }, HttpStatusCode.Created))
            .GetProperty("recognitionId").GetInt64();
        await StepAsync(id, new { state = "townshipOpinion", reason = "agrees" });
        await StepAsync(id, new { state = "countyReview", reason = "meets the terms" });
        await StepAsync(id, new
        {
            state = "publicNotice", reason = "published", noticeFrom = Day(Now), noticeTo = Day(present - DayMs),
        });
        Now = present;
        await StepAsync(id, new { state = "listed", reason = "no objection", from, to });
        return id;
    }

    public Task<JsonElement> StepAsync(long recognition, object step, HttpStatusCode status = HttpStatusCode.OK) =>
        PostAsync(County, $"/api/v1/recognitions/{recognition}/steps", step, status);

    /// <summary>A day in Shanghai.</summary>
    public static string Day(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).ToOffset(
        TimeSpan.FromHours(8)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A moment with its offset.</summary>
    public static string Moment(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The rows of a query, each as its values with bars between.</summary>
    public IReadOnlyList<string> Rows(string sql)
    {
        using var connection = Service.Database.OpenReader();
        using var command = connection.Command(sql);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    /// <summary>Runs SQL in the writers' queue.</summary>
    public Task<int> ExecuteAsync(string sql) => Service.Database.WriteAsync(
        (connection, _) =>
        {
            using var command = connection.Command(sql);
            return command.ExecuteNonQuery();
        },
        Stop);

    public async ValueTask DisposeAsync()
    {
        Clerk.Dispose();
        County.Dispose();
        await Service.DisposeAsync();
    }

    /// <summary>A clock whose present is set; its timers are real.</summary>
    private sealed class ShiftedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
