using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Replicas;

/// <summary>What follows the ledger, beside cabinets that wait for receipts.</summary>
public sealed class LedgerFollowerTests : IDisposable
{
    private static readonly TimeSpan StepLength = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryDatabase _files = new();
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Steps_follow_each_other_while_nobody_waits_for_a_receipt()
    {
        using var follower = new Follower(_files.Database, _time, () => ValueTask.CompletedTask);
        await follower.StartAsync(Stop);
        await UntilAsync(() => follower.Steps >= 100);
        await follower.StopAsync(Stop);
    }

    [Fact]
    public async Task The_pause_behind_a_long_step_is_two_seconds()
    {
        using var follower = BesideReceipts(TimeSpan.FromMinutes(1));
        await follower.StartAsync(Stop);
        await UntilAsync(() => follower.Steps == 1);
        _time.Advance(TimeSpan.FromSeconds(1.9));
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
        await UntilAsync(() => follower.Steps == 1);
        _time.Advance(11 * StepLength);
        await Task.Delay(100, Stop);
        Assert.Equal(1, follower.Steps);
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return follower.Steps == 2;
        });
        await follower.StopAsync(Stop);
    }

    private Follower BesideReceipts(TimeSpan stepLength) => new(_files.Database, _time, async () =>
    {
        (await _files.Database.Writers.EnterFirstAsync(isReceiptAwaited: true, Stop)).Dispose();
        _time.Advance(stepLength);
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
