using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Agent.Uplink;

/// <summary>What the link is doing.</summary>
internal enum LinkState
{
    /// <summary>Nobody to connect as: the cabinet is not enrolled.</summary>
    NotEnrolled,

    /// <summary>Trying to connect.</summary>
    Connecting,

    /// <summary>Connected.</summary>
    Connected,
}

/// <summary>Where the uplink stands. Immutable.</summary>
internal sealed record UplinkStatus
{
    /// <summary>The link.</summary>
    public LinkState Link { get; init; } = LinkState.Connecting;

    /// <summary>The cabinet's id; empty before enrolment.</summary>
    public string Cabinet { get; init; } = "";

    /// <summary>Wall clock of the present link's beginning, Unix milliseconds UTC; 0 without one.</summary>
    public long ConnectedWallUtcMs { get; init; }

    /// <summary>Wall clock of the last receipt, Unix milliseconds UTC; 0 before the first.</summary>
    public long LastReceiptWallUtcMs { get; init; }

    /// <summary>
    /// Wall clock at which the last hello was sent that the service heard, Unix milliseconds UTC; 0 before the first.
    /// </summary>
    public long HeardWallUtcMs { get; init; }

    /// <summary>
    /// Service clock minus the cabinet's wall clock at the last receipt, in milliseconds; null before one.
    /// </summary>
    public long? ClockOffsetMs { get; init; }

    /// <summary>Why the service refused the last message; none when it did not.</summary>
    public Refusal LastRefusal { get; init; }

    /// <summary>Milliseconds the service asked to wait between batches.</summary>
    public uint PaceMs { get; init; }

    /// <summary>The config that the service wants here; empty when it named none.</summary>
    public string WantedConfigVersion { get; init; } = "";

    /// <summary>
    /// Why the last link ended or could not be made, or why a message was put off; empty when nothing is wrong.
    /// </summary>
    public string LastError { get; init; } = "";

    /// <summary>
    /// True while the service has confirmed the committed mark of every journal that can still be confirmed on this
    /// link; only then may retention delete: the ledger may have been restored from an older backup meanwhile.
    /// </summary>
    public bool CommittedIsConfirmed { get; init; }

    /// <summary>
    /// True when hellos stay unanswered and the broker says that nobody subscribed to them: the service is away, or
    /// listens elsewhere. False again with an answer.
    /// </summary>
    public bool NobodyListens { get; init; }

    /// <summary>Links made since the agent started.</summary>
    public long Connects { get; init; }

    /// <summary>Links dropped by the watchdog.</summary>
    public long WatchdogTrips { get; init; }
}

/// <summary>Holds the newest status. One writer, the uplink's loop; any thread reads.</summary>
internal sealed class UplinkMonitor
{
    private volatile UplinkStatus _status = new();

    /// <summary>The newest status.</summary>
    public UplinkStatus Status => _status;

    /// <summary>Changes the status; for the uplink's loop only.</summary>
    public void Update(Func<UplinkStatus, UplinkStatus> change) => _status = change(_status);
}
