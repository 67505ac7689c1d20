using System.Diagnostics.Metrics;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Telemetry;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;
using static KioskFleet.Service.Tests.Telemetry.TelemetryOnPaper;

namespace KioskFleet.Service.Tests.Telemetry;

/// <summary>Queue and loop over a real database.</summary>
public sealed class TelemetryLoopTests : IDisposable
{
    private readonly TemporaryDatabase _files = new();
    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _outcomes = [];
    private readonly TelemetryStore _store;
    private readonly FleetRegister _register;

    public TelemetryLoopTests()
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _store = new TelemetryStore(_files.Database);
        _files.Run("""
            INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ('op', 'op', 0);
            INSERT INTO cabinets (cabinet_id, life, closed_until_utc_ms, registered_utc_ms, changed_utc_ms)
              VALUES ('A1', 'Active', NULL, 0, 0), ('A2', 'Retired', NULL, 0, 0);
            INSERT INTO assignments VALUES (1, 'A1', 'op', '341125', '', 'school', 0, NULL),
              (2, 'A2', 'op', '341125', '', 'school', 0, NULL);
            """);
        _register = new FleetRegister(new FleetStore(_files.Database));
        _register.Load();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
        _files.Dispose();
    }

    private (TelemetryIntake Intake, TelemetryLoop Loop) Make(TelemetryOptions options)
    {
        var metrics = new TelemetryMetrics(_services.GetRequiredService<IMeterFactory>());
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "kioskfleet.telemetry.messages")
            {
                _outcomes[(string)tags[0].Value!] = _outcomes.GetValueOrDefault((string)tags[0].Value!) + value;
            }
        });
        _listener.Start();
        var intake = new TelemetryIntake(Options.Create(options), metrics, TimeProvider.System);
        return (intake, new TelemetryLoop(intake, _store, _register, metrics,
            new TelemetryClock(TimeProvider.System, options), NullLogger<TelemetryLoop>.Instance));
    }

    private static UpMessage Up(string cabinet, byte[] payload) =>
        new(new CabinetTopic(CabinetId.Parse(cabinet), Lane.Telemetry), payload);

    private static UpMessage Up(string cabinet, int degrees, string? claims = null) =>
        Up(cabinet, Bytes(Message(claims ?? cabinet, Now, Sample(Now, Degrees(degrees)))));

    [Fact]
    public async Task Messages_of_known_cabinets_are_written_and_all_others_counted()
    {
        var (intake, loop) = Make(new TelemetryOptions());
        intake.Take(Up("A1", 5));
        intake.Take(Up("A2", 5));
        intake.Take(Up("B1", 5));
        intake.Take(Up("A1", 6, claims: "B1"));
        intake.Take(Up("A1", [1, 2, 3]));
        Assert.Equal(5, await loop.StepAsync(Stop));
        Assert.Equal(5, Assert.Single(_store.StatesOf("A1")).Reading.Number);
        Assert.Empty(_store.StatesOf("A2"));
        Assert.Empty(_store.StatesOf("B1"));
        Assert.Equal((1, 3, 1), (_outcomes["written"], _outcomes["unknown"], _outcomes["unreadable"]));
        Assert.InRange(_store.Heard("A1")!.ReceivedUtcMs, Now - 60_000, Now);
    }

    [Fact]
    public async Task A_full_queue_never_waits_and_drops_the_oldest_counted()
    {
        var (intake, loop) = Make(new TelemetryOptions { MaxWaitingMessages = 100, MaxGroupMessages = 60 });
        for (var i = 0; i < 250; i++)
        {
            intake.Take(Up(i == 150 ? "A1" : $"B{i}", i));
        }

        Assert.Equal((150, 100), (_outcomes["dropped"], intake.Waiting));
        Assert.Equal(60, await loop.StepAsync(Stop));
        Assert.Equal(40, await loop.StepAsync(Stop));
        Assert.Equal(0, await loop.StepAsync(Stop));
        Assert.Equal(150, Assert.Single(_store.StatesOf("A1")).Reading.Number);
    }

    [Fact]
    public async Task A_cabinet_that_floods_pushes_out_its_own_messages_alone()
    {
        const int most = TelemetryIntake.MaxOfCabinet;
        var (intake, loop) = Make(new TelemetryOptions { MaxWaitingMessages = 100 });
        intake.Take(Up("B1", 1));
        for (var i = 0; i < 250; i++)
        {
            intake.Take(Up("A1", i));
        }

        Assert.Equal((250 - most, most + 1), (_outcomes["dropped"], intake.Waiting));
        Assert.Equal(most + 1, await loop.StepAsync(Stop));
        Assert.Equal(1, _outcomes["unknown"]);

        // Of those that arrived in one millisecond any may stand; none of them is one of the first.
        var hours = _store.Hours("A1", 0, long.MaxValue).Where(kept => kept.Key.Measure == HourMeasure.Temperature);
        Assert.Equal((250 - most, 249), (hours.Min(kept => kept.Hour.Least), hours.Max(kept => kept.Hour.Most)));
        Assert.Equal(0, await loop.StepAsync(Stop));
    }

    [Fact]
    public async Task A_message_that_cannot_be_taken_apart_ends_neither_loop_nor_host()
    {
        var options = new TelemetryOptions { GatherMilliseconds = 10 };
        var (intake, _) = Make(options);
        using var loop = new TelemetryLoop(intake, _store, null!, new TelemetryMetrics(
            _services.GetRequiredService<IMeterFactory>()), new TelemetryClock(TimeProvider.System, options),
            NullLogger<TelemetryLoop>.Instance);
        await loop.StartAsync(Stop);
        for (var i = 0; i < 2; i++)
        {
            intake.Take(Up("A1", 5));
            for (var tries = 0; intake.Waiting > 0 && tries < 200; tries++)
            {
                await Task.Delay(20, Stop);
            }

            Assert.Equal(0, intake.Waiting);
        }

        await Task.Delay(50, Stop);
        Assert.False(loop.ExecuteTask!.IsCompleted);
        await loop.StopAsync(Stop);
    }

    [Fact]
    public async Task Every_other_writer_of_the_database_goes_first()
    {
        var (intake, loop) = Make(new TelemetryOptions());
        intake.Take(Up("A1", 5));
        var turn = await _files.Database.Writers.EnterAsync(Stop);
        var waiting = _files.Database.Writers.EnterAsync(Stop).AsTask();
        var writing = loop.StepAsync(Stop);
        await Task.Delay(200, Stop);
        Assert.Equal(1, _files.Database.Writers.Waiting);
        turn.Dispose();
        using (await waiting)
        {
            await Task.Delay(100, Stop);
            Assert.False(writing.IsCompleted);
        }

        await writing;
        Assert.Single(_store.StatesOf("A1"));
    }

    [Fact]
    public async Task A_group_that_cannot_be_written_is_lost_and_the_next_is_taken()
    {
        var (intake, loop) = Make(new TelemetryOptions());
        intake.Take(Up("A1", 5));
        _files.Run("ALTER TABLE telemetry_states RENAME TO elsewhere");
        Assert.Equal(1, await loop.StepAsync(Stop));
        Assert.Equal(1, _outcomes["dropped"]);
        _files.Run("ALTER TABLE elsewhere RENAME TO telemetry_states");
        intake.Take(Up("A1", 6));
        await loop.StepAsync(Stop);
        Assert.Equal(6, Assert.Single(_store.StatesOf("A1")).Reading.Number);
    }
}
