using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Telemetry;
using KioskFleet.Agent.Tests.Uplink;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KioskFleet.Agent.Tests.Telemetry;

public sealed class TelemetryLoopTests
{
    [Fact]
    public async Task When_the_disk_cannot_be_asked_what_sources_tell_goes_on_and_the_log_stays_short()
    {
        await using var agent = new LinkedAgent(null, telemetry: new TelemetrySettings());
        var services = agent.Services;
        var facts = new OwnFacts(agent.Store, services.GetRequiredService<VendFlow>(), agent.Monitor,
            services.GetRequiredService<BootClock>(), new AgentSettings { DataDirectory = "/nowhere/at/all" });
        var parts = services.GetRequiredService<TelemetryParts>() with { Facts = facts };
        var log = new CountingLogger();
        using var loop = new TelemetryLoop(parts, [], agent.Store, agent.Monitor, TimeProvider.System, log);
        for (var turn = 1; turn <= 4; turn++)
        {
            agent.Advance(TimeSpan.FromSeconds(1));
            parts.Desk.Take("push", new SourceOutcome.Told([new TelemetryReading.Door("main", turn % 2 == 1, 0)], 0));
            loop.TakeTurn();
            Assert.Equal(turn, parts.Keep.Waiting);
        }

        Assert.Equal(1, log.Lines);
    }

    private sealed class CountingLogger : ILogger<TelemetryLoop>
    {
        public int Lines { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines++;
    }
}
