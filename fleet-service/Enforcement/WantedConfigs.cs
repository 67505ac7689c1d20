using System.Collections.Concurrent;
using System.Threading.Channels;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Which config each cabinet is to work by, in memory: receipts name it, and a hello that reports another one asks for
/// it again. Holds no config itself and sends nothing. Thread-safe.
/// </summary>
internal sealed class WantedConfigs
{
    private readonly ConcurrentDictionary<CabinetId, string> _wanted = new();

    private readonly Channel<CabinetId> _toSend = Channel.CreateBounded<CabinetId>(
        new BoundedChannelOptions(EnforcementLimits.MaxWaitingToSend)
        {
            FullMode = BoundedChannelFullMode.DropWrite,
            SingleReader = true,
        });

    /// <summary>The version that a cabinet is to work by; empty when it is to have none.</summary>
    public string VersionOf(CabinetId cabinet) => _wanted.GetValueOrDefault(cabinet, "");

    /// <summary>A cabinet is to work by another config from now on; it is to be sent.</summary>
    public void Want(CabinetId cabinet, string version)
    {
        _wanted[cabinet] = version;
        _toSend.Writer.TryWrite(cabinet);
    }

    /// <summary>What a service that starts finds in its database.</summary>
    public void Remember(CabinetId cabinet, string version) => _wanted.TryAdd(cabinet, version);

    /// <summary>Another service planned a cabinet's config, and sends it.</summary>
    public void Learn(CabinetId cabinet, string version) => _wanted[cabinet] = version;

    /// <summary>A cabinet's config did not get to the broker: it is to be sent again.</summary>
    public void SendAgain(CabinetId cabinet) => _toSend.Writer.TryWrite(cabinet);

    /// <summary>A hello reported the config that a cabinet works by; another one than wanted is to be sent again.
    /// </summary>
    public void Heard(CabinetId cabinet, string appliedVersion)
    {
        if (_wanted.TryGetValue(cabinet, out var wanted) && wanted != appliedVersion)
        {
            _toSend.Writer.TryWrite(cabinet);
        }
    }

    /// <summary>Cabinets whose config is to be sent. For one reader.</summary>
    public ChannelReader<CabinetId> ToSend => _toSend.Reader;
}
