using System.Net;
using System.Security.Claims;

namespace KioskFleet.Service.Access;

/// <summary>The policies of the HTTP API. Whatever names none takes <see cref="Write"/>: deny by default.</summary>
internal static class AccessPolicies
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "Bearer";

    /// <summary>May read: a token of either scope, or somebody on this very machine if the settings say so.</summary>
    public const string Read = "read";

    /// <summary>May change: a token of scope write.</summary>
    public const string Write = "write";

    /// <summary>The claim that holds the scope.</summary>
    public const string ScopeClaim = "scope";

    /// <summary>True when a call comes from this machine itself, directly and by this machine's name.</summary>
    /// <param name="remote">The address of the connection's other end.</param>
    /// <param name="host">The host that the call names; another one would be a page in a browser that was
    /// rebound.</param>
    /// <param name="headers">A forwarding header means that somebody else stands behind a proxy.</param>
    public static bool IsLoopback(IPAddress? remote, string? host, IHeaderDictionary headers) =>
        remote is not null && IPAddress.IsLoopback(remote)
        && (host == "localhost" || (IPAddress.TryParse(host?.Trim('[', ']'), out var named)
            && IPAddress.IsLoopback(named)))
        && !headers.ContainsKey("Forwarded") && !headers.ContainsKey("X-Forwarded-For")
        && !headers.ContainsKey("X-Real-IP") && !headers.ContainsKey("Via");

    /// <summary>The name by which the audit log knows the caller.</summary>
    public static string Actor(ClaimsPrincipal user) => user.Identity?.Name ?? "anonymous";
}
