using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Broker;

/// <summary>Where cabinets are told to connect. Thread-safe.</summary>
internal sealed class BrokerAddress(IOptions<BrokerOptions> options)
{
    private volatile int _listeningPort;

    /// <summary>The host.</summary>
    public string Host => options.Value.PublicHost;

    /// <summary>The port; the one listened on unless the settings name another. 0 before the start.</summary>
    public int Port => options.Value switch
    {
        { PublicPort: > 0 } o => o.PublicPort,
        { Mode: BrokerMode.External } o => o.External.Port,
        _ => _listeningPort,
    };

    /// <summary>The port that the embedded broker listens on; 0 before the start or behind an external one.</summary>
    public int ListeningPort => _listeningPort;

    /// <summary>Notes the port that is listened on.</summary>
    public void ListensOn(int port) => _listeningPort = port;
}
