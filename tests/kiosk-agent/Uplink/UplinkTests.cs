using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Tests.Enrolment;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol.Receipts;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Agent.Tests.Uplink;

public sealed class UplinkTests
{
    private readonly ScriptedLedger _ledger = new();

    [Fact]
    public async Task Entries_follow_the_first_hello_and_are_committed()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        agent.Sell(1_200);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.Equal(1_200ul, _ledger.HeadOf(agent.Store.Current.Id));
        Assert.StartsWith("hello", _ledger.Seen.First(), StringComparison.Ordinal);
        Assert.Equal(3, _ledger.Seen.Count(seen => seen.StartsWith("batch", StringComparison.Ordinal)));
        agent.Sell(1);
        await agent.DrainedAsync();
    }

    [Fact]
    public async Task The_first_receipt_of_a_boot_is_its_clock_observation_and_every_batch_states_it()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        agent.Sell(1);
        await agent.StartAsync();
        await agent.DrainedAsync();
        var observation = Assert.Single(Assert.Single(_ledger.Clocks));
        Assert.Equal(1_600_000_000_000, observation.ServerUtcMs);
        agent.Sell(1);
        await agent.RestartAsync();
        await agent.DrainedAsync();
        Assert.All(_ledger.Clocks, clocks => Assert.Equal([observation], clocks));
    }

    [Fact]
    public async Task A_cabinet_was_heard_when_it_sent_its_hello_not_when_an_answer_came()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        var sentWallUtcMs = agent.Services.GetRequiredService<BootClock>().WallUtcMs;
        _ledger.Meanwhile = () => agent.Advance(TimeSpan.FromMinutes(1));
        await agent.StartAsync();
        await agent.UntilAsync(() => agent.Status.HeardWallUtcMs != 0, "the hello is heard");
        agent.Sell(1);
        await agent.DrainedAsync();
        Assert.Equal(sentWallUtcMs, agent.Status.HeardWallUtcMs);
        Assert.True(agent.Status.LastReceiptWallUtcMs >= sentWallUtcMs + 120_000);
    }

    [Fact]
    public async Task Lost_and_doubled_receipts_change_nothing()
    {
        foreach (var mishap in new[] { Mishap.Lost, Mishap.Doubled, Mishap.Lost, Mishap.Doubled, Mishap.Doubled })
        {
            _ledger.Mishaps.Enqueue(mishap);
        }

        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        agent.Sell(1_200);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.Equal(1_200ul, _ledger.HeadOf(agent.Store.Current.Id));
        Assert.Equal(1, _ledger.Journals);
    }

    [Theory]
    [InlineData(Refusal.BadSignature)]
    [InlineData(Refusal.ForeignCabinet)]
    [InlineData(Refusal.Malformed)]
    [InlineData(Refusal.Busy)]
    [InlineData(Refusal.TooLarge)]
    [InlineData(Refusal.UnknownCabinet)]
    [InlineData(Refusal.UnknownKey)]
    public async Task After_a_refusal_that_passes_the_same_journal_goes_on(Refusal refusal)
    {
        _ledger.RefuseHello.Enqueue(refusal);
        _ledger.RefuseBatch.Enqueue(refusal);
        _ledger.RefuseBatch.Enqueue(refusal);
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        var journal = agent.Store.Current.Id;
        agent.Sell(20);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.Equal(journal, agent.Store.Current.Id);
        Assert.Equal(20ul, _ledger.HeadOf(journal));
        Assert.Equal(3, _ledger.Seen.Count(seen => seen.Contains($"Refused:{refusal}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Refusal.Fork)]
    [InlineData(Refusal.BrokenChain)]
    [InlineData(Refusal.NotYourJournal)]
    public async Task After_a_refusal_of_the_journal_a_successor_carries_everything_over(Refusal refusal)
    {
        _ledger.RefuseBatch.Enqueue(refusal);
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        var ended = agent.Store.Current.Id;
        agent.Sell(20);
        await agent.StartAsync();
        await agent.UntilAsync(() => agent.Store.Current.Id != ended, "a successor was begun");
        await agent.DrainedAsync();
        Assert.Equal(21ul, _ledger.HeadOf(agent.Store.Current.Id));
        Assert.Equal(2_000, agent.Store.Current.Sums.SalesFen);
    }

    [Fact]
    public async Task A_ledger_restored_from_a_backup_is_refilled()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        agent.Sell(50);
        await agent.StartAsync();
        await agent.DrainedAsync();
        _ledger.Restore(agent.Store.Current.Id, 10);
        await agent.RestartAsync();
        await agent.UntilAsync(() => _ledger.HeadOf(agent.Store.Current.Id) == 50, "the ledger is refilled");
        Assert.Equal(1, _ledger.Journals);
    }

    [Fact]
    public async Task A_ledger_with_another_history_gets_a_successor()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        agent.Sell(5);
        await agent.StartAsync();
        await agent.DrainedAsync();
        var ended = agent.Store.Current.Id;
        _ledger.Fork(ended);
        await agent.RestartAsync();
        await agent.UntilAsync(() => agent.Store.Current.Id != ended, "a successor was begun");
        agent.Sell(1);
        await agent.DrainedAsync();
    }

    [Fact]
    public async Task A_link_that_answers_nothing_is_made_anew()
    {
        var transport = new InProcessTransport(_ledger);
        _ledger.Silent = true;
        var uplink = LinkedAgent.Quick with
        {
            Sender = LinkedAgent.Quick.Sender with { AnswerTimeoutMs = 50, UnansweredBeforeReconnect = 2 },
        };
        await using var agent = new LinkedAgent(transport, uplink: uplink);
        agent.Sell(1);
        await agent.StartAsync();
        await agent.UntilAsync(() => transport.Connects >= 3, "it connected three times");
        _ledger.Silent = false;
        await agent.DrainedAsync();
    }

    [Fact]
    public async Task A_link_that_answers_but_commits_nothing_trips_the_watchdog_and_heals()
    {
        for (var i = 0; i < 60; i++)
        {
            _ledger.RefuseBatch.Enqueue(Refusal.Busy);
        }

        var transport = new InProcessTransport(_ledger);
        var uplink = LinkedAgent.Quick with { WatchdogAgeSeconds = 0, WatchdogStallSeconds = 1 };
        await using var agent = new LinkedAgent(transport, uplink: uplink);
        agent.Sell(1);
        await agent.StartAsync();
        await agent.UntilAsync(() => agent.Status.WatchdogTrips > 0 && transport.Connects > 1,
            "the watchdog made a new link");
        await agent.DrainedAsync();
    }

    [Fact]
    public async Task A_cabinet_that_a_restored_register_forgot_enrols_again_with_the_same_token()
    {
        await using var service = await EnrolmentEndpoint.StartAsync(
            (200, """{"cabinetId":"CZ-0001","mqttUserName":"CZ-0001","mqttPassword":"new"}"""));
        var transport = new InProcessTransport(_ledger);
        transport.Refusals.Enqueue(new ConnectOutcome.Refused("NotAuthorized", true));
        await using var agent = new LinkedAgent(transport, service: service.Url);
        agent.Sell(1);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.Equal("token", Assert.Single(service.Bodies).GetProperty("token").GetString());
        Assert.Equal("new", transport.Target!.Password);
    }
}
