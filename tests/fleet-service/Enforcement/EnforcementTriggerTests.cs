using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

public abstract class EnforcementTriggerTests(string dataSet)
{
    /// <summary>Counts what the trigger says: it says only that a plan failed.</summary>
    private sealed class FailureCount : ILogger<EnforcementTrigger>
    {
        public int Count;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Interlocked.Increment(ref Count);
    }

    [Fact]
    public async Task A_start_plans_once_and_then_only_what_changed()
    {
        using var rig = new EnforcementRig(dataSet);
        rig.Books.Cabinet("cab-1");
        var failures = new FailureCount();
        using var trigger = await StartAsync(rig, failures);
        await Until(rig, () => rig.Store.ReadState("cab-1") is not null);
        var first = rig.State("cab-1").WantedVersion;

        // A cabinet that comes without a change of catalogue or policy waits for the next assessment.
        rig.Books.Cabinet("cab-2");
        await Turns(rig, 5);
        Assert.Null(rig.Store.ReadState("cab-2"));

        rig.Books.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
            4, [new Product("cola", "Cola")], [], [new SkuMapping(null, "cola", "cola", InForce.Always)])));
        await Until(rig, () => rig.State("cab-1").WantedVersion != first);
        Assert.NotNull(rig.Store.ReadState("cab-2"));
        Assert.Equal(0, failures.Count);
        await trigger.StopAsync(BooksRig.Stop);
    }

    [Fact]
    public async Task A_plan_that_failed_is_tried_again_without_another_change()
    {
        using var rig = new EnforcementRig(dataSet);
        rig.Books.Cabinet("cab-1");
        rig.Books.Files.Run("ALTER TABLE enforcement_states RENAME TO elsewhere");
        var failures = new FailureCount();
        using var trigger = await StartAsync(rig, failures);
        await Until(rig, () => Volatile.Read(ref failures.Count) >= 2);

        rig.Books.Files.Run("ALTER TABLE elsewhere RENAME TO enforcement_states");
        await Until(rig, () => rig.Store.ReadState("cab-1") is not null);
        var failed = Volatile.Read(ref failures.Count);
        await Turns(rig, 3);
        Assert.Equal(failed, failures.Count);
        await trigger.StopAsync(BooksRig.Stop);
    }

    private static async Task<EnforcementTrigger> StartAsync(EnforcementRig rig, FailureCount log)
    {
        var trigger = new EnforcementTrigger(
            rig.Sources, rig.Planner, Leases.OfOneService(rig.Books.Database, rig.Books.Time), rig.Books.Time, log);
        await trigger.StartAsync(BooksRig.Stop);
        return trigger;
    }

    /// <summary>Lets the trigger look some times.</summary>
    private static async Task Turns(EnforcementRig rig, int turns)
    {
        for (var i = 0; i < turns; i++)
        {
            rig.Books.Time.Advance(EnforcementTrigger.Interval);
            await Task.Delay(50, BooksRig.Stop);
        }
    }

    private static async Task Until(EnforcementRig rig, Func<bool> isSo)
    {
        for (var left = 200; !isSo(); left--)
        {
            Assert.True(left > 0, "It did not come within 200 turns.");
            await Turns(rig, 1);
        }
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouEnforcementTriggerTests() : EnforcementTriggerTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangEnforcementTriggerTests() : EnforcementTriggerTests("linjiang-2027");
