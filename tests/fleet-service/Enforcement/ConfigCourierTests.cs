using System.Collections.Concurrent;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

public abstract class ConfigCourierTests(string dataSet)
{
    private static readonly CabinetId Cabinet = CabinetId.Parse("cab-1");

    /// <summary>A broker without a wire: keeps what was sent, and may be away.</summary>
    private sealed class PaperBroker : IBrokerLink
    {
        public ConcurrentQueue<(CabinetTopic Topic, byte[] Payload, bool Retain)> Sent { get; } = new();

        public bool IsAway { get; set; }

        public int Refused;

        public bool IsReady => !IsAway;

        public bool IsConnected(CabinetId cabinet) => !IsAway;

        public ValueTask SendDownAsync(
            CabinetTopic topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct)
        {
            if (IsAway)
            {
                Interlocked.Increment(ref Refused);
                throw new BrokerUnavailableException("The link is down.");
            }

            Sent.Enqueue((topic, payload.ToArray(), retain));
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_config_is_sent_retained_to_its_cabinet_and_noted_as_sent()
    {
        using var rig = new EnforcementRig(dataSet);
        var broker = new PaperBroker();
        using var courier = await StartAsync(rig, broker);
        await rig.Sell("cab-1", ("cola", 900));
        await rig.Plan();

        await Until(() => rig.State("cab-1").SentUtcMs is not null);
        var (topic, payload, retain) = Assert.Single(broker.Sent);
        Assert.Equal((Cabinet, Lane.Config, true), (topic.Cabinet, topic.Lane, retain));
        Assert.True(VersionedConfig.TryParse(payload, out var config));
        Assert.Equal(rig.State("cab-1").WantedVersion, config.Version);
        await courier.StopAsync(BooksRig.Stop);
    }

    [Fact]
    public async Task A_config_planned_while_the_broker_was_away_is_sent_when_it_is_back()
    {
        using var rig = new EnforcementRig(dataSet);
        var broker = new PaperBroker { IsAway = true };
        using var courier = await StartAsync(rig, broker);
        rig.Books.Cabinet("cab-1");
        await rig.Plan();
        await Until(() => broker.Refused > 0);
        Assert.Null(rig.State("cab-1").SentUtcMs);

        broker.IsAway = false;
        await Until(() =>
        {
            rig.Books.Time.Advance(EnforcementLimits.PauseAfterFailure);
            return rig.State("cab-1").SentUtcMs is not null;
        });
        Assert.Single(broker.Sent);
        await courier.StopAsync(BooksRig.Stop);
    }

    [Fact]
    public async Task What_a_stopped_service_did_not_send_is_sent_by_the_next_one_and_receipts_name_it_again()
    {
        using var rig = new EnforcementRig(dataSet);
        rig.Books.Cabinet("cab-1");
        await rig.Plan();
        var (broker, wanted) = (new PaperBroker(), new WantedConfigs());
        using var courier = await StartAsync(rig, broker, wanted);
        await Until(() => rig.State("cab-1").SentUtcMs is not null);
        Assert.Single(broker.Sent);
        Assert.Equal(rig.State("cab-1").WantedVersion, wanted.VersionOf(Cabinet));
        await courier.StopAsync(BooksRig.Stop);
    }

    [Fact]
    public async Task A_hello_that_reports_another_config_gets_the_wanted_one_again_and_not_at_every_hello()
    {
        using var rig = new EnforcementRig(dataSet);
        var broker = new PaperBroker();
        using var courier = await StartAsync(rig, broker);
        rig.Books.Cabinet("cab-1");
        await rig.Plan();
        await Until(() => broker.Sent.Count == 1);

        rig.Wanted.Heard(Cabinet, "");
        rig.Wanted.Heard(Cabinet, rig.State("cab-1").WantedVersion);
        rig.Wanted.Heard(CabinetId.Parse("stranger"), "x");
        await Until(() => rig.Wanted.ToSend.Count == 0);
        rig.Books.Time.Advance(EnforcementLimits.SendAgainAfter);
        Assert.Single(broker.Sent);

        rig.Wanted.Heard(Cabinet, rig.State("cab-1").WantedVersion);
        await Task.Delay(50, BooksRig.Stop);
        Assert.Single(broker.Sent);
        rig.Wanted.Heard(Cabinet, "another");
        await Until(() => broker.Sent.Count == 2);
        await courier.StopAsync(BooksRig.Stop);
    }

    private static async Task<ConfigCourier> StartAsync(
        EnforcementRig rig, PaperBroker broker, WantedConfigs? wanted = null)
    {
        var courier = new ConfigCourier(
            rig.Store, wanted ?? rig.Wanted, broker, Leases.OfOneService(rig.Books.Database, rig.Books.Time),
            rig.Books.Time, NullLogger<ConfigCourier>.Instance);
        await courier.StartAsync(BooksRig.Stop);
        return courier;
    }

    private static async Task Until(Func<bool> holds)
    {
        for (var left = 500; !holds(); left--)
        {
            Assert.True(left > 0, "It did not come to be within 10 s.");
            await Task.Delay(20, BooksRig.Stop);
        }
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouConfigCourierTests() : ConfigCourierTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangConfigCourierTests() : ConfigCourierTests("linjiang-2027");
