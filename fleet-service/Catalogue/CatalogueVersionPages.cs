using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>A version of the catalogue as it is shown.</summary>
/// <param name="Version">Its number.</param>
/// <param name="MadeUtc">When.</param>
/// <param name="MadeBy">Who.</param>
/// <param name="Source">From what: a file, a recognition, a proposal, a correction.</param>
/// <param name="Changes">How many changes it holds.</param>
/// <param name="AffectsFromUtc">The earliest sale time that it judges otherwise; null when no sale is.</param>
/// <param name="AffectedSpans">How many spans of sale time, by operator and SKU.</param>
internal sealed record ShownVersion(
    long Version, DateTimeOffset MadeUtc, string MadeBy, string Source, long Changes, DateTimeOffset? AffectsFromUtc,
    long AffectedSpans);

/// <summary>Reads the versions of the catalogue. Only reads. Thread-safe.</summary>
internal sealed class CatalogueVersionPages(FleetDatabase database)
{
    /// <summary>Versions, newest first.</summary>
    public CataloguePage<ShownVersion> Read(PageAsked page)
    {
        using var connection = database.OpenReader();
        using var transaction = connection.BeginRead();
        using var rows = connection.Prepare("""
            SELECT v.version, v.made_utc_ms, v.made_by, v.source,
              (SELECT COUNT(*) FROM catalogue_changes c WHERE c.version = v.version), v.affects_from_utc_ms,
              (SELECT COUNT(*) FROM catalogue_affected a WHERE a.version = v.version)
            FROM catalogue_versions v ORDER BY v.version DESC LIMIT ?1 OFFSET ?2
            """);
        rows.Set(1, (long)page.PageSize).Set(2, (long)page.PageSize * (page.Page - 1));
        var items = new List<ShownVersion>();
        while (rows.Next())
        {
            items.Add(new ShownVersion(
                rows.Long(0), CatalogueJson.Utc(rows.Long(1)), rows.Text(2), rows.Text(3), rows.Long(4),
                CatalogueJson.Utc(rows.LongOrNull(5)), rows.Long(6)));
        }

        // Versions are numbered without a gap.
        var version = CatalogueStore.Version(connection);
        return new CataloguePage<ShownVersion>(version, page.Page, page.PageSize, version, items);
    }
}
