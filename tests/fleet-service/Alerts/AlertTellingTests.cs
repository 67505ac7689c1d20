using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Alerts;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Tests.Storage;
using KioskFleet.TestKit;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit;

namespace KioskFleet.Service.Tests.Alerts;

/// <summary>The whole way from what a cabinet tells to a real receiver.</summary>
public sealed class AlertTellingTests : IDisposable
{
    private static readonly TelemetryReading Empty = new TelemetryReading.Stock("A1", 0, 10, "tea");
    private static readonly TelemetryReading Full = new TelemetryReading.Stock("A1", 9, 10, "tea");
    private static readonly TelemetryReading Open = new TelemetryReading.Door("main", true, 1_200_000);

    private readonly TemporaryFolder _folder = new("alerts");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private (string, string)[] Hook(WebhookReceiver receiver, params (string, string)[] more) =>
    [
        ("Alerts:Webhook:Url", new Uri(receiver.Address, "/hook").ToString()),
        ("Alerts:Webhook:SecretFile", _folder.Write("hook.secret", WebhookReceiver.Secret + "\n")),
        ("Alerts:Retry:FirstSeconds", "30"), ("Alerts:Retry:Attempts", "3"), .. more,
    ];

    private static (string, string)[] Mail(SmtpServer server, params (string, string)[] more) =>
    [
        ("Alerts:Mail:Host", "127.0.0.1"), ("Alerts:Mail:Port", $"{server.Port}"), ("Alerts:Mail:Security", "None"),
        ("Alerts:Mail:From", "fleet@example.org"), ("Alerts:Mail:To", "a@example.org, b@example.org"), .. more,
    ];

    [Fact]
    public void Messages_of_a_channel_that_is_off_hold_no_other_channel_up()
    {
        using var files = new TemporaryDatabase();
        for (var i = 0; i < 101; i++)
        {
            files.Run($"""
                INSERT INTO alert_messages
                  (message_id, channel, body, made_utc_ms, state, attempts, next_utc_ms, sent_utc_ms, last_error)
                VALUES ('m{i}', '{(i < 100 ? "mail" : "webhook")}', 'x', {i}, 1, 3, {i}, NULL, '')
                """);
        }

        Assert.Equal("m100", Assert.Single(new AlertOutboxStore(files.Database).Due("webhook", 1_000)).MessageId);
    }

    [Fact]
    public async Task An_alert_is_told_once_and_told_again_when_its_cause_is_gone()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await AlertRig.StartAsync(Hook(receiver));
        await rig.TellAsync(Empty, Open);
        Assert.Equal((2, 0), await rig.CheckAsync());
        Assert.Equal((0, 0), await rig.CheckAsync());
        Assert.Equal(1, await rig.SendAsync());
        Assert.Equal(0, await rig.SendAsync());

        var (id, _) = Assert.Single(receiver.Taken);
        Assert.Equal(32, id.Length);
        var notices = receiver.Notices.ToList();
        Assert.Equal(["doorLeftOpen", "slotEmpty"], notices.Select(n => n.GetProperty("kind").GetString()).Order());
        Assert.All(notices, n => Assert.Equal(("opened", "A1", "op1"), (n.GetProperty("event").GetString(),
            n.GetProperty("cabinetId").GetString(), n.GetProperty("operatorId").GetString())));
        Assert.Contains(notices, n => n.GetProperty("text").GetString()!.Contains("open for 20 minutes"));
        Assert.Contains(notices, n => n.GetProperty("textZh").GetString()!.Contains("货道 A1 已空"));

        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.TellAsync(Full);
        Assert.Equal((0, 1), await rig.CheckAsync());
        await rig.SendAsync();
        Assert.Equal(("closed", "slotEmpty"), (receiver.Notices.Last().GetProperty("event").GetString(),
            receiver.Notices.Last().GetProperty("kind").GetString()));
        Assert.Equal(AlertKind.DoorLeftOpen, Assert.Single(rig.Store.List(null, null, null)).Key.Kind);
    }

    [Fact]
    public async Task A_message_whose_answer_was_lost_comes_again_under_its_id_and_is_the_same()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await AlertRig.StartAsync(Hook(receiver));
        receiver.Mishaps.Enqueue(HookMishap.LoseAnswer);
        receiver.Mishaps.Enqueue(HookMishap.LoseAnswer);
        receiver.Mishaps.Enqueue(HookMishap.LoseAnswer);
        await rig.TellAsync(Empty);
        await rig.CheckAsync();
        Assert.Equal(0, await rig.SendAsync());

        // Meanwhile more happens, and the sender is another one, as after a restart.
        await rig.TellAsync(Open);
        await rig.CheckAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(31));
        var services = rig.Service.Host.Services;
        var restarted = new AlertSender(rig.Outbox, services.GetServices<IAlertChannel>(),
            services.GetRequiredService<AlertTerms>(), services.GetRequiredService<AlertMetrics>(),
            services.GetRequiredService<KioskFleet.Service.Replicas.Leases>(),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<AlertSender>.Instance);
        Assert.Equal(2, await restarted.TellAsync(Stop));
        Assert.Equal(0, await restarted.TellAsync(Stop));

        Assert.Equal(2, receiver.Taken.Distinct().Count());
        Assert.Equal(2, receiver.Notices.Select(n => n.GetProperty("alertId").GetInt64()).Distinct().Count());
        Assert.Equal([MessageState.Sent, MessageState.Sent], rig.Outbox.List(null).Select(m => m.State));
    }

    [Fact]
    public async Task A_receiver_that_is_away_is_tried_ever_later_and_the_message_then_is_dead_and_shown()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await AlertRig.StartAsync(Hook(receiver));
        receiver.IsAway = true;
        await rig.TellAsync(Empty);
        await rig.CheckAsync();
        await rig.SendAsync();
        var waiting = Assert.Single(rig.Outbox.List(MessageState.Waiting));
        Assert.Equal((1, "503 Service Unavailable"), (waiting.Attempts, waiting.LastError));
        rig.Time.Advance(TimeSpan.FromSeconds(29));
        await rig.SendAsync();
        Assert.Equal(1, rig.Outbox.List(null)[0].Attempts);
        foreach (var seconds in (int[])[2, 61])
        {
            rig.Time.Advance(TimeSpan.FromSeconds(seconds));
            await rig.SendAsync();
        }

        var dead = Assert.Single(rig.Outbox.List(MessageState.Dead));
        Assert.Equal((waiting.MessageId, 3), (dead.MessageId, dead.Attempts));
        rig.Time.Advance(TimeSpan.FromDays(1));
        receiver.IsAway = false;
        Assert.Equal(0, await rig.SendAsync());

        using var revived = await rig.Service.Admin.PostAsync(
            $"/api/v1/alerts/messages/{dead.MessageId}/revive", null, Stop);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, revived.StatusCode);
        Assert.Equal(1, await rig.SendAsync());
        Assert.Equal(dead.MessageId, Assert.Single(receiver.Taken).Id);
    }

    [Fact]
    public async Task What_arises_in_quiet_hours_is_told_when_they_end_but_for_kinds_that_may_break_them()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var rig = await AlertRig.StartAsync(
            new DateTimeOffset(2020, 9, 15, 23, 30, 0, TimeSpan.FromHours(8)),
            Hook(receiver, ("Alerts:Quiet:Breaking", "DoorLeftOpen")));
        await rig.TellAsync(Empty, Open);
        Assert.Equal((2, 0), await rig.CheckAsync());
        await rig.SendAsync();
        Assert.Equal("doorLeftOpen", Assert.Single(receiver.Notices).GetProperty("kind").GetString());
        rig.Time.Advance(TimeSpan.FromHours(7.4));
        await rig.SendAsync();
        Assert.Single(receiver.Notices);
        rig.Time.Advance(TimeSpan.FromHours(0.11));
        await rig.SendAsync();
        Assert.Equal("slotEmpty", receiver.Notices.Last().GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_mail_is_taken_by_a_real_server_in_both_languages()
    {
        await using var server = SmtpServer.Start();
        server.Account = ("fleet", "pass word");
        await using var rig = await AlertRig.StartAsync(Mail(server, ("Alerts:Mail:UserName", "fleet"),
            ("Alerts:Mail:PasswordFile", _folder.Write("mail.password", "pass word\n"))));
        await rig.TellAsync(Empty, Open);
        await rig.CheckAsync();
        Assert.Equal(1, await rig.SendAsync());

        var taken = Assert.Single(server.Taken);
        Assert.Equal(("fleet@example.org", "fleet"), (taken.From, taken.User));
        Assert.Equal(["a@example.org", "b@example.org"], taken.To);
        using var mail = MimeMessage.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(taken.Text)), Stop);
        var message = Assert.Single(rig.Outbox.List(MessageState.Sent));
        Assert.Equal($"{message.MessageId}@example.org", mail.MessageId);
        Assert.Contains("2 alert notices", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("货道 A1 已空", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("Slot A1 of cabinet A1 is empty", mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SmtpMishap.Busy, 1)]
    [InlineData(SmtpMishap.Refuse, 1)]
    [InlineData(SmtpMishap.LoseAnswer, 2)]
    public async Task A_mail_that_was_not_taken_for_sure_is_sent_again_under_its_id(SmtpMishap mishap, int times)
    {
        await using var server = SmtpServer.Start();
        server.Mishaps.Enqueue(mishap);
        await using var rig = await AlertRig.StartAsync(Mail(server));
        await rig.TellAsync(Empty);
        await rig.CheckAsync();
        Assert.Equal(0, await rig.SendAsync());
        Assert.Contains(
            "127.0.0.1:", rig.Outbox.List(MessageState.Waiting).Single().LastError, StringComparison.Ordinal);
        rig.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, await rig.SendAsync());
        Assert.Equal(times, server.Taken.Count);
        Assert.Single(server.Taken.Select(mail => mail.Text.Split('\n').Single(line =>
            line.StartsWith("X-KioskFleet-Message:", StringComparison.OrdinalIgnoreCase))).Distinct());
    }

    [Fact]
    public async Task A_wrong_password_and_a_server_that_is_away_are_named_without_the_secret()
    {
        var server = SmtpServer.Start();
        server.Account = ("fleet", "right");
        await using var rig = await AlertRig.StartAsync(Mail(server, ("Alerts:Mail:UserName", "fleet"),
            ("Alerts:Mail:PasswordFile", _folder.Write("mail.password", "wrong-secret"))));
        await rig.TellAsync(Empty);
        await rig.CheckAsync();
        await rig.SendAsync();
        Assert.Contains("535", rig.Outbox.List(null).Single().LastError, StringComparison.Ordinal);
        await server.DisposeAsync();
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await rig.SendAsync();
        var error = rig.Outbox.List(null).Single().LastError;
        Assert.Contains($"127.0.0.1:{server.Port}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_wrong_settings_are_named_with_what_they_take()
    {
        var host = FleetServiceHost.Build(new Dictionary<string, string?>
        {
            ["Alerts:OfflineMinutes"] = "1", ["Alerts:Quiet:From"] = "25:00", ["Alerts:Quiet:Breaking"] = "Fire",
            ["Alerts:Zones:chilled:MostMilliCelsius"] = "-90000", ["Alerts:Webhook:Url"] = "ftp://x",
            ["Alerts:Webhook:SecretFile"] = _folder.Write("short", "abc"), ["Alerts:Mail:Host"] = "mail.example.org",
            ["Alerts:Mail:From"] = "", ["Alerts:Mail:To"] = "a@example.org,@", ["Alerts:Mail:UserName"] = "u",
        });
        var error = Assert.ThrowsAny<Exception>(() => { _ = host.StartAsync(Stop); });
        var lines = ConfigurationProblem.Describe(error)!.Where(line => line.StartsWith("Alerts:")).ToList();
        Assert.Equal(
            [
                "Alerts:OfflineMinutes", "Alerts:Zones:chilled:MostMilliCelsius", "Alerts:Quiet:From",
                "Alerts:Quiet:Breaking", "Alerts:Mail:From", "Alerts:Mail:To", "Alerts:Mail:PasswordFile",
                "Alerts:Webhook:Url", "Alerts:Webhook:SecretFile",
            ],
            lines.Select(line => line.Split(": got")[0]));
        Assert.All(lines, line => Assert.Contains("; takes ", line, StringComparison.Ordinal));
    }
}
