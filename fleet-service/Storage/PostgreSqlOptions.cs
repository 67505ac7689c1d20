using Npgsql;

namespace KioskFleet.Service.Storage;

/// <summary>
/// How the fleet service reaches its PostgreSQL server (15 or newer). Section <c>Storage:PostgreSql</c>; read when
/// <c>Storage:Engine</c> is <c>PostgreSql</c>. Immutable.
/// </summary>
internal sealed record PostgreSqlOptions
{
    /// <summary>
    /// The server: a name, an address, or the directory of its socket. Default <c>/var/run/postgresql</c>.
    /// </summary>
    public string Host { get; init; } = "/var/run/postgresql";

    /// <summary>The server's port; it names the socket too. 1–65,535, default 5432.</summary>
    public int Port { get; init; } = 5432;

    /// <summary>The database, which exists already. Default <c>kioskfleet</c>.</summary>
    public string Database { get; init; } = "kioskfleet";

    /// <summary>The role that owns the product's tables. Default <c>kioskfleet</c>.</summary>
    public string User { get; init; } = "kioskfleet";

    /// <summary>
    /// A file that holds nothing but the role's password; read at each new connection, so that it can be changed under
    /// a running service. Empty (the default) when the server knows the role by its socket or its certificate.
    /// </summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>
    /// How the connection is protected. Default <c>VerifyFull</c> for a server on another machine; a socket and this
    /// machine's own addresses need none.
    /// </summary>
    public SslMode? Tls { get; init; }

    /// <summary>The certificate authority that vouches for the server; empty: those that the system trusts.</summary>
    public string RootCertificate { get; init; } = "";

    /// <summary>
    /// Connections that one service holds open at most, two thirds of them to read. 6–1,000, default 48.
    /// </summary>
    public int MaxConnections { get; init; } = 48;

    /// <summary>
    /// How long a writer may stand still inside a transaction before the server ends it, in seconds: every other writer
    /// waits for it meanwhile, and gives up after <see cref="StorageOptions.BusyTimeoutSeconds"/>: it is shorter
    /// than that. 1–600, default 4.
    /// </summary>
    public int IdleTransactionSeconds { get; init; } = 4;

    /// <summary>What messages call the database.</summary>
    public string Name => $"{Host}:{Port}/{Database}";

    /// <summary>True when nothing leaves this machine on the way to the server.</summary>
    public bool IsLocal => Host.StartsWith('/') || Host is "localhost" or "127.0.0.1" or "::1";
}
