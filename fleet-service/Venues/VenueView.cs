using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>A venue as the API shows it.</summary>
/// <param name="VenueId">Its id.</param>
/// <param name="Kind">Its kind in the data set.</param>
/// <param name="Presence">Online or offline.</param>
/// <param name="County">The city or one of its counties.</param>
/// <param name="CountyName">That place's names.</param>
/// <param name="OperatorId">Who runs it now.</param>
/// <param name="Operators">Who ran it, from when to when.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is; empty for one on the net.</param>
/// <param name="Url">Its address on the net; may be empty.</param>
/// <param name="Life">The state it is in.</param>
/// <param name="Allowed">The states that may follow.</param>
/// <param name="OpenedOn">First day in business, or null.</param>
/// <param name="ClosedOn">First day closed for good, or null.</param>
/// <param name="Steps">Its life, step by step, with when each was told and what proves it.</param>
internal sealed record VenueView(
    string VenueId, string Kind, Presence Presence, string County, Bilingual? CountyName, string OperatorId,
    IReadOnlyList<VenueOperatorShown> Operators, string Name, string Address, string Url, VenueLife Life,
    IReadOnlyList<VenueLife> Allowed, DateOnly? OpenedOn, DateOnly? ClosedOn, IReadOnlyList<VenueLifeStep> Steps)
{
    /// <summary>Shows a venue.</summary>
    public static VenueView Of(VenueModel venue, PlacesDataSet places) => new(
        venue.VenueId, venue.Kind, venue.Presence, venue.PlaceCode, VenueJson.NameOf(places, venue.PlaceCode),
        venue.OperatorId,
        [.. venue.Operators.Select((o, i) => new VenueOperatorShown(
            o.OperatorId, o.From, i + 1 < venue.Operators.Count ? venue.Operators[i + 1].From : null, o.RecordedOn,
            o.Reason, o.Evidence))],
        venue.Name, venue.Address, venue.Url, venue.Life, VenueLifeRules.AllowedFrom(venue.Life),
        venue.OpenedOn, venue.ClosedOn, venue.Steps);
}

/// <summary>Who ran a venue.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="From">First day.</param>
/// <param name="To">First day no longer; null for the present one.</param>
/// <param name="RecordedOn">The day on which it was told.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="Evidence">What proves it; may be empty.</param>
internal sealed record VenueOperatorShown(
    string OperatorId, DateOnly From, DateOnly? To, DateOnly RecordedOn, string Reason, string Evidence);
