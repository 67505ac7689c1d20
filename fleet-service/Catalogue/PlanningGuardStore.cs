using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Catalogue;

/// <summary>Reads what an import may not change. The caller brings the connection. Thread-safe.</summary>
internal sealed class PlanningGuardStore(PlacesDataSet places)
{
    private readonly CountyCodes _counties = new(places);

    /// <summary>The guards at one moment.</summary>
    public PlanningGuards Read(SqliteConnection connection)
    {
        // Without the key of a cabinet there is nothing that could be sold: the city sets its catalogue up.
        using var enrolled = new Statement(connection, "SELECT EXISTS (SELECT 1 FROM cabinet_keys)");
        enrolled.Next();
        return new PlanningGuards(
            IsSettingUp: enrolled.Long(0) == 0, RecognitionStore.ReadUnderWay(connection, _counties.IsOfCity));
    }
}
