using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>A registered place of sale that is no cabinet. Immutable.</summary>
/// <param name="VenueId">Its id, of the characters of a cabinet's id, so that a policy can name it.</param>
/// <param name="Kind">A venue kind of the data set.</param>
/// <param name="Presence">Online or offline.</param>
/// <param name="PlaceCode">The city or one of its counties.</param>
/// <param name="OperatorId">Who runs it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is; empty for one on the net.</param>
/// <param name="Url">Its address on the net; may be empty for one that one can walk into.</param>
/// <param name="Steps">Its life in the order in which it was written down, at least one step.</param>
internal sealed record VenueModel(
    string VenueId, string Kind, Presence Presence, string PlaceCode, string OperatorId, string Name, string Address,
    string Url, IReadOnlyList<VenueLifeStep> Steps)
{
    /// <summary>The state it is in.</summary>
    public VenueLife Life => Steps[^1].Life;

    /// <summary>First day in business; null while it never was.</summary>
    public DateOnly? OpenedOn => Steps.FirstOrDefault(s => s.Life == VenueLife.Open)?.From;

    /// <summary>First day closed for good; null until then.</summary>
    public DateOnly? ClosedOn => Life == VenueLife.Closed ? Steps[^1].From : null;

    /// <summary>True when registering the other would say what is registered already.</summary>
    public bool IsRegisteredAs(VenueModel other) =>
        (VenueId, Kind, Presence, PlaceCode, OperatorId, Name, Address, Url)
            == (other.VenueId, other.Kind, other.Presence, other.PlaceCode, other.OperatorId, other.Name,
                other.Address, other.Url)
        && (Steps[0] == other.Steps[0]
            || (Steps[0].Life == VenueLife.Planned && other.Steps[0].Life == VenueLife.Planned));

    /// <summary>The state on a day; null before anything was known of it.</summary>
    public VenueLife? LifeOn(DateOnly day) => Steps.LastOrDefault(s => s.From <= day)?.Life;

    /// <summary>
    /// True when the venue may have sold in a period: it had opened, was not closed for good, and was in business on
    /// one of the days at least.
    /// </summary>
    public bool MaySellIn(DateOnly first, DateOnly last)
    {
        if (OpenedOn is not { } opened || first < opened || last >= ClosedOn)
        {
            return false;
        }

        return LifeOn(first) == VenueLife.Open
            || Steps.Any(s => s.Life == VenueLife.Open && s.From > first && s.From <= last);
    }
}
