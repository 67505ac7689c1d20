using System.Xml.Linq;
using KioskFleet.Service.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace KioskFleet.Service.Access;

/// <summary>
/// Keeps the keys by which the web side protects what it gives to browsers in the database, so that every service can
/// read what another one gave. Whoever can read the database can read the keys. Thread-safe.
/// </summary>
internal sealed class DataProtectionKeyStore(FleetDatabase database) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.OpenReader();
        return connection.Query(
            "SELECT xml FROM data_protection_keys ORDER BY friendly_name", row => XElement.Parse(row.Text(0)));
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) => database.WriteAsync(
        (connection, _) => connection.Execute(
            """
            INSERT INTO data_protection_keys (friendly_name, xml) VALUES ($name, $xml)
            ON CONFLICT (friendly_name) DO UPDATE SET xml = excluded.xml
            """,
            ("$name", friendlyName), ("$xml", element.ToString(SaveOptions.DisableFormatting))))
        .GetAwaiter().GetResult();
}
