using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>How far the counties have come toward their targets of recognised products.</summary>
/// <param name="AtUtc">The moment of asking.</param>
/// <param name="Counties">Each county of the data set.</param>
/// <param name="ListedNow">Products listed by any of them now; one that two counties list counts once.</param>
/// <param name="Target">The sum of the stated targets.</param>
internal sealed record CatalogueProgress(
    DateTimeOffset AtUtc, IReadOnlyList<CountyProgress> Counties, long ListedNow, long Target);

/// <summary>How far a county has come.</summary>
/// <param name="County">GB/T 2260 code.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="ListedNow">Products that it lists now; one that is suspended or revoked is none of them.</param>
/// <param name="Applications">Applications it ever had.</param>
/// <param name="Steps">Recognitions in each state at the moment of asking.</param>
/// <param name="Target">Products it is to have; null where the plan's words leave it open.</param>
/// <param name="Missing">Products that it lacks; null without a target.</param>
/// <param name="By">Last day.</param>
/// <param name="Clause">The clause that the target comes from.</param>
internal sealed record CountyProgress(
    string County, string Zh, string En, long ListedNow, long Applications, IReadOnlyDictionary<string, long> Steps,
    int? Target, long? Missing, DateOnly? By, string? Clause);

/// <summary>Counts recognised products by county. Only reads. Thread-safe.</summary>
internal sealed class ProgressStore(FleetDatabase database, PlacesDataSet places, TimeProvider time)
{
    private const string InForceNow = "from_utc_ms <= ?1 AND (to_utc_ms IS NULL OR to_utc_ms > ?1)";

    /// <summary>Counts, all at one moment.</summary>
    public CatalogueProgress Read()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        using var connection = database.OpenReader();
        using var transaction = connection.BeginRead();
        using var listed = connection.Prepare($"""
            SELECT recognised_by, product_id FROM standing_listings WHERE {InForceNow}
            """);
        listed.Set(1, now);
        var products = new List<(string County, string Product)>();
        while (listed.Next())
        {
            products.Add((listed.Text(0), listed.Text(1)));
        }

        using var states = connection.Prepare($"""
            SELECT county_code, {RecognitionStore.StateNow}, COUNT(*), ?3 FROM recognitions GROUP BY 1, 2
            """);
        states.Set(3, now);
        var steps = new List<(string County, RecognitionState State, long Count)>();
        while (states.Next())
        {
            steps.Add((states.Text(0), Enum.Parse<RecognitionState>(states.Text(1)), states.Long(2)));
        }

        var byCounty = products.ToLookup(p => p.County, p => p.Product, StringComparer.Ordinal);
        var stepsOf = steps.ToLookup(s => s.County, StringComparer.Ordinal);
        var counties = places.Counties.Select(c => Of(
            c,
            byCounty[c.Code.Value].Distinct().Count(),
            stepsOf[c.Code.Value].ToDictionary(s => s.State, s => s.Count))).ToList();
        return new CatalogueProgress(
            CatalogueJson.Utc(now),
            counties,
            places.Counties.SelectMany(c => byCounty[c.Code.Value]).Distinct().Count(),
            counties.Sum(c => (long)(c.Target ?? 0)));
    }

    private CountyProgress Of(County county, long listedNow, Dictionary<RecognitionState, long> steps)
    {
        var target = places.ProductTargets.FirstOrDefault(t => t.County == county.Code);
        return new CountyProgress(
            county.Code.Value, county.Zh, county.En, listedNow, steps.Values.Sum(),
            Enum.GetValues<RecognitionState>().ToDictionary(CatalogueJson.Word, s => steps.GetValueOrDefault(s)),
            target?.RecognisedProducts,
            target?.RecognisedProducts is { } wanted ? Math.Max(0, wanted - listedNow) : null,
            target?.By, target?.Clause);
    }
}
