using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace KioskFleet.Agent.Settings;

/// <summary>An address the local API listens on: TCP, or a Unix socket.</summary>
/// <param name="EndPoint">The TCP end point; null for a Unix socket.</param>
/// <param name="SocketPath">The absolute path of the Unix socket; null for TCP.</param>
internal sealed record ListenAddress(IPEndPoint? EndPoint, string? SocketPath)
{
    /// <summary>Longest path of a Unix socket on Linux, in bytes.</summary>
    public const int MaxSocketPathBytes = 107;

    private const string UnixPrefix = "unix:";
    private const string HttpPrefix = "http://";
    private const string LocalName = "localhost:";

    /// <summary>True for addresses that other machines can reach: these need a token.</summary>
    public bool NeedsToken => EndPoint is not null && !IPAddress.IsLoopback(EndPoint.Address);

    /// <summary>127.0.0.1 with a port.</summary>
    public static ListenAddress LoopbackAt(int port) => new(new IPEndPoint(IPAddress.Loopback, port), null);

    /// <summary>
    /// Reads <c>127.0.0.1:8460</c>, <c>localhost:8460</c>, <c>[::1]:8460</c>, the same behind <c>http://</c>, or
    /// <c>unix:/run/kioskfleet/agent.sock</c>. Port 0 lets the system choose.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        if (text is null)
        {
            return false;
        }

        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            address = Path.IsPathRooted(path) && System.Text.Encoding.UTF8.GetByteCount(path) <= MaxSocketPathBytes
                ? new ListenAddress(null, path)
                : null;
            return address is not null;
        }

        var rest = text.StartsWith(HttpPrefix, StringComparison.Ordinal)
            ? text[HttpPrefix.Length..].TrimEnd('/')
            : text;
        rest = rest.StartsWith(LocalName, StringComparison.OrdinalIgnoreCase)
            ? $"{IPAddress.Loopback}:{rest[LocalName.Length..]}"
            : rest;

        // Without a colon behind the address IPEndPoint would take port 0 in silence.
        if (rest.LastIndexOf(':') <= rest.LastIndexOf(']') || !IPEndPoint.TryParse(rest, out var endPoint)
            || (endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && rest[0] != '['))
        {
            return false;
        }

        address = new ListenAddress(endPoint, null);
        return true;
    }

    /// <summary>As it is written in the settings.</summary>
    public override string ToString() => SocketPath is null ? $"{HttpPrefix}{EndPoint}" : UnixPrefix + SocketPath;
}
