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
internal sealed record VenueQuery
{
    /// <summary>Of one kind.</summary>
    public string? Kind { get; init; }

    /// <summary><c>online</c> or <c>offline</c>.</summary>
    public string? Presence { get; init; }

    /// <summary>Of the city (its own code) or one county.</summary>
    public string? County { get; init; }

    /// <summary>Of one operator.</summary>
    public string? Operator { get; init; }

    /// <summary>In one state.</summary>
    public string? Life { get; init; }

    /// <summary>Page from 1.</summary>
    public int? Page { get; init; }

    /// <summary>1 to 1000, default 100.</summary>
    public int? PageSize { get; init; }
}
