using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Venues;

/// <summary>The tables of venues. Reading opens its own connection; writing joins the caller's transaction.</summary>
internal sealed class VenueStore(FleetDatabase database)
{
    /// <summary>All venues by id.</summary>
    public IReadOnlyList<VenueModel> All()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginTransaction(deferred: true);
        return Read(connection, "");
    }

    /// <summary>One venue, or null.</summary>
    public VenueModel? Find(string venueId)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginTransaction(deferred: true);
        return Find(connection, venueId);
    }

    /// <summary>One venue as the caller's transaction sees it, or null.</summary>
    public static VenueModel? Find(SqliteConnection connection, string venueId) =>
        venueId.Length == 0 ? null : Read(connection, venueId).SingleOrDefault();

    /// <summary>Adds a venue with its first step.</summary>
    public static void Insert(SqliteConnection connection, VenueModel venue, long nowUtcMs, string actor)
    {
        using var insert = new Statement(connection, """
            INSERT INTO venues (venue_id, kind, presence, place_code, operator_id, name, address, url,
              registered_utc_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        insert.Set(1, venue.VenueId).Set(2, venue.Kind).Set(3, venue.Presence.ToString()).Set(4, venue.PlaceCode)
            .Set(5, venue.OperatorId).Set(6, venue.Name).Set(7, venue.Address).Set(8, venue.Url).Set(9, nowUtcMs).Run();
        AddStep(connection, venue, venue.Steps[0], nowUtcMs, actor);
    }

    /// <summary>Writes what may change of a venue.</summary>
    public static void Update(SqliteConnection connection, VenueModel venue)
    {
        using var update = new Statement(connection, """
            UPDATE venues SET operator_id = ?2, name = ?3, address = ?4, url = ?5 WHERE venue_id = ?1
            """);
        update.Set(1, venue.VenueId).Set(2, venue.OperatorId).Set(3, venue.Name).Set(4, venue.Address)
            .Set(5, venue.Url).Run();
    }

    /// <summary>Adds a step to a venue's life.</summary>
    public static void AddStep(
        SqliteConnection connection, VenueModel venue, VenueLifeStep step, long nowUtcMs, string actor)
    {
        using var insert = new Statement(connection, """
            INSERT INTO venue_life (venue_id, step, life, from_day, made_utc_ms, made_by)
            VALUES (?1, (SELECT count(*) + 1 FROM venue_life WHERE venue_id = ?1), ?2, ?3, ?4, ?5)
            """);
        insert.Set(1, venue.VenueId).Set(2, step.Life.ToString()).Set(3, DayText.Number(step.From)).Set(4, nowUtcMs)
            .Set(5, actor).Run();
    }

    private static List<VenueModel> Read(SqliteConnection connection, string only)
    {
        using var steps = new Statement(connection, """
            SELECT venue_id, life, from_day FROM venue_life WHERE ?1 = '' OR venue_id = ?1 ORDER BY venue_id, step
            """);
        steps.Set(1, only);
        var lives = new List<(string Venue, VenueLifeStep Step)>();
        while (steps.Next())
        {
            lives.Add((steps.Text(0), new VenueLifeStep(
                Enum.Parse<VenueLife>(steps.Text(1)), DayText.Of(steps.Long(2)))));
        }

        var byVenue = lives.ToLookup(l => l.Venue, l => l.Step, StringComparer.Ordinal);
        using var query = new Statement(connection, """
            SELECT venue_id, kind, presence, place_code, operator_id, name, address, url FROM venues
            WHERE ?1 = '' OR venue_id = ?1 ORDER BY venue_id
            """);
        query.Set(1, only);
        var venues = new List<VenueModel>();
        while (query.Next())
        {
            venues.Add(new VenueModel(
                query.Text(0), query.Text(1), Enum.Parse<Presence>(query.Text(2)), query.Text(3), query.Text(4),
                query.Text(5), query.Text(6), query.Text(7), [.. byVenue[query.Text(0)]]));
        }

        return venues;
    }
}
