namespace KioskFleet.Service.Venues;

/// <summary>The wish to register a venue.</summary>
/// <param name="VenueId">1 to 32 characters of A–Z a–z 0–9 - _.</param>
/// <param name="Kind">A venue kind of the data set; no cabinet and no procurement platform.</param>
/// <param name="Presence"><c>online</c> or <c>offline</c>.</param>
/// <param name="County">Code of the city or of one of its counties.</param>
/// <param name="OperatorId">Who runs it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is; needed offline.</param>
/// <param name="Url">Its address on the net; needed online.</param>
/// <param name="OpenedOn">First day in business, yyyy-MM-dd, not in the future; null: it is planned.</param>
/// <param name="Evidence">What proves it; needed for a first day before today.</param>
internal sealed record VenueRequest(
    string? VenueId, string? Kind, string? Presence, string? County, string? OperatorId, string? Name, string? Address,
    string? Url, string? OpenedOn, string? Evidence);

/// <summary>The wish to change what may change of a venue; what is left out stays.</summary>
/// <param name="OperatorId">Who runs it from a day on; earlier figures stay with who ran it then.</param>
/// <param name="OperatorFrom">That day, yyyy-MM-dd, not in the future; null: today.</param>
/// <param name="Reason">Why the operator changes; needed for a day before today.</param>
/// <param name="Evidence">What proves it; likewise.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Url">Its address on the net.</param>
internal sealed record VenueDetailsRequest(
    string? OperatorId, string? OperatorFrom, string? Reason, string? Evidence, string? Name, string? Address,
    string? Url);

/// <summary>The wish to change a venue's life.</summary>
/// <param name="Life"><c>open</c>, <c>paused</c> or <c>closed</c>.</param>
/// <param name="On">First day of the state, yyyy-MM-dd, not in the future; null: today.</param>
/// <param name="Evidence">What proves it; needed for a day before today.</param>
internal sealed record VenueLifeRequest(string? Life, string? On, string? Evidence);

/// <summary>Which venues are wanted.</summary>
/// <param name="Kind">Of one kind.</param>
/// <param name="Presence"><c>online</c> or <c>offline</c>.</param>
/// <param name="County">Of the city (its own code) or one county.</param>
/// <param name="Operator">Of one operator.</param>
/// <param name="Life">In one state.</param>
/// <param name="Page">Page from 1.</param>
/// <param name="PageSize">1 to 1000, default 100.</param>
internal sealed record VenueQuery(
    string? Kind, string? Presence, string? County, string? Operator, string? Life, int? Page, int? PageSize);
