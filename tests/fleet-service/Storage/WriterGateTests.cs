using KioskFleet.Service.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

[RunsOnce]
public sealed class WriterGateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Turns_are_given_in_the_order_of_asking()
    {
        var gate = new WriterGate(TimeProvider.System);
        var first = await gate.EnterAsync(Stop);
        var order = new List<int>();
        var asking = Enumerable.Range(0, 20).Select(async i =>
        {
            using var turn = await gate.EnterAsync(Stop);
            order.Add(i);
        }).ToList();
        Assert.Equal(20, gate.Waiting);
        first.Dispose();
        first.Dispose();
        await Task.WhenAll(asking);
        Assert.Equal(Enumerable.Range(0, 20), order);
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task The_ledger_goes_before_what_follows_it_and_leaves_it_every_second_turn()
    {
        var gate = new WriterGate(TimeProvider.System);
        var holding = await gate.EnterAsync(Stop);
        var order = new List<string>();
        var following = Enumerable.Range(0, 3).Select(i => NoteAsync(gate.EnterAsync(Stop), $"follower {i}")).ToList();
        var ledger = Enumerable.Range(0, 3).Select(
            i => NoteAsync(gate.EnterFirstAsync(isReceiptAwaited: true, Stop), $"ledger {i}")).ToList();
        Assert.Equal(6, gate.Waiting);
        holding.Dispose();
        await Task.WhenAll([.. following, .. ledger]);
        Assert.Equal(
            ["ledger 0", "follower 0", "ledger 1", "follower 1", "ledger 2", "follower 2"], order);

        async Task NoteAsync(ValueTask<WriterGate.Turn> asked, string who)
        {
            using var turn = await asked;
            order.Add(who);
        }
    }

    [Fact]
    public async Task How_long_receipts_were_waited_for_is_told_and_counted_once()
    {
        var time = new FakeTimeProvider();
        var gate = new WriterGate(time);
        var other = await gate.EnterAsync(Stop);
        Pass(Of(0));
        using var giveUp = new CancellationTokenSource();
        var patient = gate.EnterFirstAsync(isReceiptAwaited: true, Stop).AsTask();
        var impatient = gate.EnterFirstAsync(isReceiptAwaited: true, giveUp.Token).AsTask();
        var hello = gate.EnterFirstAsync(isReceiptAwaited: false, Stop).AsTask();
        Pass(Of(1));
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        other.Dispose();
        var turn = await patient;
        Pass(Of(2));
        turn.Dispose();
        Pass(Of(2));
        (await hello).Dispose();
        Pass(Of(2));
        using (await gate.EnterFirstAsync(isReceiptAwaited: true, Stop))
        {
            Pass(Of(3));
        }

        Pass(Of(3));

        static TimeSpan Of(int seconds) => TimeSpan.FromSeconds(seconds);

        void Pass(TimeSpan afterwards)
        {
            time.Advance(Of(1));
            Assert.Equal(afterwards, gate.ReceiptsAwaited);
        }
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_queue_and_blocks_nobody()
    {
        var gate = new WriterGate(TimeProvider.System);
        var first = await gate.EnterAsync(Stop);
        using var giveUp = new CancellationTokenSource();
        var impatient = gate.EnterAsync(giveUp.Token).AsTask();
        var patient = gate.EnterAsync(Stop).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        first.Dispose();
        using var turn = await patient.WaitAsync(TimeSpan.FromSeconds(5), Stop);
    }

    [Fact]
    public async Task Never_two_hold_a_turn_while_others_give_up()
    {
        var gate = new WriterGate(TimeProvider.System);
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(
            async () =>
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 5));
                try
                {
                    using var turn = await gate.EnterAsync(i % 3 == 0 ? patience.Token : Stop);
                    most = Math.Max(most, Interlocked.Increment(ref inside));
                    await Task.Yield();
                    Interlocked.Decrement(ref inside);
                }
                catch (OperationCanceledException)
                {
                    Assert.Equal(0, i % 3);
                }
            },
            Stop)));
        Assert.Equal(1, most);
        using var last = await gate.EnterAsync(Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(5), Stop);
    }
}
