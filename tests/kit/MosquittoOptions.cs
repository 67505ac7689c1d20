namespace KioskFleet.TestKit;

/// <summary>What a <see cref="MosquittoServer"/> is configured with beside its loopback listener. Immutable.</summary>
public sealed record MosquittoOptions
{
    /// <summary>
    /// User names with their passwords. With none, anyone may connect without credentials; with one or more, only
    /// these.
    /// </summary>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Lines of an access list (<c>user a</c>, <c>topic read x/#</c>, <c>pattern readwrite kf/%u/#</c>). Null: no
    /// list, everything is allowed.
    /// </summary>
    public IReadOnlyList<string>? AccessList { get; init; }

    /// <summary>
    /// True: sessions, queued and retained messages are saved on a clean stop and every second, and survive a
    /// restart. False, the default: the broker remembers nothing.
    /// </summary>
    public bool Persistence { get; init; }

    /// <summary>Further lines of mosquitto.conf, as written there (<c>max_queued_messages 0</c>).</summary>
    public IReadOnlyList<string> ExtraLines { get; init; } = [];
}
