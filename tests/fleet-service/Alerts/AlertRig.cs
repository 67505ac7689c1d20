using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Alerts;
using KioskFleet.Service.Telemetry;
using KioskFleet.Service.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using static KioskFleet.Service.Tests.Telemetry.TelemetryOnPaper;

namespace KioskFleet.Service.Tests.Alerts;

/// <summary>The system's time, shifted as the test wants; timers run as they do.</summary>
internal sealed class ShiftedTime(DateTimeOffset start) : TimeProvider
{
    private readonly TimeProvider _system = System;
    private TimeSpan _shift = start - System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => _system.GetUtcNow() + _shift;

    public void Advance(TimeSpan time) => _shift += time;
}

/// <summary>The whole service with an active cabinet; checks and tellings are made when the test says so.</summary>
internal sealed class AlertRig : IAsyncDisposable
{
    private readonly ServiceRig _rig;

    private AlertRig(ServiceRig rig, ShiftedTime time) => (_rig, Time) = (rig, time);

    public ShiftedTime Time { get; }

    public ServiceRig Service => _rig;

    public AlertOutboxStore Outbox => _rig.Host.Services.GetRequiredService<AlertOutboxStore>();

    public AlertStore Store => _rig.Host.Services.GetRequiredService<AlertStore>();

    private static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    public static async Task<AlertRig> StartAsync(
        params (string Name, string Value)[] settings) =>
        await StartAsync(new DateTimeOffset(2020, 9, 15, 12, 0, 0, TimeSpan.FromHours(8)), settings);

    public static async Task<AlertRig> StartAsync(
        DateTimeOffset start, params (string Name, string Value)[] settings)
    {
        var time = new ShiftedTime(start);
        var rig = await ServiceRig.StartAsync(
            services =>
            {
                services.AddSingleton<TimeProvider>(time);
                Leave<AlertCheck>(services);
                Leave<AlertSender>(services);
            },
            [("Alerts:Enabled", "true"), .. settings]);
        await rig.RegisterAsync("A1");
        using var response = await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/A1/life", new { life = "Active" }, Stop);
        response.EnsureSuccessStatusCode();
        return new AlertRig(rig, time);
    }

    /// <summary>Takes a loop out of the host: the test takes its turns.</summary>
    private static void Leave<T>(IServiceCollection services) => services.Remove(services.Single(service =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationFactory?.Method.ReturnType == typeof(T)));

    /// <summary>The cabinet tells this now.</summary>
    public async Task TellAsync(params IReadOnlyList<TelemetryReading> readings)
    {
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();
        await _rig.Host.Services.GetRequiredService<TelemetryStore>().WriteAsync(
            [TelemetryFold.Fold(Message("A1", now, Sample(now, readings)), now, new TelemetryOptions())], Stop);
    }

    public Task<(int Opened, int Closed)> CheckAsync() =>
        _rig.Host.Services.GetRequiredService<AlertCheck>().CheckAsync(Stop);

    public Task<int> SendAsync() => _rig.Host.Services.GetRequiredService<AlertSender>().TellAsync(Stop);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}

/// <summary>What a webhook's receiver does with the next message.</summary>
internal enum HookMishap
{
    Fail,
    LoseAnswer,
}

/// <summary>A real Kestrel that takes webhooks and proves their signature.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-webhook";

    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Id, string Body)> Taken { get; } = new();

    public ConcurrentQueue<HookMishap> Mishaps { get; } = new();

    public bool IsAway { get; set; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.Single());

    public IEnumerable<JsonElement> Notices => Taken.SelectMany(taken =>
        JsonDocument.Parse(taken.Body).RootElement.GetProperty("notices").EnumerateArray());

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.MapPost("/hook", receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes);
        var expected = "sha256=" + Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), bytes.ToArray()));
        if (http.Request.Headers["X-KioskFleet-Signature"] != expected)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        HookMishap? mishap = Mishaps.TryDequeue(out var next) ? next : null;
        if (IsAway || mishap == HookMishap.Fail)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        Taken.Enqueue((http.Request.Headers["X-KioskFleet-Message"].ToString(),
            Encoding.UTF8.GetString(bytes.ToArray())));
        if (mishap == HookMishap.LoseAnswer)
        {
            http.Abort();
        }
    }
}
