using System.Collections.Concurrent;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MQTTnet;
using MQTTnet.Formatter;

namespace KioskFleet.Service.Tests.Broker;

/// <summary>Notes what was handed over; may hold messages back.</summary>
internal sealed class NotingHandler : IUpMessageHandler
{
    public ConcurrentQueue<UpMessage> Messages { get; } = new();

    public Func<UpMessage, CancellationToken, Task> OnMessage { get; set; } = (_, _) => Task.CompletedTask;

    public async ValueTask HandleAsync(UpMessage message, CancellationToken ct)
    {
        Messages.Enqueue(message);
        await OnMessage(message, ct);
    }

    public async Task<UpMessage[]> WaitAsync(int count, CancellationToken ct)
    {
        while (Messages.Count < count)
        {
            await Task.Delay(10, ct);
        }

        return [.. Messages];
    }
}

/// <summary>A broker link of either kind with a real database and a noting handler.</summary>
internal sealed class BrokerRig : IAsyncDisposable
{
    private readonly TemporaryDatabase _files;
    private readonly bool _keepsFiles;
    private int _isStopped;
    private readonly ServiceProvider _services;

    private BrokerRig(IReadOnlyDictionary<string, string?> settings, TemporaryDatabase? files)
    {
        (_files, _keepsFiles) = (files ?? new TemporaryDatabase(), files is not null);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(settings)
        {
            ["Broker:Embedded:Port"] = "0",
            ["Broker:Embedded:RefusalDelayMilliseconds"] = "10",
        }).Build();
        _services = new ServiceCollection()
            .AddLogging().AddMetrics()
            .AddSingleton(_files.Database)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<CabinetCredentials>()
            .AddSingleton<NotingHandler>()
            .AddSingleton<IUpMessageHandler>(p => p.GetRequiredService<NotingHandler>())
            .AddBroker(configuration)
            .BuildServiceProvider();
    }

    public NotingHandler Handler => _services.GetRequiredService<NotingHandler>();

    public IBrokerLink Link => _services.GetRequiredService<IBrokerLink>();

    public ICabinetAccounts Accounts => _services.GetRequiredService<ICabinetAccounts>();

    public PresenceBook Presence => _services.GetRequiredService<PresenceBook>();

    public FleetDatabase Database => _files.Database;

    public int Port => _services.GetRequiredService<BrokerAddress>().ListeningPort;

    public static Task<BrokerRig> StartAsync(params (string Name, string Value)[] settings) =>
        StartAsync(null, settings);

    /// <summary>Starts on the files of the caller, who keeps them.</summary>
    public static async Task<BrokerRig> StartAsync(
        TemporaryDatabase? files, params (string Name, string Value)[] settings)
    {
        var rig = new BrokerRig(settings.ToDictionary(s => s.Name, s => (string?)s.Value), files);
        foreach (var service in rig._services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        return rig;
    }

    public async Task<string> IssueAsync(CabinetId cabinet)
    {
        var password = await _files.Database.WriteAsync((c, _) => CabinetCredentials.Issue(c, cabinet, 1));
        _services.GetRequiredService<CabinetCredentials>().Reload(cabinet);
        return password;
    }

    /// <summary>Connects a cabinet with a fresh password.</summary>
    public async Task<IMqttClient> ConnectAsync(CabinetId cabinet, CancellationToken ct)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(Options(cabinet.Value, cabinet.Value, await IssueAsync(cabinet)), ct);
        return client;
    }

    public MqttClientOptions Options(string clientId, string userName, string password) =>
        new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", Port).WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(clientId).WithCredentials(userName, password).WithCleanStart()
            .WithTimeout(TimeSpan.FromSeconds(10)).Build();

    /// <summary>Stops; a second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        foreach (var service in _services.GetServices<IHostedService>().Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
        if (!_keepsFiles)
        {
            _files.Dispose();
        }
    }
}
