using System.Text.Encodings.Web;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using KioskFleet.Service.Access;
using KioskFleet.Service.Alerts;
using KioskFleet.Service.Assessment;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Charts;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Enrolment;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Http;
using KioskFleet.Service.Ingest;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Observability;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.ProductSales;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Rejudging;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Series;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Telemetry;
using KioskFleet.Service.Venues;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace KioskFleet.Service.Hosting;

/// <summary>
/// The whole fleet service in this process: built, started and stopped by the program, by the simulators and by tests.
/// </summary>
internal sealed class FleetServiceHost : IAsyncDisposable
{
    /// <summary>Where the HTTP API listens unless the setting <c>Urls</c> names another address.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    private readonly WebApplication _app;

    private FleetServiceHost(WebApplication app) => _app = app;

    /// <summary>The services of the modules.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>The address of the HTTP API, with the real port; after the start.</summary>
    public Uri HttpAddress => new(_app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
        .Replace("[::]", "127.0.0.1", StringComparison.Ordinal));

    /// <summary>The real port of the embedded broker; 0 before the start or with an external one.</summary>
    public int BrokerPort => Services.GetRequiredService<BrokerAddress>().ListeningPort;

    /// <summary>Builds from the command line, appsettings.json and the environment, as the program does.</summary>
    /// <param name="args">Settings as <c>--Section:Name=VALUE</c>.</param>
    /// <param name="configFile">A JSON file that wins over appsettings.json, or null.</param>
    /// <param name="overrides">Replaces services after all modules were added.</param>
    public static FleetServiceHost Build(
        string[] args, string? configFile = null, Action<IServiceCollection>? overrides = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
        });
        if (configFile is not null)
        {
            builder.Configuration.AddJsonFile(Path.GetFullPath(configFile), optional: false);
            builder.Configuration.AddEnvironmentVariables();
        }

        builder.Configuration.AddCommandLine(args);
        return Build(builder, overrides);
    }

    /// <summary>
    /// Builds from given settings alone: no file, no environment. For callers in the same process.
    /// </summary>
    /// <param name="settings">Settings by path: <c>Storage:DataDirectory</c>, <c>Broker:Embedded:Port</c>,
    /// <c>Urls</c>.</param>
    /// <param name="overrides">Replaces services after all modules were added, such as the TimeProvider.</param>
    public static FleetServiceHost Build(
        IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? overrides = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        return Build(builder, overrides);
    }

    /// <summary>Starts all modules; returns when the HTTP API and the broker listen.</summary>
    public Task StartAsync(CancellationToken ct = default)
    {
        // All settings are judged before anything is opened or made.
        Services.GetService<IStartupValidator>()?.Validate();

        // Not by the first that asks for it: the host would tell what is wrong with it by a stack trace.
        Services.GetService<FleetDatabase>();
        return _app.StartAsync(ct);
    }

    /// <summary>Stops in the reverse order: the broker first.</summary>
    public Task StopAsync(CancellationToken ct = default) => _app.StopAsync(ct);

    /// <summary>Waits until the process is told to end.</summary>
    public Task WaitForShutdownAsync(CancellationToken ct = default) => _app.WaitForShutdownAsync(ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static FleetServiceHost Build(WebApplicationBuilder builder, Action<IServiceCollection>? overrides)
    {
        if (string.IsNullOrEmpty(builder.Configuration["Urls"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSystemd();
        AddHttp(builder.Services);
        AddModules(builder.Services, builder.Configuration);
        overrides?.Invoke(builder.Services);
        var app = builder.Build();
        MapAll(app);
        return new FleetServiceHost(app);
    }

    private static void AddHttp(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.AddProblemDetails(o => o.CustomizeProblemDetails = ApiProblems.Name);
        services.AddExceptionHandler<ApiExceptions>();
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
        });
        services.AddOpenApi();
        services.AddSingleton<QueryParameters>();
    }

    /// <summary>The modules in the order of their start; they stop in reverse, so the broker is last.</summary>
    private static void AddModules(IServiceCollection services, ConfigurationManager configuration)
    {
        services.AddStorage(configuration);
        services.AddReplicas();
        services.AddPlaces(configuration);
        services.AddPolicies();
        services.AddAccess(configuration);
        services.AddFleet();
        services.AddCatalogue();
        services.AddLedger(configuration);
        services.AddFindings();
        services.AddRejudging();
        services.AddProductSales();
        services.AddCompliance();
        services.AddVenues();
        services.AddReconciliation();
        services.AddPatterns();
        services.AddEnforcement();
        services.AddAssessment();
        services.AddEnrolment(configuration);
        services.AddObservability();
        services.AddCharts();
        services.AddTelemetry(configuration);
        services.AddAlerts(configuration);
        services.AddSeries(configuration);
        services.AddIngest(configuration);
        services.AddBroker(configuration);
    }

    private static void MapAll(WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            SuppressDiagnosticsCallback = context => ApiExceptions.IsOfSender(context.Exception),
        });
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.Use(async (context, next) =>
        {
            if (context.RequestServices.GetRequiredService<QueryParameters>().Refusal(context) is { } refusal)
            {
                await refusal.ExecuteAsync(context);
                return;
            }

            await next(context);
        });

        // Reading is the least that any endpoint of the API takes; those that change name more themselves.
        var read = app.MapGroup("").RequireAuthorization(AccessPolicies.Read);
        read.MapPlaces();
        read.MapPolicies();
        read.MapCatalogue();
        read.MapRejudging();
        read.MapProductSales();
        read.MapCompliance();
        read.MapVenues();
        read.MapReconciliation();
        read.MapPatterns();
        read.MapEnforcement();
        read.MapAssessment();
        read.MapFleet();
        read.MapCharts();
        read.MapTelemetry();
        read.MapAlerts();
        read.MapSeries();
        app.MapLedger();
        app.MapFindings();
        app.MapAccess();
        app.MapEnrolment();
        app.MapObservability();
        app.MapOpenApi().RequireAuthorization(AccessPolicies.Read);
        app.MapScalarApiReference("/scalar", scalar => scalar
            .WithTitle("KioskFleet")
            .DisableDefaultFonts()).RequireAuthorization(AccessPolicies.Read);
    }
}
