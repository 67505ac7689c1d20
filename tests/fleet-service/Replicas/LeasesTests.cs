using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Replicas;

/// <summary>Work that is done once among several services, over one PostgreSQL database.</summary>
[RunsOnce]
public sealed class LeasesTests : IDisposable
{
    private const string Work = "charts";

    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    private readonly TemporaryDatabase _files = new(StorageEngine.PostgreSql);
    private readonly List<Service> _services = [];

    public void Dispose()
    {
        foreach (var service in _services)
        {
            service.End.Cancel();
            service.Leases.Dispose();
            service.End.Dispose();
        }

        _files.Dispose();
    }

    [Fact]
    public async Task Of_three_services_one_does_the_work_and_it_goes_on_elsewhere_when_that_one_is_dead()
    {
        var (first, second, third) = (Start(), Start(), Start());
        first.Leases.Ask();
        second.Leases.Ask();
        third.Leases.Ask();
        await Until(() => first.Runs == 1);
        Assert.Equal((0, 0), (second.Runs, third.Runs));

        // The first one is not heard of any more: the database's clock ends its lease.
        Run("UPDATE replica_leases SET until_utc_ms = until_utc_ms - 15001");
        second.Leases.Ask();
        await Until(() => second.Runs == 1);
        third.Leases.Ask();
        Assert.Equal(0, third.Runs);
        first.Leases.Ask();
        await Until(() => first.Ends == 1);
        Assert.Equal([(Work, true)], second.Leases.Works);
        Assert.Equal([(Work, false)], first.Leases.Works);
    }

    [Fact]
    public async Task A_work_that_writes_for_long_takes_no_other_work_along()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var leases = new Leases(
            _files.Database, Options.Create(new ReplicaOptions { LeaseSeconds = 6 }), TimeProvider.System,
            NullLogger<Leases>.Instance);
        var (begun, isWriting) = (0, new TaskCompletionSource());
        var writing = leases.RunAsync("a-long-write", async held =>
        {
            await _files.Database.WriteAsync((connection, _) =>
            {
                isWriting.TrySetResult();
                return connection.Query("SELECT 1 FROM pg_sleep(9)", row => row.Long(0)).Count;
            }, held);
            await Task.Delay(Timeout.Infinite, held);
        }, end.Token);
        var other = leases.RunAsync("b-other", async held =>
        {
            Interlocked.Increment(ref begun);
            await Task.Delay(Timeout.Infinite, held);
        }, end.Token);
        await leases.StartAsync(Stop);
        await isWriting.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        await Task.Delay(TimeSpan.FromSeconds(8), Stop);
        Assert.Equal(1, Volatile.Read(ref begun));
        Assert.Contains(("b-other", true), leases.Works);
        await end.CancelAsync();
        await leases.StopAsync(Stop);
        await Task.WhenAll(writing, other).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task Who_renews_keeps_the_work_and_who_cannot_stops_before_another_may_take_it()
    {
        var (first, second) = (Start(), Start());
        first.Leases.Ask();
        await Until(() => first.Runs == 1);
        first.Time.Advance(TimeSpan.FromSeconds(14));
        first.Leases.Ask();
        first.Time.Advance(TimeSpan.FromSeconds(14));
        second.Leases.Ask();
        Assert.Equal((0, 0), (first.Ends, second.Runs));

        // Its own clock ends it, whatever the database says or does not say.
        first.Time.Advance(TimeSpan.FromSeconds(2));
        await Until(() => first.Ends == 1);
        first.Leases.Ask();
        await Until(() => first.Runs == 2);
    }

    [Fact]
    public async Task A_service_that_stops_lets_go_at_once()
    {
        var (first, second) = (Start(), Start());
        first.Leases.Ask();
        await Until(() => first.Runs == 1);
        await first.Leases.StopAsync(Stop);
        second.Leases.Ask();
        await Until(() => second.Runs == 1);
    }

    [Fact]
    public async Task Who_was_frozen_and_lost_the_work_writes_nothing_any_more()
    {
        var (first, second) = (Start(), Start());
        first.Leases.Ask();
        await Until(() => first.Runs == 1);
        Run("UPDATE replica_leases SET until_utc_ms = 0");
        second.Leases.Ask();
        await Until(() => second.Runs == 1);

        // The first one still believes that it has the work, and is in the middle of it.
        Assert.True(first.Leases.Works[0].IsHeld);
        await Assert.ThrowsAsync<LeaseLostException>(() => first.WriteAsync("first"));
        await second.WriteAsync("second");
        Assert.Equal(["second"], Written());
        await Until(() => first.Ends == 1);
        Assert.False(first.Leases.Works[0].IsHeld);
    }

    [Fact]
    public async Task Who_was_frozen_while_the_work_went_and_came_back_begins_anew()
    {
        var (first, second) = (Start(), Start());
        first.Leases.Ask();
        await Until(() => first.Runs == 1);
        Run("UPDATE replica_leases SET until_utc_ms = 0");
        second.Leases.Ask();
        Run("UPDATE replica_leases SET until_utc_ms = 0");
        using (var connection = _files.Database.OpenWriter())
        {
            var holder = connection.Query("SELECT max(holder) FROM replica_leases", row => row.Text(0))[0];
            Assert.NotNull(LeaseTable.Take(connection, Work, $"not {holder}", TimeSpan.Zero));
        }

        // The lease is the first one's again, by a term that its work does not know of.
        await Task.Delay(20, Stop);
        await first.InWorkAsync(async () =>
        {
            first.Leases.Ask();
            await Assert.ThrowsAnyAsync<InvalidOperationException>(
                () => first.Database.WriteAsync((connection, _) => Note(connection, "first"), Stop));
        });
        await Until(() => first is { Ends: 1, Runs: 2 });
        Assert.Empty(Written());
    }

    [Fact]
    public async Task A_work_changes_hands_only_after_the_transaction_that_was_begun()
    {
        var (first, second) = (Start(), Start());
        first.Leases.Ask();
        await Until(() => first.Runs == 1);
        Run("UPDATE replica_leases SET until_utc_ms = 0");
        Task? taking = null;
        await first.InWorkAsync(() => first.Database.WriteAsync(
            (connection, _) =>
            {
                taking = Task.Run(second.Leases.Ask, Stop);
                Thread.Sleep(200);
                Assert.False(taking.IsCompleted);
                return Note(connection, "first");
            },
            Stop));
        await taking!;
        await Until(() => second.Runs == 1);
        Assert.Equal(["first"], Written());
    }

    [Fact]
    public async Task What_is_written_outside_the_work_needs_no_lease()
    {
        var (first, second) = (Start(), Start());
        first.Leases.Ask();
        await Until(() => first.Runs == 1);
        await second.Database.WriteAsync((connection, _) => Note(connection, "ingest"), Stop);
        Assert.Equal(["ingest"], Written());
    }

    private static long Note(FleetConnection connection, string name) => connection.Execute(
        "INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ($name, $name, 0)", ("$name", name));

    private static async Task Until(Func<bool> holds)
    {
        for (var left = 500; !holds(); left--)
        {
            Assert.True(left > 0, "It did not come to be within 10 s.");
            await Task.Delay(20, Stop);
        }
    }

    private List<string> Written()
    {
        using var connection = _files.Database.OpenReader();
        return connection.Query("SELECT operator_id FROM operators ORDER BY 1", row => row.Text(0));
    }

    private void Run(string sql)
    {
        using var connection = _files.Database.OpenWriter();
        connection.Execute(sql);
    }

    private Service Start()
    {
        var service = new Service(_files.Open());
        _services.Add(service);
        return service;
    }

    /// <summary>One service, whose only work waits until it is stopped.</summary>
    private sealed class Service
    {
        private TaskCompletionSource<Func<Task>> _order = New();
        private TaskCompletionSource _done = new();

        public Service(FleetDatabase database)
        {
            Database = database;
            Leases = new Leases(
                database, Options.Create(new ReplicaOptions()), Time, NullLogger<Leases>.Instance);
            _ = Leases.RunAsync(Work, LoopAsync, End.Token);
        }

        public FakeTimeProvider Time { get; } = new();

        public CancellationTokenSource End { get; } = new();

        public FleetDatabase Database { get; }

        public Leases Leases { get; }

        public int Runs { get; private set; }

        public int Ends { get; private set; }

        public Task WriteAsync(string name) =>
            InWorkAsync(() => Database.WriteAsync((connection, _) => Note(connection, name), Stop));

        /// <summary>Does something in the course of the work, and gives back how it ended.</summary>
        public async Task InWorkAsync(Func<Task> some)
        {
            Task? did = null;
            _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _order.SetResult(async () =>
            {
                did = some();
                await did.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            });
            await _done.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
            await did!;
        }

        private static TaskCompletionSource<Func<Task>> New() =>
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task LoopAsync(CancellationToken stopping)
        {
            Runs++;
            try
            {
                while (true)
                {
                    var order = await _order.Task.WaitAsync(stopping);
                    _order = New();
                    await order();
                    _done.SetResult();
                }
            }
            finally
            {
                Ends++;
            }
        }
    }
}
