using System.Collections.Immutable;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Which listings make an aid product, from a moment on. A change of the data set acts from then and never rewrites
/// what was sold before. Immutable.
/// </summary>
/// <param name="FromUtcMs">First moment of sale to which it applies, Unix milliseconds UTC.</param>
/// <param name="Counted">Whose listings count.</param>
/// <param name="CityCodes">GB/T 2260 codes of the city and its counties.</param>
internal sealed record CountingTerms(long FromUtcMs, CountedListings Counted, ImmutableArray<string> CityCodes)
{
    /// <summary>Every listing counts, and no county is known to be of the city.</summary>
    public static CountingTerms Anything { get; } = new(0, CountedListings.Any, []);

    /// <summary>The terms of a data set.</summary>
    public static CountingTerms Of(PlacesDataSet places, long fromUtcMs) => new(
        fromUtcMs,
        places.Recognition.Counted,
        [.. places.Counties.Select(c => c.Code.Value).Append(places.City.Code.Value).Distinct().Order()]);

    /// <summary>True when a listing makes its product an aid product.</summary>
    public bool Counts(Listing listing) => Counted switch
    {
        CountedListings.Any => true,
        CountedListings.CityOrNational => listing.IsNational || IsOfCity(listing),
        CountedListings.City => IsOfCity(listing),
        CountedListings.National => listing.IsNational,
        _ => throw new InvalidOperationException($"{Counted} has no rule."),
    };

    /// <summary>True when a county of the city, or the city itself, recognised the product.</summary>
    public bool IsOfCity(Listing listing) => CityCodes.Contains(listing.RecognisedBy);

    /// <summary>True when both say the same, whenever they begin.</summary>
    public bool SaysTheSameAs(CountingTerms other) =>
        Counted == other.Counted && CityCodes.SequenceEqual(other.CityCodes);
}
