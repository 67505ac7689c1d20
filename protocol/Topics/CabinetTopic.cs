using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Topics;

/// <summary>The lanes between a cabinet and the service.</summary>
public enum Lane
{
    /// <summary>Up: the signed hello.</summary>
    Hello,

    /// <summary>Up: signed batches of journal entries.</summary>
    Batch,

    /// <summary>Up: telemetry; newest wins.</summary>
    Telemetry,

    /// <summary>Up, retained, also as last will: whether the cabinet is connected.</summary>
    Presence,

    /// <summary>Down: receipts.</summary>
    Receipt,

    /// <summary>Down, retained: the cabinet's config.</summary>
    Config,
}

/// <summary>
/// The topics: <c>kf/v1/{cabinet}/up/hello|batch|telemetry|presence</c> and
/// <c>kf/v1/{cabinet}/down/receipt|config</c>. The county is no part of them: cabinets move.
/// </summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Lane">The lane.</param>
public readonly record struct CabinetTopic(CabinetId Cabinet, Lane Lane)
{
    /// <summary>Filter for everything cabinets send.</summary>
    public const string AllUp = Root + "+/up/+";

    /// <summary>Filter for everything the service sends to any cabinet.</summary>
    public const string AllDownOfAll = Root + "+/down/+";

    /// <summary>Filter for the presence of all cabinets.</summary>
    public const string AllPresence = Root + "+/up/presence";

    private const string Root = "kf/v1/";

    /// <summary>True for lanes from the cabinet to the service.</summary>
    public bool IsUp => Lane is Lane.Hello or Lane.Batch or Lane.Telemetry or Lane.Presence;

    /// <summary>The filter for everything the service sends to one cabinet.</summary>
    public static string AllDown(CabinetId cabinet) => $"{Root}{cabinet}/down/+";

    /// <summary>The filter for everything one cabinet sends.</summary>
    public static string AllUpOf(CabinetId cabinet) => $"{Root}{cabinet}/up/+";

    /// <summary>The topic's text.</summary>
    public override string ToString() => $"{Root}{Cabinet}/{Suffix(Lane)}";

    /// <summary>Reads a topic; false when it is none of ours.</summary>
    public static bool TryParse(string? topic, out CabinetTopic parsed)
    {
        parsed = default;
        if (topic is null || !topic.StartsWith(Root, StringComparison.Ordinal))
        {
            return false;
        }

        var slash = topic.IndexOf('/', Root.Length);
        if (slash < 0 || !CabinetId.TryParse(topic[Root.Length..slash], out var cabinet))
        {
            return false;
        }

        var suffix = topic.AsSpan(slash + 1);
        foreach (var lane in Enum.GetValues<Lane>())
        {
            if (suffix.SequenceEqual(Suffix(lane)))
            {
                parsed = new CabinetTopic(cabinet, lane);
                return true;
            }
        }

        return false;
    }

    private static string Suffix(Lane lane) => lane switch
    {
        Lane.Hello => "up/hello",
        Lane.Batch => "up/batch",
        Lane.Telemetry => "up/telemetry",
        Lane.Presence => "up/presence",
        Lane.Receipt => "down/receipt",
        Lane.Config => "down/config",
        _ => throw new ArgumentOutOfRangeException(nameof(lane), lane, "There is no such lane."),
    };
}
