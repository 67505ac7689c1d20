using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>How a duty stands.</summary>
internal enum DutyStatus
{
    /// <summary>Enough venues are in business.</summary>
    Met,

    /// <summary>Not yet enough, and the last day is still to come.</summary>
    Pending,

    /// <summary>Not enough, and the last day has passed.</summary>
    Overdue,

    /// <summary>Not enough, and the plan leaves open whether it asks for it here.</summary>
    Unclear,
}

/// <summary>One line of the checklist: what one place must have.</summary>
/// <param name="Code">The city or a county.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="Kind">The kind of venue.</param>
/// <param name="KindZh">Its Chinese name.</param>
/// <param name="KindEn">Its English name.</param>
/// <param name="Presence">Online, offline or either.</param>
/// <param name="AtLeast">The least number.</param>
/// <param name="By">The last day.</param>
/// <param name="Force">How strongly the plan asks.</param>
/// <param name="IsUnclear">True where the plan's words leave it open.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Open">Venues in business now.</param>
/// <param name="Venues">Their ids, by id.</param>
/// <param name="MetSince">Since which day enough are in business without a break; null when not enough are.</param>
/// <param name="MetInTime">Whether that day is not behind the last day; null when not enough are.</param>
internal sealed record DutyLine(
    string Code, string Zh, string En, string Kind, string KindZh, string KindEn, Presence Presence, int AtLeast,
    DateOnly By, DutyForce Force, bool IsUnclear, DutyStatus Status, int Open, IReadOnlyList<string> Venues,
    DateOnly? MetSince, bool? MetInTime)
{
    /// <summary>The clause it comes from.</summary>
    public required string Clause { get; init; }

    /// <summary>The day on which <see cref="MetSince"/> was told: since then the register says so.</summary>
    public required DateOnly? RecordedOn { get; init; }
}

/// <summary>
/// The checklist of the plan's "at least one online and one offline": per county and for the city itself, which venues
/// meet it and since when. A venue counts while it is open, in the place in which it is registered. Pure.
/// </summary>
internal static class DutiesRule
{
    /// <summary>Every duty of every place, in the data set's order.</summary>
    public static IReadOnlyList<DutyLine> Check(
        PlacesDataSet places, IReadOnlyList<VenueModel> venues, DateOnly today)
    {
        var lines = new List<DutyLine>();
        foreach (var kind in places.VenueKinds)
        {
            foreach (var duty in kind.Duties)
            {
                var required = duty.RequiredIn.Select(c => (Code: c.Value, IsUnclear: false));
                var unclear = duty.UnclearIn.Select(c => (Code: c.Value, IsUnclear: true));
                lines.AddRange(required.Concat(unclear)
                    .Select(place => Line(places, (kind, duty), place, venues, today)));
            }
        }

        return lines;
    }

    /// <summary>
    /// Since which day enough of some venues are open without a break up to today; null when not enough are open today.
    /// </summary>
    public static DateOnly? MetSince(IReadOnlyList<VenueModel> venues, int atLeast, DateOnly today)
    {
        bool IsMetOn(DateOnly day) => venues.Count(v => v.LifeOn(day) == VenueLife.Open) >= atLeast;

        if (!IsMetOn(today))
        {
            return null;
        }

        // It can only change on a day on which a step begins.
        DateOnly? since = null;
        var steps = venues.SelectMany(v => v.Steps).Select(s => s.From);
        foreach (var day in steps.Where(d => d <= today).Distinct().Order())
        {
            since = IsMetOn(day) ? since ?? day : null;
        }

        return since;
    }

    /// <summary>
    /// Since which day the register says what it says now of <see cref="MetSince"/>: nothing told later changed it.
    /// Null when not enough venues are open today.
    /// </summary>
    public static DateOnly? RecordedOn(IReadOnlyList<VenueModel> venues, int atLeast, DateOnly today)
    {
        if (MetSince(venues, atLeast, today) is not { } since)
        {
            return null;
        }

        DateOnly? told = null;
        foreach (var day in venues.SelectMany(v => v.Steps).Select(s => s.RecordedOn).Distinct().OrderDescending())
        {
            if (MetSince([.. venues.Select(v => v.AsToldOn(day))], atLeast, today) != since)
            {
                break;
            }

            told = day;
        }

        return told;
    }

    private static DutyLine Line(
        PlacesDataSet places, (VenueKind Kind, VenueDuty Duty) of, (string Code, bool IsUnclear) place,
        IReadOnlyList<VenueModel> venues, DateOnly today)
    {
        var (kind, duty) = of;
        var own = venues.Where(v => v.Kind == kind.Id && v.PlaceCode == place.Code
            && (duty.Presence == Presence.Any || v.Presence == duty.Presence)).ToList();
        var open = own.Where(v => v.LifeOn(today) == VenueLife.Open).Select(v => v.VenueId).ToList();
        var since = MetSince(own, duty.AtLeast, today);
        var name = VenueJson.NameOf(places, place.Code)!;
        return new DutyLine(
            place.Code, name.Zh, name.En, kind.Id, kind.Zh, kind.En, duty.Presence, duty.AtLeast, duty.By, duty.Force,
            place.IsUnclear,
            since is not null ? DutyStatus.Met
                : place.IsUnclear ? DutyStatus.Unclear
                : today > duty.By ? DutyStatus.Overdue : DutyStatus.Pending,
            open.Count, open, since, since is { } day ? day <= duty.By : null)
        {
            Clause = duty.Clause,
            RecordedOn = RecordedOn(own, duty.AtLeast, today),
        };
    }
}
