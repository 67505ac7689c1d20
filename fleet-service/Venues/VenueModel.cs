using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>A registered place of sale that is no cabinet. Immutable.</summary>
/// <param name="VenueId">Its id, of the characters of a cabinet's id, so that a policy can name it.</param>
/// <param name="Kind">A venue kind of the data set.</param>
/// <param name="Presence">Online or offline.</param>
/// <param name="PlaceCode">The city or one of its counties.</param>
/// <param name="Operators">Who runs it, in the order in which they took over, at least one.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is; empty for one on the net.</param>
/// <param name="Url">Its address on the net; may be empty for one that one can walk into.</param>
/// <param name="Steps">Its life in the order in which it was written down, at least one step.</param>
internal sealed record VenueModel(
    string VenueId, string Kind, Presence Presence, string PlaceCode, IReadOnlyList<VenueOperator> Operators,
    string Name, string Address, string Url, IReadOnlyList<VenueLifeStep> Steps)
{
    /// <summary>Who runs it now.</summary>
    public string OperatorId => Operators[^1].OperatorId;

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
        && ((Steps[0].Life, Steps[0].From, Steps[0].Evidence)
                == (other.Steps[0].Life, other.Steps[0].From, other.Steps[0].Evidence)
            || (Steps[0].Life == VenueLife.Planned && other.Steps[0].Life == VenueLife.Planned));

    /// <summary>Who ran it on a day; before the first one told, that one.</summary>
    public string OperatorOn(DateOnly day) =>
        (Operators.LastOrDefault(o => o.From <= day) ?? Operators[0]).OperatorId;

    /// <summary>Who ran it on the days of a period, each once, in the order in which they took over.</summary>
    public IEnumerable<string> OperatorsIn(DateOnly first, DateOnly last) => Operators.Select(o => o.From)
        .Where(day => day > first && day <= last).Prepend(first).Select(OperatorOn).Distinct();

    /// <summary>The venue as the register told of it at the end of a day; it may have no step then.</summary>
    public VenueModel AsToldOn(DateOnly day) => this with { Steps = [.. Steps.Where(s => s.RecordedOn <= day)] };

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
