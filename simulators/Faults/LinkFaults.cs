namespace KioskFleet.Simulators.Faults;

/// <summary>A direction through a <see cref="FaultProxy"/>; a set when combined.</summary>
[Flags]
internal enum LinkDirection
{
    /// <summary>Neither direction.</summary>
    None = 0,

    /// <summary>From the cabinet to the broker.</summary>
    Up = 1,

    /// <summary>From the broker to the cabinet.</summary>
    Down = 2,

    /// <summary>Both directions.</summary>
    Both = Up | Down,
}

/// <summary>What a link does to its connections at a moment; all of it at once. Immutable.</summary>
internal sealed record LinkFaults
{
    /// <summary>A good link.</summary>
    public static readonly LinkFaults None = new();

    /// <summary>New connections are reset at once; open ones go on.</summary>
    public bool RefusesNew { get; init; }

    /// <summary>How long each byte waits in the proxy.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Directions whose bytes vanish while the connection looks open: a half-open link.</summary>
    public LinkDirection Swallows { get; init; }
}

/// <summary>Every limit of the fault proxy, in one place.</summary>
internal static class FaultLimits
{
    /// <summary>Bytes of one piece.</summary>
    public const int PieceBytes = 16 * 1024;

    /// <summary>Pieces of one direction that may wait in the proxy; then the sender feels back-pressure.</summary>
    public const int MaxWaitingPieces = 256;

    /// <summary>Lowest port handed out by <see cref="LoopbackPorts"/>.</summary>
    public const int LowestPort = 15_000;

    /// <summary>Highest port handed out; the ephemeral range of Linux begins behind it.</summary>
    public const int HighestPort = 31_999;

    /// <summary>How soon a waiting piece sees a change of faults.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    /// <summary>How long the broker behind the proxy may take to accept.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long the end of all connections may take.</summary>
    public static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);
}
