using System.Globalization;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>The tables of recognitions and their steps. The caller brings connection and transaction.</summary>
internal static class RecognitionStore
{
    /// <summary>The columns in the order in which they are read.</summary>
    public const string Columns = $"recognition_id, {ColumnsButId}";

    private const string ColumnsButId = """
        product_id, county_code, state, notice_from, notice_to, listed_from_utc_ms, valid_from_utc_ms,
        valid_to_utc_ms, ground
        """;

    /// <summary>The state at the moment ?3, as <see cref="Recognition.StateAt"/> says it.</summary>
    public const string StateNow =
        "CASE WHEN state = 'Listed' AND valid_to_utc_ms <= ?3 THEN 'Expired' ELSE state END";

    private const string DayForm = "yyyy-MM-dd";

    /// <summary>The recognition with a number, or null.</summary>
    public static Recognition? Find(FleetConnection connection, long recognitionId)
    {
        using var find = connection.Prepare($"SELECT {Columns} FROM recognitions WHERE recognition_id = ?1");
        return find.Set(1, recognitionId).Next() ? Read(find) : null;
    }

    /// <summary>All recognitions of a product, by one county or (null) by any, oldest first.</summary>
    public static IReadOnlyList<Recognition> Of(FleetConnection connection, string productId, string? county)
    {
        using var find = connection.Prepare($"""
            SELECT {Columns} FROM recognitions WHERE product_id = ?1 AND county_code = coalesce(?2, county_code)
            ORDER BY recognition_id
            """);
        find.Set(1, productId).Set(2, county);
        var found = new List<Recognition>();
        while (find.Next())
        {
            found.Add(Read(find));
        }

        return found;
    }

    /// <summary>Adds a recognition with its first step; returns it with its number.</summary>
    public static Recognition Insert(FleetConnection connection, Recognition recognition, KeptStep first)
    {
        using var insert = connection.Prepare($"""
            INSERT INTO recognitions ({ColumnsButId}) VALUES (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            RETURNING recognition_id
            """);
        Bind(insert, recognition).Next();
        var stored = recognition with { RecognitionId = insert.Long(0) };
        insert.Reset();
        Keep(connection, stored.RecognitionId, first);
        return stored;
    }

    /// <summary>Puts the recognition's state where it is now and keeps the step that led there.</summary>
    public static void Move(FleetConnection connection, Recognition recognition, KeptStep step)
    {
        using var update = connection.Prepare("""
            UPDATE recognitions SET product_id = ?2, county_code = ?3, state = ?4, notice_from = ?5, notice_to = ?6,
              listed_from_utc_ms = ?7, valid_from_utc_ms = ?8, valid_to_utc_ms = ?9, ground = ?10
            WHERE recognition_id = ?1
            """);
        Bind(update, recognition).Run();
        Keep(connection, recognition.RecognitionId, step);
    }

    /// <summary>The steps of a recognition, oldest first.</summary>
    public static IReadOnlyList<KeptStep> Steps(FleetConnection connection, long recognitionId)
    {
        using var find = connection.Prepare("""
            SELECT from_state, to_state, at_utc_ms, actor, why, detail FROM recognition_steps
            WHERE recognition_id = ?1 ORDER BY step_id
            """);
        find.Set(1, recognitionId);
        var steps = new List<KeptStep>();
        while (find.Next())
        {
            steps.Add(new KeptStep(
                CatalogueStore.TextOrNull(find, 0) is { } from ? Enum.Parse<RecognitionState>(from) : null,
                Enum.Parse<RecognitionState>(find.Text(1)), find.Long(2), find.Text(3), find.Text(4), find.Text(5)));
        }

        return steps;
    }

    /// <summary>Which listings an import may not touch.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="isOfCity">Whether a county's recognitions take their steps here.</param>
    public static UnderWay ReadUnderWay(FleetConnection connection, Predicate<string> isOfCity)
    {
        using var find = connection.Prepare("""
            SELECT product_id, county_code, state, listed_from_utc_ms,
              NOT EXISTS (SELECT 1 FROM recognitions n
                          WHERE n.product_id = r.product_id AND n.county_code = r.county_code
                            AND n.recognition_id > r.recognition_id)
            FROM recognitions r WHERE state <> 'Listed'
            """);
        var (lanes, ended) = (new HashSet<(string, string)>(), new HashSet<(string, string)>());
        var revoked = new HashSet<(string, string, long)>();
        while (find.Next())
        {
            var (productId, county, isLast) = (find.Text(0), find.Text(1), find.Long(4) != 0);
            if (RecognitionRules.IsUnderWay(Enum.Parse<RecognitionState>(find.Text(2))))
            {
                lanes.Add((productId, county));
                continue;
            }

            if (find.LongOrNull(3) is { } from)
            {
                revoked.Add((productId, county, from));
            }

            if (isLast && isOfCity(county))
            {
                ended.Add((productId, county));
            }
        }

        return new UnderWay(lanes, revoked, ended);
    }

    /// <summary>
    /// Lets recognitions follow listings that a version of an import or a correction made or ended otherwise: what is
    /// listed has a recognition that says so. Set by set, since an import may have a hundred thousand.
    /// </summary>
    public static void Follow(CatalogueTurn turn, long version, string actor, string why)
    {
        const string Matches = """
            r.product_id = l.product_id AND r.county_code = l.recognised_by AND r.listed_from_utc_ms = l.from_utc_ms
            """;
        const string Step = """
            INSERT INTO recognition_steps (recognition_id, from_state, to_state, at_utc_ms, actor, why, detail)
            """;
        const string ToUtcMs = """
            '{"toUtcMs":' || coalesce(CAST(l.to_utc_ms AS TEXT), 'null') || '}'
            """;
        (string Sql, bool IsStep)[] statements =
        [
            ($"""
            {Step} SELECT r.recognition_id, r.state, r.state, ?2, ?3, ?4, {ToUtcMs}
            FROM listings l JOIN recognitions r ON {Matches}
            WHERE l.version = ?1 AND r.valid_to_utc_ms IS DISTINCT FROM l.to_utc_ms
            """, true),
            ($"""
            UPDATE recognitions AS r SET valid_to_utc_ms = l.to_utc_ms FROM listings l
            WHERE {Matches} AND l.version = ?1 AND r.state = 'Listed'
            """, false),
            ($"""
            INSERT INTO recognitions
              (product_id, county_code, state, listed_from_utc_ms, valid_from_utc_ms, valid_to_utc_ms)
            SELECT l.product_id, l.recognised_by, 'Listed', l.from_utc_ms, l.from_utc_ms, l.to_utc_ms FROM listings l
            WHERE l.version = ?1 AND l.recognised_by <> '{Listing.NationalList}'
              AND NOT EXISTS (SELECT 1 FROM recognitions r WHERE {Matches})
            """, false),
            ($"""
            {Step} SELECT r.recognition_id, NULL, r.state, ?2, ?3, ?4, {ToUtcMs}
            FROM listings l JOIN recognitions r ON {Matches}
            WHERE l.version = ?1
              AND NOT EXISTS (SELECT 1 FROM recognition_steps s WHERE s.recognition_id = r.recognition_id)
            """, true),
        ];
        foreach (var (sql, isStep) in statements)
        {
            using var statement = turn.Connection.Prepare(sql);
            statement.Set(1, version);
            (isStep ? statement.Set(2, turn.NowUtcMs).Set(3, actor).Set(4, why) : statement).Run();
        }
    }

    /// <summary>
    /// Lets a recognition follow its listing that a correction took away, or began at another moment. False when the
    /// listing has no recognition.
    /// </summary>
    public static bool FollowMoved(CatalogueTurn turn, Listing before, Listing? after, string actor, string why)
    {
        var found = Of(turn.Connection, before.ProductId, before.RecognisedBy)
            .LastOrDefault(r => r.ListedFromUtcMs == before.InForce.FromUtcMs);
        if (found is null)
        {
            return false;
        }

        var next = after is null
            ? found with
            {
                State = found.State == RecognitionState.Suspended ? found.State : RecognitionState.Revoked,
                ListedFromUtcMs = null,
            }
            : found with
            {
                ListedFromUtcMs = after.InForce.FromUtcMs,
                ValidFromUtcMs = after.InForce.FromUtcMs,
                ValidToUtcMs = found.State == RecognitionState.Listed ? after.InForce.ToUtcMs : found.ValidToUtcMs,
            };
        Move(turn.Connection, next, new KeptStep(
            found.State, next.State, turn.NowUtcMs, actor, why, CatalogueJson.Text(new
            {
                before.InForce.FromUtcMs,
                before.InForce.ToUtcMs,
                newFromUtcMs = after?.InForce.FromUtcMs,
                newToUtcMs = after?.InForce.ToUtcMs,
            })));
        return true;
    }

    private static void Keep(FleetConnection connection, long recognitionId, KeptStep step)
    {
        using var keep = connection.Prepare("""
            INSERT INTO recognition_steps (recognition_id, from_state, to_state, at_utc_ms, actor, why, detail)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        keep.Set(1, recognitionId).Set(2, step.From?.ToString()).Set(3, step.To.ToString()).Set(4, step.AtUtcMs)
            .Set(5, step.Actor).Set(6, step.Why).Set(7, step.DetailJson).Run();
    }

    private static Statement Bind(Statement statement, Recognition r) => statement.Set(1, r.RecognitionId)
        .Set(2, r.ProductId).Set(3, r.County).Set(4, r.State.ToString()).Set(5, Text(r.NoticeFrom))
        .Set(6, Text(r.NoticeTo)).Set(7, r.ListedFromUtcMs).Set(8, r.ValidFromUtcMs).Set(9, r.ValidToUtcMs)
        .Set(10, r.Ground?.ToString());

    /// <summary>Reads a recognition from a row of <see cref="Columns"/>.</summary>
    public static Recognition Read(Statement row) => new(
        row.Long(0), row.Text(1), row.Text(2), Enum.Parse<RecognitionState>(row.Text(3)))
    {
        NoticeFrom = Day(CatalogueStore.TextOrNull(row, 4)),
        NoticeTo = Day(CatalogueStore.TextOrNull(row, 5)),
        ListedFromUtcMs = row.LongOrNull(6),
        ValidFromUtcMs = row.LongOrNull(7),
        ValidToUtcMs = row.LongOrNull(8),
        Ground = CatalogueStore.TextOrNull(row, 9) is { } ground ? Enum.Parse<RecognitionGround>(ground) : null,
    };

    private static string? Text(DateOnly? day) => day?.ToString(DayForm, CultureInfo.InvariantCulture);

    private static DateOnly? Day(string? text) =>
        text is null ? null : DateOnly.ParseExact(text, DayForm, CultureInfo.InvariantCulture);
}
