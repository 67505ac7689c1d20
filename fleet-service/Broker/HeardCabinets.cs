using System.Collections.Concurrent;
using KioskFleet.Protocol.Identity;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Broker;

/// <summary>
/// When each cabinet was heard last behind an external broker, which does not tell who is connected. Bounded: topics
/// are not proven yet, so strangers may name any cabinet. Thread-safe.
/// </summary>
internal sealed class HeardCabinets(IOptions<BrokerOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<CabinetId, long> _heardAt = new();

    /// <summary>Notes that a cabinet was heard now.</summary>
    public void Note(CabinetId cabinet)
    {
        if (_heardAt.Count >= BrokerLimits.MaxHeardCabinets && !_heardAt.ContainsKey(cabinet))
        {
            foreach (var (old, _) in _heardAt)
            {
                if (!Lately(old))
                {
                    _heardAt.TryRemove(old, out _);
                }
            }

            if (_heardAt.Count >= BrokerLimits.MaxHeardCabinets)
            {
                return;
            }
        }

        _heardAt[cabinet] = time.GetTimestamp();
    }

    /// <summary>True when the cabinet was heard within the setting's minutes.</summary>
    public bool Lately(CabinetId cabinet) =>
        _heardAt.TryGetValue(cabinet, out var at)
        && time.GetElapsedTime(at) <= TimeSpan.FromMinutes(options.Value.External.HeardWithinMinutes);
}
