using KioskFleet.Service.Access;
using KioskFleet.Service.Http;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Series;

/// <summary>A line that the time-series server refused for good.</summary>
/// <param name="Position">The newest ledger entry in it.</param>
/// <param name="Line">The line.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Words">The server's own words.</param>
/// <param name="AtUtc">When it was refused, UTC.</param>
internal sealed record DeadLetterView(long Position, string Line, int Status, string Words, DateTimeOffset AtUtc);

/// <summary>Which dead letters to list.</summary>
internal sealed record DeadLetterQuery
{
    /// <summary>Page from 1.</summary>
    public int? Page { get; init; }

    /// <summary>1 to 1000, default 100.</summary>
    public int? PageSize { get; init; }
}

/// <summary>The HTTP interface of the writer of time series: what it could not write.</summary>
internal static class SeriesEndpoints
{
    /// <summary>Maps the dead letters.</summary>
    public static void MapSeries(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/series/dead-letters", List).RequireAuthorization(AccessPolicies.Read).WithTags("Series")
            .WithName("GetSeriesDeadLetters")
            .WithSummary("Lines that the time-series server refused for good, newest first; pages of at most 1000")
            .Produces<ResultPage<DeadLetterView>>();

    private static IResult List(FleetDatabase database, [AsParameters] DeadLetterQuery query)
    {
        var size = Math.Clamp(query.PageSize ?? ResultPage<DeadLetterView>.DefaultSize, 1,
            ResultPage<DeadLetterView>.MaxSize);
        var page = Math.Clamp(query.Page ?? 1, 1, int.MaxValue / ResultPage<DeadLetterView>.MaxSize);
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        var total = connection.Query("SELECT count(*) FROM series_dead_letters", row => (int)row.Long(0))[0];
        return Results.Ok(new ResultPage<DeadLetterView>(
            connection.Query(
                """
                SELECT position, line, status, words, at_utc_ms FROM series_dead_letters
                ORDER BY dead_letter_id DESC LIMIT $size OFFSET $skip
                """,
                row => new DeadLetterView(row.Long(0), row.Text(1), (int)row.Long(2), row.Text(3),
                    DateTimeOffset.FromUnixTimeMilliseconds(row.Long(4))),
                ("$size", (long)size), ("$skip", (page - 1L) * size)),
            page, size, total));
    }
}
