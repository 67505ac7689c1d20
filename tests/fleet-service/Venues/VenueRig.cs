using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>
/// The whole service with a shipped data set, on a day of that plan's year. Names of kinds, channels and places come
/// from the data set, so that every test runs for every city.
/// </summary>
internal sealed class VenueRig : IAsyncDisposable
{
    private readonly WallClock _clock;
    private int _number;

    private VenueRig(ServiceRig service, PlacesDataSet places, WallClock clock)
    {
        (Service, Places, _clock) = (service, places, clock);
        Admin = service.Admin;
    }

    public ServiceRig Service { get; }

    public PlacesDataSet Places { get; }

    public HttpClient Admin { get; }

    /// <summary>The present business day; tests may move it.</summary>
    public DateOnly Today
    {
        get => Places.Zone.DayOf(_clock.UtcMs);
        set => _clock.UtcMs = Places.Zone.StartOfUtcMs(value) + 12 * 3_600_000;
    }

    /// <summary>A kind of venue that a policy judges and that may sell ordinary products.</summary>
    public VenueKind Hall => Places.VenueKinds.First(k => k is { AllAid: false, CountsAsCitySales: true }
        && k.Id != "cabinet" && Places.Policies.Any(p => p.VenueKind == k.Id));

    /// <summary>The policy of halls.</summary>
    public Policy HallPolicy => Places.Policies.Single(p => p.VenueKind == Hall.Id);

    /// <summary>A kind of venue of which only the sales are told.</summary>
    public VenueKind Zone => Places.VenueKinds.First(k =>
        k is { AllAid: false, CountsAsCitySales: true, MinimumAidShareBasisPoints: null });

    /// <summary>The platform on which others' products are bought.</summary>
    public VenueKind Platform => Places.VenueKinds.First(k => k.YearlyPlanBy is not null);

    public string City => Places.City.Code.Value;

    public string County => Places.Counties[0].Code.Value;

    public string OtherCounty => Places.Counties[1].Code.Value;

    /// <summary>A channel of the first group, one of the same group, and one of another.</summary>
    public (string Channel, string Sibling, string Tag) Channels => (
        Places.ChannelGroups[0].Channels[0].Id, Places.ChannelGroups[0].Channels[1].Id,
        Places.ChannelGroups[1].Channels[0].Id);

    /// <summary>The day on which tests begin: well within the plan's year.</summary>
    public DateOnly Start => new(Places.CityTarget.By.Year, 9, 24);

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<VenueRig> StartAsync(string dataSet)
    {
        var places = DataSetFile.Load(dataSet);
        var clock = new WallClock();
        var service = await ServiceRig.StartAsync(
            services => services.AddSingleton<TimeProvider>(clock), ("Places:DataSet", dataSet));
        var rig = new VenueRig(service, places, clock);
        rig.Today = rig.Start;
        return rig;
    }

    /// <summary>A day as text.</summary>
    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public async Task<JsonElement> GetAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await Service.Anonymous.GetAsync(path, Stop);
        return await ServiceRig.JsonAsync(response, status);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object body)
    {
        using var response = await Admin.PostAsJsonAsync(path, body, Stop);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement);
    }

    public async Task<JsonElement> PostAsync(string path, object body, HttpStatusCode status)
    {
        using var response = await Admin.PostAsJsonAsync(path, body, Stop);
        return await ServiceRig.JsonAsync(response, status);
    }

    /// <summary>Uploads a table under its own media type: a workbook begins as a ZIP file does.</summary>
    public async Task<JsonElement> UploadAsync(
        string path, byte[] bytes, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType =
            new MediaTypeHeaderValue(bytes.AsSpan().StartsWith("PK"u8) ? TableWriter.XlsxType : "text/csv");
        using var response = await Admin.PostAsync(path, content, Stop);
        return await ServiceRig.JsonAsync(response, status);
    }

    public Task<JsonElement> UploadAsync(string path, string csv) => UploadAsync(path, Encoding.UTF8.GetBytes(csv));

    /// <summary>Registers a venue that has been open since the first of January.</summary>
    public Task<JsonElement> RegisterAsync(
        string id, string kind, string? county = null, string presence = "offline", string operatorId = "op-1",
        DateOnly? openedOn = null) => PostAsync("/api/v1/venues", new
        {
            venueId = id,
            kind,
            presence,
            county = county ?? County,
            operatorId,
            name = $"{id} 馆",
            address = "人民路1号",
            url = "https://example.org/" + id,
            openedOn = Text(openedOn ?? new DateOnly(Start.Year, 1, 1)),
            evidence = "营业执照 1",
        }, HttpStatusCode.Created);

    /// <summary>Reports a venue's or a channel's sales in fen; returns the document number.</summary>
    public async Task<string> ReportAsync(
        string? venue, long aidFen, long totalFen, DateOnly day, string? channel = null, string? county = null,
        long? recognisedFen = null, bool outside = false, string[]? tags = null)
    {
        var number = $"D-{++_number}";
        await PostAsync("/api/v1/sales-reports", new
        {
            reporter = "county-office",
            documentNumber = number,
            venue,
            channel,
            tags,
            county,
            outsideCity = outside,
            firstDay = Text(day),
            lastDay = Text(day),
            aidFen,
            totalFen,
            recognisedAidFen = recognisedFen,
            evidence = "发票 2020-77",
        }, HttpStatusCode.Created);
        return number;
    }

    /// <summary>
    /// Products: one listed by a county of the city, one by a county elsewhere, one nationally, one by none.
    /// </summary>
    public void AddProducts()
    {
        Execute($"""
            INSERT INTO catalogue_versions (version, made_utc_ms, made_by, source) VALUES (1, 1, 'a', 'b');
            INSERT INTO products (product_id, name, version) VALUES
              ('own', '本市大米', 1), ('far', '外地茶叶', 1), ('nation', '国家名录茶叶', 1), ('cola', '可乐', 1);
            INSERT INTO listings (product_id, recognised_by, from_utc_ms, to_utc_ms, version)
            VALUES ('own', '{County}', 1, NULL, 1), ('far', '999901', 1, NULL, 1), ('nation', 'national', 1, NULL, 1);
            INSERT INTO sku_mappings (operator_id, sku, from_utc_ms, to_utc_ms, product_id, version)
            VALUES ('', 'own', 0, NULL, 'own', 1), ('', 'far', 0, NULL, 'far', 1), ('', 'cola', 0, NULL, 'cola', 1);
            """);
        using var reader = Service.Database.OpenReader();
        Service.Host.Services.GetRequiredService<CurrentCatalogue>()
            .Replace(CatalogueSnapshot.From(CatalogueStore.Read(reader, Places)));
    }

    /// <summary>Writes to the database by hand.</summary>
    public void Execute(string sql)
    {
        using var connection = Service.Database.OpenWriter();
        using var command = connection.Command(sql);
        command.ExecuteNonQuery();
    }

    /// <summary>Lets a cabinet sell, by a signed journal, and waits until it is summed by product.</summary>
    public async Task SellAsync(
        string cabinet, string county, DateOnly day, params (string Sku, long PaidFen)[] lines)
    {
        var paper = new CabinetOnPaper(cabinet);
        var register = Service.Host.Services.GetRequiredService<FleetRegister>();
        using (var connection = Service.Database.OpenWriter())
        {
            FleetStore.Insert(connection, paper.Id, new AssignmentModel(
                0, "op-1", CountyCode.Parse(county), "一中", "school", JournalOnPaper.StartUtcMs - 1, null), 1);
            FleetStore.AddKey(connection, paper.Id, paper.Signer.PublicKey, 1);
        }

        register.Refresh([paper.Id]);
        var journal = new JournalOnPaper(paper, ++_number);
        journal.SellAt(Places.Zone.StartOfUtcMs(day) + 1, "v1", lines);
        Assert.True(ReceivedBatch.TryParse(journal.Message().Payload, out var batch));
        Assert.True(batch.ComputeHashes(new HashChain()));
        Assert.True(register.Current.TryGet(paper.Id, out var model));
        var outcome = Assert.Single(await Service.Host.Services.GetRequiredService<LedgerWriter>().CommitAsync(
            [new VerifiedBatch(batch, model, paper.Signer.PublicKey, _clock.UtcMs)], Stop));
        Assert.IsType<CommitOutcome.Committed>(outcome);
        for (var tries = 0; tries < 200; tries++)
        {
            var asOf = (await GetAsync("/api/v1/product-sales")).GetProperty("asOf");
            if (asOf.GetProperty("entriesBehind").GetInt64() == 0
                && asOf.GetProperty("beingMadeAnew").ValueKind == JsonValueKind.Null)
            {
                return;
            }

            await Task.Delay(50, Stop);
        }

        Assert.Fail("The sale was never summed by product.");
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Service.DisposeAsync();
    }

    /// <summary>Tells another time of day; timers stay real.</summary>
    private sealed class WallClock : TimeProvider
    {
        public long UtcMs { get; set; } = 1_600_000_000_000;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(UtcMs);
    }
}
