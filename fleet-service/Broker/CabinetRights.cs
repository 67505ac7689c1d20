using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Service.Broker;

/// <summary>What becomes of a message that a cabinet publishes.</summary>
internal enum PublishVerdict
{
    /// <summary>Its own up topic, within the lane's size.</summary>
    Accept,

    /// <summary>Not one of its own up topics.</summary>
    NotItsTopic,

    /// <summary>More bytes than the lane takes.</summary>
    TooLarge,
}

/// <summary>What a cabinet may do on the embedded broker. Pure.</summary>
internal static class CabinetRights
{
    /// <summary>Judges a message.</summary>
    /// <param name="cabinet">The authenticated cabinet.</param>
    /// <param name="topic">The topic it publishes to.</param>
    /// <param name="payloadBytes">The size of the payload.</param>
    /// <param name="parsed">The topic taken apart, when it is accepted.</param>
    public static PublishVerdict JudgePublish(
        CabinetId cabinet, string? topic, long payloadBytes, out CabinetTopic parsed)
    {
        if (!CabinetTopic.TryParse(topic, out parsed) || !parsed.IsUp || parsed.Cabinet != cabinet)
        {
            return PublishVerdict.NotItsTopic;
        }

        return payloadBytes > BrokerLimits.MaxPayloadBytes(parsed.Lane)
            ? PublishVerdict.TooLarge
            : PublishVerdict.Accept;
    }

    /// <summary>True for the cabinet's own down filter and for its own down topics named one by one.</summary>
    public static bool MaySubscribe(CabinetId cabinet, string? filter) =>
        filter == CabinetTopic.AllDown(cabinet)
        || (CabinetTopic.TryParse(filter, out var topic) && !topic.IsUp && topic.Cabinet == cabinet);
}
