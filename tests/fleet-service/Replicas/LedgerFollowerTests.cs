using System.Collections.Concurrent;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Replicas;

/// <summary>What follows the ledger, beside cabinets that wait for receipts.</summary>
public sealed class LedgerFollowerTests : IDisposable
{
    private static readonly TimeSpan StepLength = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryDatabase _files = new();
    private readonly PausedTime _time = new();
    private readonly FleetDatabase _database;
    private WriterGate.Turn? _awaiting;

    public LedgerFollowerTests() =>
        _database = FleetDatabase.Open(_files.Options, _time, NullLogger<FleetDatabase>.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _database.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Steps_follow_each_other_while_nobody_waits_for_a_receipt()
    {
        using var follower = new Follower(_database, _time, () => ValueTask.CompletedTask);
        await follower.StartAsync(Stop);
        await UntilAsync(() => follower.Steps >= 100);
        await follower.StopAsync(Stop);
    }

    [Fact]
    public async Task The_pause_behind_a_long_step_is_five_seconds()
    {
        using var follower = BesideReceipts(TimeSpan.FromMinutes(1));
        await follower.StartAsync(Stop);
        await UntilAsync(() => _time.IsPausedFor(TimeSpan.FromSeconds(5)));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await Task.Delay(100, Stop);
        Assert.Equal(1, follower.Steps);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await UntilAsync(() => follower.Steps == 2);
        await follower.StopAsync(Stop);
    }

    [Fact]
    public async Task Beside_receipts_each_step_is_followed_by_a_pause_of_many_steps_length()
    {
        using var follower = BesideReceipts(StepLength);
        await follower.StartAsync(Stop);
        await UntilAsync(() => _time.IsPausedFor(24 * StepLength));
        _time.Advance(23 * StepLength);
        await Task.Delay(100, Stop);
        Assert.Equal(1, follower.Steps);
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return follower.Steps == 2;
        });
        await follower.StopAsync(Stop);
    }

    [Fact]
    public async Task A_step_at_whose_end_cabinets_begin_to_wait_makes_way_for_them()
    {
        using var follower = new Follower(_database, _time, async () =>
        {
            _time.Advance(StepLength);
            _awaiting ??= await _database.Writers.EnterFirstAsync(isReceiptAwaited: true, Stop);
        });
        await follower.StartAsync(Stop);
        await UntilAsync(() => _time.IsPausedFor(24 * StepLength));
        _time.Advance(23 * StepLength);
        await Task.Delay(100, Stop);
        Assert.Equal(1, follower.Steps);
        _time.Advance(2 * StepLength);
        await UntilAsync(() => follower.Steps == 2);
        _awaiting!.Dispose();
        await follower.StopAsync(Stop);
    }

    [Fact]
    public async Task A_turn_now_and_then_makes_the_pause_as_much_shorter()
    {
        using var follower = new Follower(_database, _time, async () =>
        {
            using (await _database.Writers.EnterFirstAsync(isReceiptAwaited: true, Stop))
            {
                _time.Advance(StepLength / 4);
            }

            _time.Advance(3 * StepLength / 4);
        });
        await follower.StartAsync(Stop);
        await UntilAsync(() => _time.IsPausedFor(6 * StepLength));
        _time.Advance(5.9 * StepLength);
        await Task.Delay(100, Stop);
        Assert.Equal(1, follower.Steps);
        _time.Advance(0.2 * StepLength);
        await UntilAsync(() => follower.Steps == 2);
        await follower.StopAsync(Stop);
    }

    [Fact]
    public async Task A_step_between_two_turns_of_the_ledger_makes_way_as_well()
    {
        var step = 0;
        using var follower = new Follower(_database, _time, async () =>
        {
            if (++step == 2)
            {
                _time.Advance(StepLength);
                return;
            }

            using (await _database.Writers.EnterFirstAsync(isReceiptAwaited: true, Stop))
            {
                _time.Advance(StepLength);
            }

            // The pause until the second step is spent with receipts as well.
            _awaiting = await _database.Writers.EnterFirstAsync(isReceiptAwaited: true, Stop);
        });
        await follower.StartAsync(Stop);
        await UntilAsync(() => _time.IsPausedFor(24 * StepLength));
        _time.Advance(24 * StepLength);
        _awaiting!.Dispose();
        await UntilAsync(() => follower.Steps == 2);
        _time.Advance(21 * StepLength);
        await Task.Delay(100, Stop);
        Assert.Equal(2, follower.Steps);
        await follower.StopAsync(Stop);
    }

    private Follower BesideReceipts(TimeSpan stepLength) => new(_database, _time, async () =>
    {
        using (await _database.Writers.EnterFirstAsync(isReceiptAwaited: true, Stop))
        {
            _time.Advance(stepLength);
        }
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>
    /// Time that knows for what it was asked to wait: a step is over before the pause behind it has begun, and time
    /// that goes on in between counts to neither.
    /// </summary>
    private sealed class PausedTime : FakeTimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _pauses = new();

        public bool IsPausedFor(TimeSpan pause) => _pauses.Any(p => (p - pause).Duration() < TimeSpan.FromTicks(10));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _pauses.Enqueue(dueTime);
            return timer;
        }
    }

    private sealed class Follower(FleetDatabase database, FakeTimeProvider time, Func<ValueTask> step)
        : LedgerFollower(Leases.OfOneService(database, time), "test", TimeSpan.FromHours(1))
    {
        private int _steps;

        public int Steps => Volatile.Read(ref _steps);

        internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
        {
            await step();
            Interlocked.Increment(ref _steps);
            return true;
        }

        protected override void Tell(Exception error) => throw error;
    }
}
