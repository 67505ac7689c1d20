using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>What the database knows of the key of payers: not the key.</summary>
internal static class PayerKeyStore
{
    /// <summary>Keeps a key's digest when there is none, in the caller's transaction.</summary>
    /// <returns>The digest that is kept.</returns>
    public static string KeepFirst(FleetConnection connection, string digest)
    {
        connection.Execute(
            "INSERT INTO payer_key (digest) SELECT $digest WHERE NOT EXISTS (SELECT 1 FROM payer_key)",
            ("$digest", digest));
        return connection.Query("SELECT digest FROM payer_key", row => row.Text(0))[0];
    }
}
