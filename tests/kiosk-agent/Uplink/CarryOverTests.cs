using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using Xunit;

namespace KioskFleet.Agent.Tests.Uplink;

/// <summary>
/// A closed journal whose committed entries the service lost and does not take back under that journal's name.
/// </summary>
public sealed class CarryOverTests
{
    private static readonly string[] OnlyTheUncommitted = ["v6"];
    private static readonly string[] All = ["v6", "v1", "v2", "v3", "v4", "v5"];

    private readonly ScriptedLedger _ledger = new();

    [Theory]
    [InlineData(Refusal.Fork)]
    [InlineData(Refusal.BrokenChain)]
    [InlineData(Refusal.NotYourJournal)]
    public async Task A_closed_journal_whose_refill_is_refused_is_carried_over_once_with_its_origins(Refusal refusal)
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        var closed = await CloseWithFiveCommittedAsync(agent, _ledger);
        Assert.Equal(OnlyTheUncommitted, TestCabinet.SaleIds(agent.Store.Current));
        for (var round = 1; round <= 2; round++)
        {
            _ledger.Restore(closed, 0);
            _ledger.RefuseBatch.Enqueue(refusal);
            await agent.RestartAsync();
            await agent.UntilAsync(() => _ledger.RefuseBatch.IsEmpty, "the refill is refused");
            await CarriedOverAsync(agent, closed);
        }
    }

    [Fact]
    public async Task A_closed_journal_of_which_the_service_holds_another_history_is_carried_over_once()
    {
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        var closed = await CloseWithFiveCommittedAsync(agent, _ledger);
        _ledger.Fork(closed);
        for (var round = 1; round <= 2; round++)
        {
            await agent.RestartAsync();
            await CarriedOverAsync(agent, closed);
        }
    }

    /// <summary>
    /// Five sales are committed, the sixth is refused as a fork: the successor begins with the sixth.
    /// </summary>
    internal static async Task<JournalId> CloseWithFiveCommittedAsync(LinkedAgent agent, ScriptedLedger ledger)
    {
        agent.Sell(5);
        await agent.StartAsync();
        await agent.DrainedAsync();
        var closed = agent.Store.Current.Id;
        ledger.RefuseBatch.Enqueue(Refusal.Fork);
        agent.Sell(1);
        await agent.UntilAsync(() => agent.Store.Current.Id != closed, "a successor was begun");
        await agent.DrainedAsync();
        return closed;
    }

    /// <summary>
    /// Waits until the link has settled both journals and checks what the current one, and with it the ledger, holds.
    /// </summary>
    private async Task CarriedOverAsync(LinkedAgent agent, JournalId closed)
    {
        await agent.UntilAsync(() => agent.Status.CommittedIsConfirmed, "nothing hangs on an answer");
        await agent.DrainedAsync();
        var current = agent.Store.Current;
        Assert.Equal(All, TestCabinet.SaleIds(current));
        Assert.Equal(600, current.Sums.SalesFen);
        Assert.Equal(7ul, _ledger.HeadOf(current.Id));
        Assert.Equal(
            [.. new ulong[] { 6, 1, 2, 3, 4, 5 }.Select(seq => new EntryOrigin(closed, seq))],
            Origins(current));
        Assert.True(current.Verify().IsWhole);
    }

    private static IReadOnlyList<EntryOrigin> Origins(JournalFile journal) =>
        [.. TestCabinet.All(journal).Select(TestCabinet.Decode).Where(entry => entry.Body is SaleBody)
            .Select(entry => entry.Header.Origin!.Value)];
}
