using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using KioskFleet.TestKit;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

/// <summary>Presence by last will and kept state, through real brokers of both kinds.</summary>
public sealed class PresenceTests
{
    private static readonly CabinetId A = CabinetId.Parse("A1");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cabinet_is_online_while_its_session_lasts_and_offline_when_its_will_says_so(bool external)
    {
        await using var mosquitto = await BrokerAsync(external);
        await using var rig = await StartAsync(mosquitto?.Port);
        Assert.Equal((PresenceState.Unknown, null), rig.Presence.StateOf(A));
        var before = Now();
        var first = await ConnectAsync(rig, mosquitto?.Port, 10);
        await UntilAsync(rig, PresenceState.Online);
        Assert.InRange(rig.Presence.StateOf(A).SinceUtcMs!.Value, before, Now());
        Assert.True(rig.Link.IsConnected(A));

        // The cable is pulled: only the will speaks.
        first.Dispose();
        await UntilAsync(rig, PresenceState.Offline);
        await UntilAsync(() => !rig.Link.IsConnected(A));
        using var second = await ConnectAsync(rig, mosquitto?.Port, 11);
        await UntilAsync(rig, PresenceState.Online);
        Assert.Equal(0, rig.Handler.Messages.Count(m => m.Topic.Lane == Lane.Presence));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_will_of_a_session_that_was_taken_over_does_not_end_the_newer_one(bool external)
    {
        await using var mosquitto = await BrokerAsync(external);
        await using var rig = await StartAsync(mosquitto?.Port);
        using var first = await ConnectAsync(rig, mosquitto?.Port, 10);
        await UntilAsync(rig, PresenceState.Online);
        using var second = await ConnectAsync(rig, mosquitto?.Port, 11);

        // An old will that comes as late as can be, and an old greeting behind it.
        await TellAsync(second, new PresenceNote(false, 10, 1));
        await TellAsync(second, new PresenceNote(true, 9, 1));
        await rig.Presence.WriteAsync(Stop);
        await Task.Delay(200, Stop);
        Assert.Equal(PresenceState.Online, rig.Presence.StateOf(A).State);
        await UntilAsync(() => Rows(rig.Database) is [(11, true)]);
    }

    [Fact]
    public async Task What_happened_while_the_service_was_away_is_read_from_what_the_broker_kept()
    {
        ServerAvailability.RequireMosquitto();
        await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoOptions());
        using var files = new TemporaryDatabase();
        var gone = CabinetId.Parse("GONE");
        await using (var rig = await StartAsync(mosquitto.Port, files))
        {
            using var a = await ConnectAsync(rig, mosquitto.Port, 10);
            using var b = await ConnectAsync(rig, mosquitto.Port, 10, gone);
            await UntilAsync(() => rig.Presence.StateOf(A).State == PresenceState.Online
                && rig.Presence.StateOf(gone).State == PresenceState.Online);
            await rig.DisposeAsync();
            Assert.Equal(2, Rows(files.Database).Count);
        }

        // Both went with the service; one came back before it.
        await using var other = await StartAsync(mosquitto.Port, files);
        await UntilAsync(() => other.Presence.StateOf(gone).State == PresenceState.Offline);
        await other.DisposeAsync();
        using var again = await ConnectAsync(other, mosquitto.Port, 12);
        await using var last = await StartAsync(mosquitto.Port, files);
        await UntilAsync(() => last.Presence.StateOf(A).State == PresenceState.Online);
        Assert.Equal(PresenceState.Offline, last.Presence.StateOf(gone).State);
    }

    [Fact]
    public async Task The_kept_states_of_a_whole_city_are_read_at_once_with_the_brokers_default_limits()
    {
        ServerAvailability.RequireMosquitto();
        await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoOptions());
        using (var client = await ClientAsync("127.0.0.1", mosquitto.Port, "K", null))
        {
            for (var i = 0; i < 2_700; i++)
            {
                await TellAsync(client, new PresenceNote(i % 3 != 0, 5, 1), CabinetId.Parse($"C{i}"));
            }
        }

        await using var rig = await StartAsync(mosquitto.Port);
        await UntilAsync(() => Enumerable.Range(0, 2_700).All(i =>
            rig.Presence.StateOf(CabinetId.Parse($"C{i}")).State
                == (i % 3 != 0 ? PresenceState.Online : PresenceState.Offline)));
    }

    [Fact]
    public async Task The_sessions_of_an_embedded_broker_end_with_its_process()
    {
        using var files = new TemporaryDatabase();
        await using (var rig = await StartAsync(null, files))
        {
            using var client = await ConnectAsync(rig, null, 10);
            await UntilAsync(rig, PresenceState.Online);
            await rig.Presence.WriteAsync(Stop);
            await rig.DisposeAsync();
            Assert.Equal([(10, false)], Rows(files.Database));
        }

        // As a crash leaves it behind.
        await files.Database.WriteAsync((c, _) => c.Execute("UPDATE cabinet_presence SET is_online = 1"), Stop);
        await using var next = await StartAsync(null, files);
        Assert.Equal(PresenceState.Offline, next.Presence.StateOf(A).State);
    }

    [Fact]
    public async Task A_goodbye_without_the_will_ends_the_session_at_the_embedded_broker_too()
    {
        await using var rig = await StartAsync(null);
        using var client = await ConnectAsync(rig, null, 10);
        await UntilAsync(rig, PresenceState.Online);
        await client.DisconnectAsync(new MqttClientDisconnectOptions(), Stop);
        await UntilAsync(rig, PresenceState.Offline);
    }

    [Fact]
    public async Task Two_services_write_down_the_newest_word_whoever_heard_it()
    {
        using var files = new TemporaryDatabase();
        CabinetPresence[] words =
            [new(5, true, 1), new(6, true, 2), new(6, false, 3), new(5, false, 4), new(6, true, 5)];
        foreach (var word in words)
        {
            await files.Database.WriteAsync((c, _) =>
            {
                PresenceTable.Put(c, [(A, word)]);
                return true;
            }, Stop);
        }

        using var connection = files.Database.OpenReader();
        Assert.Equal([(A, new CabinetPresence(6, false, 3))], PresenceTable.Read(connection));
    }

    private static Task<BrokerRig> StartAsync(int? externalPort, TemporaryDatabase? files = null) =>
        externalPort is null
        ? BrokerRig.StartAsync(files)
        : ReadyAsync(BrokerRig.StartAsync(
            files, ("Broker:Mode", "External"), ("Broker:External:Host", "127.0.0.1"),
            ("Broker:External:Port", $"{externalPort}")));

    private static async Task<BrokerRig> ReadyAsync(Task<BrokerRig> starting)
    {
        var rig = await starting;
        await UntilAsync(() => rig.Link.IsReady);
        return rig;
    }

    private static async Task<MosquittoServer?> BrokerAsync(bool external)
    {
        if (!external)
        {
            return null;
        }

        ServerAvailability.RequireMosquitto();
        return await MosquittoServer.StartAsync(new MosquittoOptions());
    }

    private static async Task<IMqttClient> ConnectAsync(
        BrokerRig rig, int? externalPort, ulong session, CabinetId? cabinet = null)
    {
        var who = cabinet ?? A;
        var password = externalPort is null ? await rig.IssueAsync(who) : null;
        var client = await ClientAsync("127.0.0.1", externalPort ?? rig.Port, who.Value, password, session);
        await TellAsync(client, new PresenceNote(true, session, 1), who);
        return client;
    }

    private static async Task<IMqttClient> ClientAsync(
        string host, int port, string id, string? password, ulong session = 0)
    {
        var options = new MqttClientOptionsBuilder().WithTcpServer(host, port).WithClientId(id)
            .WithProtocolVersion(MqttProtocolVersion.V500);
        if (password is not null)
        {
            options.WithCredentials(id, password);
        }

        if (session > 0)
        {
            options.WithWillTopic(new CabinetTopic(CabinetId.Parse(id), Lane.Presence).ToString())
                .WithWillPayload(new PresenceNote(false, session, 1).Encode()).WithWillRetain()
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        }

        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(options.Build(), Stop);
        return client;
    }

    private static async Task TellAsync(IMqttClient client, PresenceNote note, CabinetId? cabinet = null)
    {
        var told = await client.PublishAsync(
            new MqttApplicationMessage
            {
                Topic = new CabinetTopic(cabinet ?? A, Lane.Presence).ToString(),
                Payload = new System.Buffers.ReadOnlySequence<byte>(note.Encode()),
                Retain = true,
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            }, Stop);
        Assert.True(told.IsSuccess, told.ReasonString);
    }

    private static List<(long Session, bool IsOnline)> Rows(FleetDatabase database)
    {
        using var connection = database.OpenReader();
        return connection.Query(
            "SELECT session, is_online FROM cabinet_presence", row => (row.Long(0), row.Long(1) == 1));
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task UntilAsync(BrokerRig rig, PresenceState state) =>
        UntilAsync(() => rig.Presence.StateOf(A).State == state);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Soon);
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
