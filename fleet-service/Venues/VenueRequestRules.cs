using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Venues;

/// <summary>Checks requests about venues, reporting everything at once. Pure.</summary>
internal static class VenueRequestRules
{
    /// <summary>Makes the venue of a registration, or says everything that is wrong with it.</summary>
    public static (VenueModel? Venue, IReadOnlyList<Refusal> Refusals) Read(
        VenueRequest request, PlacesDataSet places, DateOnly today)
    {
        var refusals = new List<Refusal>();
        void Check(bool isGood, RefusalCode code, string field, string? got)
        {
            if (!isGood)
            {
                refusals.Add(new Refusal(code, field, got));
            }
        }

        var kind = places.VenueKinds.FirstOrDefault(k => k.Id == request.Kind);
        var presence = PresenceOf(request.Presence);
        Check(CabinetId.TryParse(request.VenueId, out _), RefusalCode.BadVenueId, "venueId", request.VenueId);
        Check(kind is { CountsAsCitySales: true, Id: not PolicyBook.CabinetVenue },
            RefusalCode.BadVenueKind, "kind", request.Kind);
        Check(presence is not null, RefusalCode.BadPresence, "presence", request.Presence);
        Check(IsPlace(places, request.County), RefusalCode.BadCounty, "county", request.County);
        Check(FleetRequestRules.IsId(request.OperatorId), RefusalCode.BadOperator, "operatorId", request.OperatorId);
        Check(IsName(request.Name), RefusalCode.BadName, "name", request.Name);
        CheckPlaces(presence, request.Address, request.Url, refusals);
        DateOnly? opened = null;
        if (!string.IsNullOrEmpty(request.OpenedOn))
        {
            opened = DayText.Read(request.OpenedOn);
            Check(opened is not null, RefusalCode.BadDay, "openedOn", request.OpenedOn);
            Check(opened is null || (opened <= today && opened >= VenueLimits.FirstDay),
                RefusalCode.DayInFuture, "openedOn", request.OpenedOn);
        }

        return refusals.Count > 0
            ? (null, refusals)
            : (new VenueModel(
                request.VenueId!, kind!.Id, presence!.Value, request.County!,
                [new VenueOperator(request.OperatorId!, opened ?? today) { RecordedOn = today }],
                request.Name!.Trim(), request.Address?.Trim() ?? "", request.Url?.Trim() ?? "",
                [new VenueLifeStep(opened is null ? VenueLife.Planned : VenueLife.Open, opened ?? today)
                {
                    RecordedOn = today,
                    Evidence = request.Evidence?.Trim() ?? "",
                }]), []);
    }

    /// <summary>Makes the changed venue, or says everything that is wrong with the change.</summary>
    public static (VenueModel? Venue, IReadOnlyList<Refusal> Refusals) Change(
        VenueModel venue, VenueDetailsRequest request, DateOnly today)
    {
        var next = venue with
        {
            Name = request.Name?.Trim() ?? venue.Name,
            Address = request.Address?.Trim() ?? venue.Address,
            Url = request.Url?.Trim() ?? venue.Url,
        };
        var (operators, refusals) = Operators(venue, request, today);
        if (!IsName(next.Name))
        {
            refusals.Add(new Refusal(RefusalCode.BadName, "name", next.Name));
        }

        CheckPlaces(next.Presence, next.Address, next.Url, refusals);
        return refusals.Count > 0 ? (null, refusals)
            : (operators.Count == venue.Operators.Count ? next : next with { Operators = operators }, []);
    }

    /// <summary>
    /// Why a day of the past cannot be told so; null when it is no past, or is proven. What is told on its own day
    /// takes evidence, too, and needs none.
    /// </summary>
    public static Refusal? CheckEvidence(DateOnly day, string? evidence, DateOnly today) =>
        (day < today || !string.IsNullOrWhiteSpace(evidence)) && !DocumentRules.IsText(evidence)
            ? new Refusal(RefusalCode.NoEvidence, "evidence", evidence)
            : null;

    private static (IReadOnlyList<VenueOperator> Operators, List<Refusal> Refusals) Operators(
        VenueModel venue, VenueDetailsRequest request, DateOnly today)
    {
        var next = request.OperatorId ?? venue.OperatorId;
        var isDayGiven = !string.IsNullOrEmpty(request.OperatorFrom);
        var day = isDayGiven ? DayText.Read(request.OperatorFrom) : today;
        if (next == venue.OperatorId)
        {
            return (venue.Operators, isDayGiven && day != venue.Operators[^1].From
                ? [new Refusal(RefusalCode.NoOperatorChange, "operatorFrom", request.OperatorFrom)] : []);
        }

        var refusals = new List<Refusal?>
        {
            FleetRequestRules.IsId(next) ? null : new Refusal(RefusalCode.BadOperator, "operatorId", next),
        };
        if (day is not { } from)
        {
            refusals.Add(new Refusal(RefusalCode.BadDay, "operatorFrom", request.OperatorFrom));
            return (venue.Operators, [.. refusals.OfType<Refusal>()]);
        }

        refusals.Add(from > today || from < VenueLimits.FirstDay
            ? new Refusal(RefusalCode.DayInFuture, "operatorFrom", request.OperatorFrom) : null);
        var isReasonRead = from < today || !string.IsNullOrWhiteSpace(request.Reason);
        refusals.Add(isReasonRead && !DocumentRules.IsText(request.Reason)
            ? new Refusal(RefusalCode.NoReason, "reason", request.Reason) : null);
        refusals.Add(CheckEvidence(from, request.Evidence, today));
        return (
            [
                .. venue.Operators,
                new VenueOperator(next, from)
                {
                    RecordedOn = today,
                    Reason = request.Reason?.Trim() ?? "",
                    Evidence = request.Evidence?.Trim() ?? "",
                },
            ],
            [.. refusals.OfType<Refusal>()]);
    }

    /// <summary>Online or offline; null when the text is neither.</summary>
    public static Presence? PresenceOf(string? text) => text switch
    {
        "online" => Presence.Online,
        "offline" => Presence.Offline,
        _ => null,
    };

    /// <summary>A state by its name in lower case; null when there is none.</summary>
    public static VenueLife? LifeOf(string? text) => EnumWord.Parse<VenueLife>(text);

    /// <summary>True for the code of the city or of one of its counties.</summary>
    public static bool IsPlace(PlacesDataSet places, string? code) =>
        places.City.Code.Value == code || places.CountyOf(code) is not null;

    /// <summary>True for a text of 1 to <see cref="VenueLimits.MaxNameLength"/> characters.</summary>
    public static bool IsName(string? name) => name?.Trim() is { Length: > 0 and <= VenueLimits.MaxNameLength } text
        && !text.Any(char.IsControl);

    private static void CheckPlaces(Presence? presence, string? address, string? url, List<Refusal> refusals)
    {
        var isAddress = string.IsNullOrWhiteSpace(address) ? presence != Presence.Offline : IsName(address);
        if (!isAddress)
        {
            refusals.Add(new Refusal(RefusalCode.BadAddress, "address", address));
        }

        var isUrl = string.IsNullOrWhiteSpace(url)
            ? presence != Presence.Online
            : url.Trim().Length <= VenueLimits.MaxUrlLength && Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri)
                && uri.Scheme is "http" or "https";
        if (!isUrl)
        {
            refusals.Add(new Refusal(RefusalCode.BadUrl, "url", url));
        }
    }
}
