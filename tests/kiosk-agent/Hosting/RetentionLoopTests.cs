using KioskFleet.Agent.Hosting;
using KioskFleet.Agent.Tests.Uplink;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol.Receipts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Agent.Tests.Hosting;

/// <summary>Retention beside a real journal and a real uplink, its hours passing as fast as the test can.</summary>
public sealed class RetentionLoopTests
{
    private static readonly TimeSpan LongerThanRetention = TimeSpan.FromDays(500);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private readonly ScriptedLedger _ledger = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Nothing_is_deleted_before_the_service_has_answered_since_the_start()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        await SellAndDrainAsync(agent, 5);
        agent.Advance(LongerThanRetention);
        _ledger.Silent = true;
        await agent.RestartAsync();
        await using var retention = await RunningRetention.StartAsync(agent, _time);
        await PassHoursAsync();
        Assert.Equal(1ul, Oldest(agent));
        _ledger.Silent = false;
        await UntilOldestAsync(agent, 6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_deleted_while_the_link_is_down(bool silently)
    {
        var transport = new InProcessTransport(_ledger);
        await using var agent = new LinkedAgent(transport);
        await SellAndDrainAsync(agent, 5);
        await agent.UntilAsync(() => agent.Status.CommittedIsConfirmed, "the mark is confirmed");
        transport.GoAway(silently);
        agent.Sell(1);
        await agent.UntilAsync(() => agent.Status.Link == LinkState.Connecting, "the link is down");
        agent.Advance(LongerThanRetention);
        await using var retention = await RunningRetention.StartAsync(agent, _time);
        await PassHoursAsync();
        Assert.Equal(1ul, Oldest(agent));
        transport.IsAway = false;
        await UntilOldestAsync(agent, 7);
    }

    [Fact]
    public async Task What_a_restored_ledger_lacks_stays_until_it_is_refilled()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        await SellAndDrainAsync(agent, 50);
        agent.Advance(LongerThanRetention);
        _ledger.Restore(agent.Store.Current.Id, 10);
        _ledger.Silent = true;
        await agent.RestartAsync();
        await using var retention = await RunningRetention.StartAsync(agent, _time);
        await PassHoursAsync();
        Assert.Equal(1ul, Oldest(agent));
        for (var i = 0; i < 10_000; i++)
        {
            _ledger.RefuseBatch.Enqueue(Refusal.Busy);
        }

        _ledger.Silent = false;
        await UntilOldestAsync(agent, 11);
        await PassHoursAsync();
        Assert.Equal(11ul, Oldest(agent));
        _ledger.RefuseBatch.Clear();
        await agent.UntilAsync(() => _ledger.HeadOf(agent.Store.Current.Id) == 50, "the ledger is refilled");
        await UntilOldestAsync(agent, 51);
    }

    [Fact]
    public async Task A_closed_journal_that_was_carried_over_does_not_hold_retention_for_ever()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        var closed = await CarryOverTests.CloseWithFiveCommittedAsync(agent, _ledger);
        _ledger.Fork(closed);
        await agent.RestartAsync();
        await agent.UntilAsync(() => _ledger.HeadOf(agent.Store.Current.Id) == 7, "what it held is carried over");
        await agent.DrainedAsync();
        agent.Advance(LongerThanRetention);
        await using var retention = await RunningRetention.StartAsync(agent, _time);
        await UntilOldestAsync(agent, 8);
        await agent.UntilAsync(() => agent.Store.Closed.Count == 0, "the closed journal is deleted");
    }

    private static async Task SellAndDrainAsync(LinkedAgent agent, int count)
    {
        agent.Sell(count);
        await agent.StartAsync();
        await agent.DrainedAsync();
    }

    private static ulong Oldest(LinkedAgent agent) => agent.Store.Current.Facts.OldestRetainedSeq;

    private async Task PassHoursAsync()
    {
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromHours(2); passed += Step)
        {
            _time.Advance(Step);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private Task UntilOldestAsync(LinkedAgent agent, ulong seq) => agent.UntilAsync(
        () =>
        {
            _time.Advance(Step);
            return Oldest(agent) == seq;
        },
        $"entry {seq} is the oldest retained");

    /// <summary>The loop of one start of the agent, on a time of its own.</summary>
    private sealed class RunningRetention(RetentionLoop loop) : IAsyncDisposable
    {
        public static async Task<RunningRetention> StartAsync(LinkedAgent agent, TimeProvider time)
        {
            var loop = new RetentionLoop(agent.Store, agent.Monitor, time, NullLogger<RetentionLoop>.Instance);
            await loop.StartAsync(TestContext.Current.CancellationToken);
            return new RunningRetention(loop);
        }

        public async ValueTask DisposeAsync()
        {
            await loop.StopAsync(TestContext.Current.CancellationToken);
            loop.Dispose();
        }
    }
}
