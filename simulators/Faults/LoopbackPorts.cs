using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace KioskFleet.Simulators.Faults;

/// <summary>
/// Ports on 127.0.0.1 for programs that must be told theirs and keep it over restarts. They lie below the ephemeral
/// range, so that no outgoing connection takes one while its program is down. Not part of what a seed repeats.
/// Thread-safe within one process.
/// </summary>
internal static class LoopbackPorts
{
    private const int MaxAttempts = 1_000;
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A port that was free a moment ago and was not handed out before.</summary>
    /// <exception cref="IOException">No port of the range could be bound.</exception>
    public static int Next()
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(FaultLimits.LowestPort, FaultLimits.HighestPort + 1);
            lock (Gate)
            {
                if (!Given.Add(port))
                {
                    continue;
                }
            }

            if (CanBind(port))
            {
                return port;
            }
        }

        throw new IOException(
            $"No free port between {FaultLimits.LowestPort} and {FaultLimits.HighestPort} on 127.0.0.1.");
    }

    private static bool CanBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
