using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Charts;

/// <summary>What a chart is cut by.</summary>
internal enum ChartBy
{
    /// <summary>By nothing: one line.</summary>
    All,

    /// <summary>By aid, ordinary and unmapped.</summary>
    Class,

    /// <summary>By the county of the assignment.</summary>
    County,

    /// <summary>By the operator of the assignment.</summary>
    Operator,

    /// <summary>By cabinet.</summary>
    Cabinet,
}

/// <summary>Which sums are wanted.</summary>
/// <param name="IsByHour">By the hour, else by business day.</param>
/// <param name="From">First hour (Unix milliseconds UTC) or day (yyyymmdd).</param>
/// <param name="To">The end, exclusive, likewise.</param>
/// <param name="By">What they are cut by.</param>
/// <param name="CountyCode">Of one county, or null.</param>
/// <param name="OperatorId">Of one operator, or null.</param>
/// <param name="CabinetId">Of one cabinet, or null.</param>
/// <param name="Class">Of one class, or null.</param>
internal sealed record ChartFilter(
    bool IsByHour, long From, long To, ChartBy By, string? CountyCode = null, string? OperatorId = null,
    string? CabinetId = null, ProductClass? Class = null);

/// <summary>A point: the sums of an hour or day.</summary>
/// <param name="Key">Whose: a class, county, operator or cabinet; empty for all.</param>
/// <param name="At">The hour's begin (Unix milliseconds UTC) or the day (yyyymmdd).</param>
/// <param name="Sums">The sums.</param>
internal readonly record struct ChartPoint(string Key, long At, ChartSums Sums);

/// <summary>How far the sums are.</summary>
/// <param name="LedgerPosition">Last ledger entry that they hold.</param>
/// <param name="EntriesBehind">Entries of the ledger that they do not hold yet.</param>
/// <param name="BeingMadeAnew">True while a restored ledger is read again: they are not complete.</param>
internal sealed record ChartAsOf(long LedgerPosition, long EntriesBehind, bool BeingMadeAnew);

/// <summary>Reads the rollups. Thread-safe.</summary>
internal sealed class ChartPageStore(FleetDatabase database, LedgerGenerationStore generations)
{
    /// <summary>The points by key and time, at most one more than asked for.</summary>
    public (IReadOnlyList<ChartPoint> Points, ChartAsOf AsOf) Read(ChartFilter filter, int most)
    {
        var generation = generations.Current();
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        var (table, time) = filter.IsByHour ? ("chart_hours", "hour_utc_ms") : ("chart_days", "business_day");
        var key = filter.By switch
        {
            ChartBy.Class => "CASE t.class WHEN 1 THEN 'aid' WHEN 2 THEN 'ordinary' ELSE 'unmapped' END",
            ChartBy.County => "coalesce(a.county_code, '')",
            ChartBy.Operator => "coalesce(a.operator_id, '')",
            ChartBy.Cabinet => "t.cabinet_id",
            _ => "''",
        };
        // A sale of two classes is one sale, and is in both classes.
        var ofClasses = filter.By == ChartBy.Class || filter.Class is not null;
        var sales = $"CASE WHEN t.class {(ofClasses ? "<>" : "=")} {ChartRule.WholeSale} THEN t.sales ELSE 0 END";
        using var query = connection.Prepare($"""
            SELECT {key}, t.{time}, sum(t.sales_fen), sum({sales}), sum(t.sales_lines), sum(t.refunds_fen),
              sum(t.refunds)
            FROM {table} t LEFT JOIN assignments a ON a.assignment_id = t.assignment_id
            WHERE t.{time} >= ?1 AND t.{time} < ?2 AND (?3 = '' OR a.county_code = ?3)
              AND (?4 = '' OR a.operator_id = ?4) AND (?5 = '' OR t.cabinet_id = ?5) AND (?6 = 0 OR t.class = ?6)
              {(ofClasses ? $"AND t.class <> {ChartRule.WholeSale}" : "")}
            GROUP BY 1, 2
            HAVING sum(t.sales_fen) <> 0 OR sum(t.sales_lines) <> 0 OR sum(t.refunds) <> 0
            ORDER BY 1, 2 LIMIT ?7
            """);
        query.Set(1, filter.From).Set(2, filter.To).Set(3, filter.CountyCode ?? "").Set(4, filter.OperatorId ?? "")
            .Set(5, filter.CabinetId ?? "").Set(6, filter.Class is { } of ? (long)of : 0).Set(7, most + 1L);
        var points = new List<ChartPoint>();
        while (query.Next())
        {
            points.Add(new ChartPoint(query.Text(0), query.Long(1), new ChartSums(
                query.Long(2), query.Long(3), query.Long(4), query.Long(5), query.Long(6))));
        }

        var cursor = ChartStore.Cursor(connection);
        var isOfNow = cursor?.Generation == generation;
        var position = isOfNow ? cursor!.Position : 0;
        return (points, new ChartAsOf(
            position, LedgerChangeStore.NewestPosition(connection) - position, cursor is not null && !isOfNow));
    }
}
