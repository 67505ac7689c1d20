using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KioskFleet.TestKit;

/// <summary>
/// Loopback TCP ports for servers that must be told their port. Ports lie below Linux's ephemeral range, so an
/// outgoing connection of another test cannot take one between the question and the bind, and one process is never
/// given the same port twice. Thread-safe.
/// </summary>
public static class FreePort
{
    /// <summary>Lowest port handed out.</summary>
    public const int Lowest = 15_000;

    /// <summary>Highest port handed out; the ephemeral range of Linux begins at 32,768.</summary>
    public const int Highest = 31_999;

    private const int MaxAttempts = 1_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port that was free a moment ago on 127.0.0.1 and was not handed out before.</summary>
    /// <exception cref="InvalidOperationException">No port of the range could be bound.</exception>
    public static int Next()
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var port = Random.Shared.Next(Lowest, Highest + 1);
            if (Given.TryAdd(port, true) && CanBind(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No free port between {Lowest} and {Highest} on 127.0.0.1.");
    }

    private static bool CanBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Bound and not listening: a child being started at this moment inherits the socket for an instant, and
            // only a listening one would make the port look taken to the server that is to have it.
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
