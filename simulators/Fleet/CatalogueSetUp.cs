using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// Brings a load's catalogue into a service. Its rows begin before the load, so one person brings it in only while the
/// service has no cabinets; later its listings and mappings are corrections, which a second person approves.
/// </summary>
internal sealed class CatalogueSetUp(FleetApi first, FleetApi? second)
{
    private const string PastReason = "changesThePast";

    /// <summary>Imports the rows; those that the service has already change nothing.</summary>
    /// <exception cref="FleetApiException">Some were not taken.</exception>
    public async Task ImportAsync(IReadOnlyList<CatalogueRow> rows, CancellationToken cancel)
    {
        var import = await first.ImportAsync(CatalogueUpload.Csv(rows), cancel);
        if (second is not null && import.Refused.Count > 0
            && import.Refused.All(row => row.GetProperty("reason").GetString() == PastReason))
        {
            // One line a row, below the header.
            await CorrectAsync(
                second, [.. import.Refused.Select(row => rows[row.GetProperty("line").GetInt32() - 2])], cancel);
            import = await first.ImportAsync(CatalogueUpload.Csv(rows), cancel);
        }

        if (import.RowsRefused > 0)
        {
            throw new FleetApiException(
                $"{import.RowsRefused} rows of the catalogue were refused: {import.Refused[0].GetRawText()}");
        }
    }

    private async Task CorrectAsync(FleetApi approver, List<CatalogueRow> rows, CancellationToken cancel)
    {
        await first.ImportAsync(CatalogueUpload.ProductsCsv(rows), cancel);
        foreach (var correction in rows.SelectMany(CatalogueUpload.Corrections))
        {
            await approver.ApproveCorrectionAsync(await first.CorrectAsync(correction, cancel), cancel);
        }
    }
}
