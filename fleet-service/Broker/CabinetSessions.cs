using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using MQTTnet.Server;

namespace KioskFleet.Service.Broker;

/// <summary>The cabinets that are connected to the embedded broker, with their sessions. Thread-safe.</summary>
internal sealed class CabinetSessions(BrokerMetrics metrics)
{
    private readonly ConcurrentDictionary<CabinetId, Live> _live = new();

    /// <summary>A connected cabinet.</summary>
    /// <param name="EndPoint">Tells this connection from one that took over.</param>
    /// <param name="Session">The session to deliver to.</param>
    internal sealed record Live(EndPoint? EndPoint, MqttSessionStatus Session)
    {
        /// <summary>True when the cabinet subscribed to the lane.</summary>
        public bool ListensTo(Lane lane) => Session.Items.Contains(lane);
    }

    /// <summary>How many are connected.</summary>
    public int Count => _live.Count;

    /// <summary>True when the cabinet is connected.</summary>
    public bool Contains(CabinetId cabinet) => _live.ContainsKey(cabinet);

    /// <summary>The cabinet's connection.</summary>
    public bool TryGet(CabinetId cabinet, [NotNullWhen(true)] out Live? live) => _live.TryGetValue(cabinet, out live);

    /// <summary>Notes a connection; it replaces one that it took over.</summary>
    public void Add(CabinetId cabinet, Live live)
    {
        var replaced = false;
        _live.AddOrUpdate(cabinet, live, (_, _) =>
        {
            replaced = true;
            return live;
        });
        if (!replaced)
        {
            metrics.Connected(1);
        }
    }

    /// <summary>Forgets a connection, unless another one took over meanwhile.</summary>
    public bool Remove(CabinetId cabinet, EndPoint? endPoint)
    {
        if (!_live.TryGetValue(cabinet, out var live) || !Equals(live.EndPoint, endPoint)
            || !_live.TryRemove(KeyValuePair.Create(cabinet, live)))
        {
            return false;
        }

        metrics.Connected(-1);
        return true;
    }

    /// <summary>Notes in a session's items which down lanes a filter covers.</summary>
    public static void Listen(IDictionary sessionItems, string filter)
    {
        foreach (var lane in LanesOf(filter))
        {
            sessionItems[lane] = true;
        }
    }

    /// <summary>Notes in a session's items that a filter no longer covers its lanes.</summary>
    public static void Forget(IDictionary sessionItems, string filter)
    {
        foreach (var lane in LanesOf(filter))
        {
            sessionItems.Remove(lane);
        }
    }

    /// <summary>The down lanes that an accepted filter covers.</summary>
    public static IEnumerable<Lane> LanesOf(string filter) => CabinetTopic.TryParse(filter, out var topic)
        ? [topic.Lane]
        : [Lane.Receipt, Lane.Config];
}
