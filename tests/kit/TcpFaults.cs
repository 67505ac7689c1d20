namespace KioskFleet.TestKit;

/// <summary>A direction through a <see cref="TcpFaultProxy"/>; a set when combined.</summary>
[Flags]
public enum Flow
{
    /// <summary>Neither direction.</summary>
    None = 0,

    /// <summary>From the client that connected to the proxy toward the server behind it.</summary>
    ToServer = 1,

    /// <summary>From the server toward the client.</summary>
    ToClient = 2,

    /// <summary>Both directions.</summary>
    Both = ToServer | ToClient,
}

/// <summary>The faults that a <see cref="TcpFaultProxy"/> plays, all at once. Immutable.</summary>
public sealed record TcpFaults
{
    /// <summary>No fault: bytes and ends of streams pass unchanged.</summary>
    public static TcpFaults None { get; } = new();

    /// <summary>True: nobody listens on the proxy's port; a connection attempt is refused by the system.</summary>
    public bool RefuseNew { get; init; }

    /// <summary>
    /// Directions whose bytes, ends and resets are swallowed without a sign to either side, as after a power cut or
    /// a lost NAT entry. A stream that lost bytes is cut when swallowing ends, since TCP never loses from the middle.
    /// </summary>
    public Flow Swallow { get; init; }

    /// <summary>How long each byte waits on its way, both directions; order is kept. Zero: not at all.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>
    /// Most bytes per second of one connection in one direction. Zero: nothing moves, and the sender's window fills.
    /// Null: no limit.
    /// </summary>
    public int? BytesPerSecond { get; init; }
}

/// <summary>What a <see cref="TcpFaultProxy"/> has counted since its start.</summary>
/// <param name="Accepted">Connections taken from clients.</param>
/// <param name="Open">Connections open now.</param>
/// <param name="Unreachable">Accepted connections reset because the server behind did not accept.</param>
/// <param name="BytesToServer">Bytes passed on to the server.</param>
/// <param name="BytesToClient">Bytes passed on to clients.</param>
/// <param name="BytesSwallowed">Bytes read and not passed on, both directions.</param>
public sealed record TcpProxyCounts(
    long Accepted,
    long Open,
    long Unreachable,
    long BytesToServer,
    long BytesToClient,
    long BytesSwallowed);
