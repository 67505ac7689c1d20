using System.Net.Http.Headers;
using System.Net.Sockets;
using KioskFleet.Agent.Settings;

namespace KioskFleet.Agent.Cli;

/// <summary>Talks to an agent that runs on this computer, over the first address that answers.</summary>
internal static class AgentApiClient
{
    /// <summary>How long one call may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Calls the running agent; null when none runs. Sockets are tried before TCP: they need no token.
    /// </summary>
    public static async Task<HttpResponseMessage?> TryCallAsync(
        AgentSettings settings, Func<HttpClient, Task<HttpResponseMessage>> call)
    {
        foreach (var address in settings.Api.Listen.OrderBy(address => address.SocketPath is null))
        {
            using var client = ClientFor(address, settings.Api);
            try
            {
                return await call(client);
            }
            catch (HttpRequestException exception) when (exception.InnerException is SocketException or null)
            {
                // Nobody listens there; perhaps at the next address.
                continue;
            }
        }

        return null;
    }

    private static HttpClient ClientFor(ListenAddress address, ApiSettings api)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        var client = new HttpClient(handler)
        {
            BaseAddress = new Uri(address.EndPoint is { } endPoint
                ? $"http://{Reachable(endPoint)}" : "http://localhost"),
            Timeout = Timeout,
        };
        if (address.NeedsToken && SettingsFile.ReadToken(api) is { } token)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    /// <summary>An address for "everywhere" is reached over loopback.</summary>
    private static System.Net.IPEndPoint Reachable(System.Net.IPEndPoint endPoint) =>
        endPoint.Address.Equals(System.Net.IPAddress.Any) ? new(System.Net.IPAddress.Loopback, endPoint.Port)
        : endPoint.Address.Equals(System.Net.IPAddress.IPv6Any) ? new(System.Net.IPAddress.IPv6Loopback, endPoint.Port)
        : endPoint;
}
