using KioskFleet.Service.Places;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>Puts versions of the catalogue in force here that other services made.</summary>
internal sealed class CatalogueFollower(FleetDatabase database, CurrentCatalogue current, PlacesDataSet places)
    : IChangeFollower
{
    /// <inheritdoc/>
    public string Topic => "catalogue";

    /// <inheritdoc/>
    public void Reload(IReadOnlyCollection<string> keys) => ReloadAll();

    /// <inheritdoc/>
    public void ReloadAll()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        if (CatalogueStore.Version(connection) > current.Snapshot.Version)
        {
            current.Replace(CatalogueSnapshot.From(CatalogueStore.Read(connection, places)));
        }
    }
}
