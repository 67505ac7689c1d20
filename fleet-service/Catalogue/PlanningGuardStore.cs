using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>Reads what an import may not change. The caller brings the connection. Thread-safe.</summary>
internal sealed class PlanningGuardStore(PlacesDataSet places)
{
    private readonly CountyCodes _counties = new(places);

    /// <summary>The guards at one moment.</summary>
    public PlanningGuards Read(FleetConnection connection)
    {
        // Without the key of a cabinet there is nothing that could be sold: the city sets its catalogue up.
        using var enrolled = connection.Prepare("SELECT EXISTS (SELECT 1 FROM cabinet_keys)");
        enrolled.Next();
        return new PlanningGuards(
            IsSettingUp: enrolled.Long(0) == 0, RecognitionStore.ReadUnderWay(connection, _counties.IsOfCity));
    }
}
