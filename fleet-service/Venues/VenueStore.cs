using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>The tables of venues. Reading opens its own connection; writing joins the caller's transaction.</summary>
internal sealed class VenueStore(FleetDatabase database)
{
    /// <summary>All venues by id.</summary>
    public IReadOnlyList<VenueModel> All()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        return Read(connection, "");
    }

    /// <summary>One venue, or null.</summary>
    public VenueModel? Find(string venueId)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        return Find(connection, venueId);
    }

    /// <summary>One venue as the caller's transaction sees it, or null.</summary>
    public static VenueModel? Find(FleetConnection connection, string venueId) =>
        venueId.Length == 0 ? null : Read(connection, venueId).SingleOrDefault();

    /// <summary>Adds a venue with its first step.</summary>
    public static void Insert(FleetConnection connection, VenueModel venue, long nowUtcMs, string actor)
    {
        using var insert = connection.Prepare("""
            INSERT INTO venues (venue_id, kind, presence, place_code, name, address, url, registered_utc_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """);
        insert.Set(1, venue.VenueId).Set(2, venue.Kind).Set(3, venue.Presence.ToString()).Set(4, venue.PlaceCode)
            .Set(5, venue.Name).Set(6, venue.Address).Set(7, venue.Url).Set(8, nowUtcMs).Run();
        AddStep(connection, venue, venue.Steps[0], nowUtcMs, actor);
        AddOperator(connection, venue, nowUtcMs, actor);
    }

    /// <summary>Writes what may change of a venue.</summary>
    public static void Update(FleetConnection connection, VenueModel venue)
    {
        using var update = connection.Prepare("""
            UPDATE venues SET name = ?2, address = ?3, url = ?4 WHERE venue_id = ?1
            """);
        update.Set(1, venue.VenueId).Set(2, venue.Name).Set(3, venue.Address).Set(4, venue.Url).Run();
    }

    /// <summary>Adds a venue's newest operator.</summary>
    public static void AddOperator(FleetConnection connection, VenueModel venue, long nowUtcMs, string actor)
    {
        using var insert = connection.Prepare("""
            INSERT INTO venue_operators (venue_id, step, operator_id, from_day, recorded_day, reason, evidence,
              made_utc_ms, made_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        var newest = venue.Operators[^1];
        insert.Set(1, venue.VenueId).Set(2, (long)venue.Operators.Count).Set(3, newest.OperatorId)
            .Set(4, DayText.Number(newest.From)).Set(5, DayText.Number(newest.RecordedOn)).Set(6, newest.Reason)
            .Set(7, newest.Evidence).Set(8, nowUtcMs).Set(9, actor).Run();
    }

    /// <summary>Adds a step to a venue's life.</summary>
    public static void AddStep(
        FleetConnection connection, VenueModel venue, VenueLifeStep step, long nowUtcMs, string actor)
    {
        using var insert = connection.Prepare("""
            INSERT INTO venue_life (venue_id, step, life, from_day, recorded_day, evidence, made_utc_ms, made_by)
            VALUES (?1, (SELECT count(*) + 1 FROM venue_life WHERE venue_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        insert.Set(1, venue.VenueId).Set(2, step.Life.ToString()).Set(3, DayText.Number(step.From))
            .Set(4, DayText.Number(step.RecordedOn)).Set(5, step.Evidence).Set(6, nowUtcMs).Set(7, actor).Run();
    }

    private static List<VenueModel> Read(FleetConnection connection, string only)
    {
        var lives = Lives(connection, only);
        var operators = Operators(connection, only);
        using var query = connection.Prepare("""
            SELECT venue_id, kind, presence, place_code, name, address, url FROM venues
            WHERE ?1 = '' OR venue_id = ?1 ORDER BY venue_id
            """);
        query.Set(1, only);
        var venues = new List<VenueModel>();
        while (query.Next())
        {
            venues.Add(new VenueModel(
                query.Text(0), query.Text(1), Enum.Parse<Presence>(query.Text(2)), query.Text(3),
                [.. operators[query.Text(0)]], query.Text(4), query.Text(5), query.Text(6),
                [.. lives[query.Text(0)]]));
        }

        return venues;
    }

    private static ILookup<string, VenueLifeStep> Lives(FleetConnection connection, string only)
    {
        using var query = connection.Prepare("""
            SELECT venue_id, life, from_day, recorded_day, evidence FROM venue_life
            WHERE ?1 = '' OR venue_id = ?1 ORDER BY venue_id, step
            """);
        query.Set(1, only);
        var lives = new List<(string Venue, VenueLifeStep Step)>();
        while (query.Next())
        {
            lives.Add((query.Text(0), new VenueLifeStep(Enum.Parse<VenueLife>(query.Text(1)), DayText.Of(query.Long(2)))
            {
                RecordedOn = DayText.Of(query.Long(3)),
                Evidence = query.Text(4),
            }));
        }

        return lives.ToLookup(l => l.Venue, l => l.Step, StringComparer.Ordinal);
    }

    private static ILookup<string, VenueOperator> Operators(FleetConnection connection, string only)
    {
        using var query = connection.Prepare("""
            SELECT venue_id, operator_id, from_day, recorded_day, reason, evidence FROM venue_operators
            WHERE ?1 = '' OR venue_id = ?1 ORDER BY venue_id, step
            """);
        query.Set(1, only);
        var operators = new List<(string Venue, VenueOperator Operator)>();
        while (query.Next())
        {
            operators.Add((query.Text(0), new VenueOperator(query.Text(1), DayText.Of(query.Long(2)))
            {
                RecordedOn = DayText.Of(query.Long(3)),
                Reason = query.Text(4),
                Evidence = query.Text(5),
            }));
        }

        return operators.ToLookup(o => o.Venue, o => o.Operator, StringComparer.Ordinal);
    }
}
