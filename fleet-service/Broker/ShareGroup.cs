using System.Security.Cryptography;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Broker;

/// <summary>
/// The settings of an external broker with the group by which the services of one database share what comes in. A
/// broker's access list judges what is read, and not every one judges what is subscribed to: a cabinet that knew the
/// group could take messages away from the services, so its name is a secret, made once and kept in the database.
/// Thread-safe.
/// </summary>
internal sealed class ShareGroup(IOptions<BrokerOptions> options, FleetDatabase database)
{
    private const int Digits = 32;

    /// <summary>The broker's settings.</summary>
    public ExternalBrokerOptions External => options.Value.External;

    /// <summary>The shared subscription of a topic filter.</summary>
    /// <exception cref="System.Data.Common.DbException">The database cannot be read or written.</exception>
    public async Task<string> FilterAsync(string topics, CancellationToken cancellationToken) =>
        $"$share/{(External.ShareGroup is { Length: > 0 } told ? told : await NameAsync(cancellationToken))}/{topics}";

    private Task<string> NameAsync(CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) =>
        {
            connection.Execute(
                "INSERT INTO share_group (name) SELECT $name WHERE NOT EXISTS (SELECT 1 FROM share_group)",
                ("$name", "kf-" + RandomNumberGenerator.GetHexString(Digits, lowercase: true)));
            return connection.Query("SELECT name FROM share_group", row => row.Text(0))[0];
        },
        cancellationToken);
}
