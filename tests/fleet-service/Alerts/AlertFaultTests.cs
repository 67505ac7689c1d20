using System.Net;
using System.Net.Http.Json;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Alerts;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static KioskFleet.Service.Tests.Telemetry.TelemetryOnPaper;

namespace KioskFleet.Service.Tests.Alerts;

/// <summary>What one cabinet, one channel or the broker does wrong stops no other's alerts.</summary>
public sealed class AlertFaultTests : IDisposable
{
    private static readonly TelemetryReading Empty = new TelemetryReading.Stock("A1", 0, 10, "tea");

    private readonly TemporaryFolder _folder = new("alerts");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private sealed class Channel(string name, Func<Task<string?>> send) : IAlertChannel
    {
        public string Name => name;

        public Task<string?> SendAsync(OutboxMessage message, CancellationToken cancellationToken) => send();
    }

    private sealed class DeafLink : IBrokerLink
    {
        public bool IsReady { get; set; } = true;

        public ValueTask SendDownAsync(
            CabinetTopic topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct) =>
            ValueTask.CompletedTask;

        public bool IsConnected(CabinetId cabinet) => false;
    }

    private Task<AlertRig> StartAsync() => AlertRig.StartAsync(("Alerts:Webhook:Url", "http://127.0.0.1:9/hook"),
        ("Alerts:Webhook:SecretFile", _folder.Write("hook.secret", WebhookReceiver.Secret)));

    private static Task<long> RunAsync(AlertRig rig, string sql, params (string, object?)[] values) =>
        rig.Service.Database.WriteAsync((connection, _) => connection.Execute(sql, values), Stop);

    private static async Task LayAsync(AlertRig rig, params string[] channels)
    {
        foreach (var (index, channel) in channels.Index())
        {
            await RunAsync(rig, $"""
                INSERT INTO alert_messages
                  (message_id, channel, body, made_utc_ms, state, attempts, next_utc_ms, sent_utc_ms, last_error)
                VALUES ('m{index}', '{channel}', 'x', {index}, 1, 0, {index}, NULL, '')
                """);
        }
    }

    private static AlertSender Sender(AlertRig rig, params IAlertChannel[] channels)
    {
        var services = rig.Service.Host.Services;
        return new AlertSender(rig.Outbox, channels, services.GetRequiredService<AlertTerms>(),
            services.GetRequiredService<AlertMetrics>(), services.GetRequiredService<Leases>(),
            NullLogger<AlertSender>.Instance);
    }

    [Fact]
    public async Task A_hello_of_a_clock_in_another_age_stops_no_alert()
    {
        await using var rig = await StartAsync();
        var journal = JournalId.Parse("000102030405060708090a0b0c0d0e0f");
        var hello = new Hello(CabinetId.Parse("A1"), journal, new KeyId(1), Boot, 1, 100_000_000_000_000,
            Head.Genesis(journal), Head.Genesis(journal), 1, 1, 1, default, false, "", "1");
        await rig.TellAsync(Empty);
        await rig.Service.Database.WriteAsync((connection, _) =>
        {
            using var table = new HelloTable(connection);
            table.Keep(hello, rig.Time.GetUtcNow().ToUnixTimeMilliseconds());
            return true;
        }, Stop);
        Assert.Equal((2, 0), await rig.CheckAsync());

        // Rows from before are shown all the same.
        await RunAsync(rig, "UPDATE alerts SET since_utc_ms = -98000000000000");
        using var response = await rig.Service.Anonymous.GetAsync("/api/v1/alerts", Stop);
        Assert.Equal(2, (await ServiceRig.JsonAsync(response, HttpStatusCode.OK)).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_cabinet_that_cannot_be_judged_is_passed_over_alone()
    {
        await using var rig = await StartAsync();
        await rig.Service.RegisterAsync("B1");
        using var response = await rig.Service.Admin.PostAsJsonAsync(
            "/api/v1/cabinets/B1/life", new { life = "Active" }, Stop);
        response.EnsureSuccessStatusCode();
        await RunAsync(rig, "INSERT INTO telemetry_cabinets VALUES ('B1', $now, $offset)",
            ("$now", rig.Time.GetUtcNow().ToUnixTimeMilliseconds()), ("$offset", long.MinValue));
        await rig.TellAsync(Empty);
        Assert.Equal((1, 0), await rig.CheckAsync());

        // An alert that nobody has words for is closed; what else happened is told.
        await RunAsync(rig, """
            INSERT INTO alerts (cabinet_id, kind, name, state, since_utc_ms, value, opened_utc_ms, acknowledged_by,
                                closed_by, words)
            VALUES ('A1', 99, '', 2, 0, 0, 0, '', '', '')
            """);
        await rig.TellAsync(Degrees(90_000), new TelemetryReading.Door("main", true, 1_200_000));
        Assert.Equal((1, 1), await rig.CheckAsync());
    }

    [Fact]
    public async Task While_the_broker_is_away_no_cabinet_is_offline()
    {
        await using var rig = await StartAsync();
        var services = rig.Service.Host.Services;
        var link = new DeafLink();
        using var check = new AlertCheck(
            rig.Store, services.GetRequiredService<AlertSources>() with { Link = link },
            services.GetRequiredService<AlertTerms>(), services.GetRequiredService<AlertMetrics>(),
            services.GetRequiredService<Leases>(), NullLogger<AlertCheck>.Instance);
        await rig.TellAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(45));
        link.IsReady = false;
        Assert.Equal((0, 0), await check.CheckAsync(Stop));
        link.IsReady = true;
        rig.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal((0, 0), await check.CheckAsync(Stop));
        rig.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((1, 0), await check.CheckAsync(Stop));
    }

    [Fact]
    public async Task A_channel_that_hangs_holds_no_other_up()
    {
        await using var rig = await AlertRig.StartAsync();
        await LayAsync(rig, "mail", "webhook");
        var told = new TaskCompletionSource();
        var mail = new Channel("mail", async () =>
        {
            await told.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
            return null;
        });
        var hook = new Channel("webhook", () =>
        {
            told.SetResult();
            return Task.FromResult<string?>(null);
        });
        using var sender = Sender(rig, mail, hook);
        Assert.Equal(2, await sender.TellAsync(Stop));
    }

    [Fact]
    public async Task Whatever_a_channel_throws_is_a_failed_try_that_ends_its_round()
    {
        await using var rig = await AlertRig.StartAsync();
        await LayAsync(rig, "mail", "mail", "webhook");
        var mail = new Channel("mail", () => throw new TimeoutException("two minutes"));
        var hook = new Channel("webhook", () => Task.FromResult<string?>(null));
        using var sender = Sender(rig, mail, hook);
        Assert.Equal(1, await sender.TellAsync(Stop));
        Assert.Equal([("m0", 1, "two minutes"), ("m1", 0, "")], rig.Outbox.List(MessageState.Waiting)
            .Select(message => (message.MessageId, message.Attempts, message.LastError)).Order());
        Assert.Equal(0, await sender.TellAsync(Stop));
        Assert.Equal(1, rig.Outbox.List(null).Single(message => message.MessageId == "m1").Attempts);
    }
}
