using KioskFleet.Agent.Enrolment;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Hosting;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Tests.Clock;
using KioskFleet.Agent.Uplink;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Sending;
using KioskFleet.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace KioskFleet.Agent.Tests.Uplink;

/// <summary>An enrolled agent with its real journal and uplink, in this process.</summary>
internal sealed class LinkedAgent : IAsyncDisposable
{
    public const string Cabinet = "CZ-0001";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new("agent-uplink");
    private readonly AgentSettings _settings;
    private readonly IUplinkTransport? _transport;
    private readonly SteppedClock _clock = new();
    private readonly bool _withTelemetry;
    private IHost _host;
    private int _sold;
    private int _isEnded;

    public LinkedAgent(IUplinkTransport? transport, BrokerSettings? broker = null, UplinkSettings? uplink = null,
        Uri? service = null, TelemetrySettings? telemetry = null)
    {
        _withTelemetry = telemetry is not null;
        _transport = transport;
        _settings = new AgentSettings
        {
            DataDirectory = _folder.File("data"),
            ServiceUrl = service,
            Broker = broker ?? new BrokerSettings { Host = "127.0.0.1", Port = 1 },
            Uplink = uplink ?? Quick,
            Telemetry = telemetry ?? new TelemetrySettings(),
        };
        var identity = new IdentityFolder(_settings.IdentityDirectory);
        identity.OpenOrCreateKey().Dispose();
        identity.Save(new EnrolmentRecord(Cabinet, Cabinet, "secret", null, null, "token"));
        _host = Build();
    }

    public static UplinkSettings Quick { get; } = new()
    {
        Sender = new SenderOptions
        {
            AnswerTimeoutMs = 1_000, BackoffBaseMs = 10, BackoffCapMs = 50, HelloIntervalMs = 10_000,
        },
        ReconnectBaseMs = 10,
        ReconnectCapSeconds = 1,
        EnrolRetrySeconds = 1,
    };

    public IServiceProvider Services => _host.Services;

    public JournalStore Store => _host.Services.GetRequiredService<JournalStore>();

    public ConfigDesk Configs => _host.Services.GetRequiredService<ConfigDesk>();

    public UplinkMonitor Monitor => _host.Services.GetRequiredService<UplinkMonitor>();

    public UplinkStatus Status => Monitor.Status;

    public Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Time passes on the boot's clocks.</summary>
    public void Advance(TimeSpan time) => _clock.Advance(time);

    /// <summary>Ends the agent and builds it again on the same files.</summary>
    public async Task RestartAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
        _host = Build();
        await StartAsync();
    }

    public void Sell(int count)
    {
        var flow = _host.Services.GetRequiredService<VendFlow>();
        for (var i = 0; i < count; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            var answer = flow.Delivered(new DeliveredReport($"v{++_sold}",
                [new SaleLine("A1", "tea", "tea", 1, 100, 100)], new Payment(PaymentMethod.Cash, "", "")));
            Assert.IsType<RecordAnswer.Recorded>(answer);
        }
    }

    /// <summary>Waits until the current journal has nothing uncommitted.</summary>
    public Task DrainedAsync() => UntilAsync(() => Store.Current.Backlog == 0, "the backlog is committed");

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(
                limit.IsCancellationRequested, $"Waited in vain until {what}: {(_isEnded == 0 ? Status : "ended")}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Ends the agent; a second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0)
        {
            return;
        }

        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
        _folder.Dispose();
    }

    private IHost Build() => AgentHost.Build(_settings, new AgentOverrides
    {
        WithLocalApi = false,
        WithTelemetry = _withTelemetry,
        Transport = _transport,
        Clock = _clock,
        Seed = 1,
    });
}
