using System.Net;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// A whole fleet service inside this process: its own HTTP API and embedded broker on free loopback ports, its own
/// ledger on disk, and the load's clock.
/// </summary>
internal sealed class LocalFleet : IAsyncDisposable
{
    private readonly FleetServiceHost _host;

    private LocalFleet(FleetServiceHost host, string token)
    {
        _host = host;
        Api = new FleetApi(host.HttpAddress, token);
        Token = token;
        BrokerEndPoint = new DnsEndPoint(IPAddress.Loopback.ToString(), host.BrokerPort);
    }

    /// <summary>The HTTP API, with a token that may write.</summary>
    public FleetApi Api { get; }

    /// <summary>A token that may write.</summary>
    public string Token { get; }

    /// <summary>Where the broker listens.</summary>
    public DnsEndPoint BrokerEndPoint { get; }

    /// <summary>The ledger's database.</summary>
    public FleetDatabase Database => _host.Services.GetRequiredService<FleetDatabase>();

    /// <summary>Starts a service over a folder; a ledger that is there already goes on.</summary>
    /// <param name="folder">The folder of the ledger.</param>
    /// <param name="time">The service's time.</param>
    /// <param name="cancel">Ends the start.</param>
    public static async Task<LocalFleet> StartAsync(string folder, TimeProvider time, CancellationToken cancel)
    {
        var host = FleetServiceHost.Build(
            new Dictionary<string, string?>
            {
                ["Urls"] = "http://127.0.0.1:0",
                ["Storage:DataDirectory"] = folder,
                ["Broker:Embedded:Port"] = "0",
                ["Broker:PublicHost"] = IPAddress.Loopback.ToString(),
                // All cabinets of a load enrol from this one address at once.
                ["Enrolment:RedemptionsPerMinute"] = "100000",
                // Checks run when the load asks for them: its clock jumps over the hours between.
                ["Assessment:IntervalMinutes"] = "0",
            },
            services => services.AddSingleton(time));
        try
        {
            await host.StartAsync(cancel);
            var token = await File.ReadAllTextAsync(Path.Combine(folder, "admin.token"), cancel);
            return new LocalFleet(host, token.Trim());
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Proves the ledger from its own rows.</summary>
    public ProofReport ProveLedger(CancellationToken cancel) =>
        _host.Services.GetRequiredService<LedgerProof>().Run(null, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
    }
}
