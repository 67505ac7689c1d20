using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// Looks at what the ledger got and what bills tell otherwise of since the last look, and notes the business days
/// whose figures it changed. So an hourly run costs what an hour brought, and no window is judged anew for nothing. One
/// caller at a time.
/// </summary>
internal sealed class EditionLookStore(FleetDatabase database, IBilledFigures bills)
{
    // A refund counts on the day of its sale. One that waited is tied when its sale comes, which is a new entry itself,
    // or when an entry is released, which is a correction.
    private const string TouchedSql = """
        SELECT DISTINCT business_day FROM entries WHERE position > ?1 AND position <= ?2 AND kind = 1
        UNION
        SELECT DISTINCT sale_day FROM refunds WHERE position > ?1 AND position <= ?2 AND sale_day IS NOT NULL
        UNION
        SELECT e.business_day FROM corrections c JOIN entries e USING (position)
        WHERE c.correction_id > ?3 AND c.correction_id <= ?4
        UNION
        SELECT r.sale_day FROM corrections c JOIN refunds r USING (position)
        WHERE c.correction_id > ?3 AND c.correction_id <= ?4 AND r.sale_day IS NOT NULL
        """;

    /// <summary>Looks, and returns the number of this look. The entries are read outside the writers' turn.</summary>
    public async Task<long> LookAsync(CancellationToken cancellationToken)
    {
        var (mark, days, to) = ReadNew();
        var billed = bills.ChangedAfter(mark.BilledChange);
        to = to with { Look = mark.Look, BilledChange = billed.Change };
        if (mark == to)
        {
            return mark.Look;
        }

        return await database.WriteAsync(
            (connection, _) =>
            {
                using var note = connection.Prepare("""
                    INSERT INTO edition_days (business_day, look) VALUES (?1, ?2)
                    ON CONFLICT (business_day) DO UPDATE SET look = excluded.look
                    """);
                foreach (var day in days)
                {
                    note.Set(1, day).Set(2, mark.Look + 1).Run();
                }

                using var tell = connection.Prepare("""
                    INSERT INTO edition_billed_days (first_day, last_day, look) VALUES (?1, ?2, ?3)
                    ON CONFLICT (first_day, last_day) DO UPDATE SET look = excluded.look
                    """);
                foreach (var (first, last) in billed.Days)
                {
                    tell.Set(1, (long)first).Set(2, (long)last).Set(3, mark.Look + 1).Run();
                }

                using var move = connection.Prepare("""
                    UPDATE edition_marks SET look = ?1, position = ?2, correction_id = ?3, billed_change = ?4
                    """);
                move.Set(1, mark.Look + 1).Set(2, to.Position).Set(3, to.Correction).Set(4, to.BilledChange).Run();
                return mark.Look + 1;
            },
            cancellationToken);
    }

    /// <summary>Business days that ever had figures, with the look that saw them change last.</summary>
    public IReadOnlyDictionary<DateOnly, long> Days()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("SELECT business_day, look FROM edition_days");
        var days = new Dictionary<DateOnly, long>();
        while (query.Next())
        {
            days[Day(query.Long(0))] = query.Long(1);
        }

        return days;
    }

    /// <summary>Days of which bills told otherwise, with the look that saw it last.</summary>
    public IReadOnlyList<BilledDays> Billed()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("SELECT first_day, last_day, look FROM edition_billed_days");
        var billed = new List<BilledDays>();
        while (query.Next())
        {
            billed.Add(new BilledDays(Day(query.Long(0)), Day(query.Long(1)), query.Long(2)));
        }

        return billed;
    }

    /// <summary>The look of each window's last comparison, by name and first and last day.</summary>
    public IReadOnlyDictionary<JudgingWindow, long> Checks()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("SELECT window_name, from_day, to_day, look FROM edition_checks");
        var checks = new Dictionary<JudgingWindow, long>();
        while (query.Next())
        {
            checks[new JudgingWindow(
                query.Text(0), PolicyRequest.Day(query.Text(1))!.Value, PolicyRequest.Day(query.Text(2))!.Value)] =
                query.Long(3);
        }

        return checks;
    }

    /// <summary>The number of the last look.</summary>
    public static long Last(FleetConnection connection)
    {
        using var query = connection.Prepare("SELECT look FROM edition_marks");
        query.Next();
        return query.Long(0);
    }

    /// <summary>Notes that a window's figures were compared, inside the caller's transaction.</summary>
    public static void Checked(FleetConnection connection, JudgingWindow window, long look)
    {
        using var note = connection.Prepare("""
            INSERT INTO edition_checks (window_name, from_day, to_day, look) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (window_name, from_day, to_day) DO UPDATE SET look = excluded.look
            """);
        note.Set(1, window.Name).Set(2, PolicyJson.Day(window.From)!).Set(3, PolicyJson.Day(window.To)!)
            .Set(4, look).Run();
    }

    private static DateOnly Day(long number) =>
        new((int)(number / 10_000), (int)(number / 100 % 100), (int)(number % 100));

    private readonly record struct Mark(long Look, long Position, long Correction, long BilledChange);

    private (Mark Mark, List<long> Days, Mark To) ReadNew()
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var marks = connection.Prepare("""
            SELECT look, position, correction_id, (SELECT coalesce(max(position), 0) FROM entries),
                   (SELECT coalesce(max(correction_id), 0) FROM corrections), billed_change
            FROM edition_marks
            """);
        marks.Next();
        var mark = new Mark(marks.Long(0), marks.Long(1), marks.Long(2), marks.Long(5));
        var to = mark with { Position = marks.Long(3), Correction = marks.Long(4) };
        marks.Reset();
        using var touched = connection.Prepare(TouchedSql);
        touched.Set(1, mark.Position).Set(2, to.Position).Set(3, mark.Correction).Set(4, to.Correction);
        var days = new List<long>();
        while (touched.Next())
        {
            if (touched.Long(0) != 0)
            {
                days.Add(touched.Long(0));
            }
        }

        return (mark, days, to);
    }
}
