using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Reads what cabinets said of themselves last: fresh figures of a cabinet whose backlog is not committed yet. Each
/// call has its own connection; thread-safe.
/// </summary>
internal sealed class HelloQueries(FleetDatabase database)
{
    /// <summary>Most rows of one page.</summary>
    public const int MaxPage = 1_000;

    private const string Columns = """
        SELECT journal_id, heard_utc_ms, tail_seq, backlog, oldest_unsent_utc_ms, sales_fen, refunds_fen, sales,
               wall_offset_ms, applied_config, agent_version, cabinet_id
        FROM hellos
        """;

    /// <summary>A cabinet's last hello; null when it was never heard.</summary>
    public HelloShown? Of(CabinetId cabinet)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare(Columns + " WHERE cabinet_id = ?1");
        query.Set(1, cabinet.Value);
        return query.Next() ? Show(query) : null;
    }

    /// <summary>The last hellos of all cabinets, by cabinet.</summary>
    /// <param name="sinceUtcMs">Only those heard at this moment or later, Unix milliseconds UTC.</param>
    /// <param name="after">Only cabinets whose id comes after this one; empty for the first page.</param>
    /// <param name="count">Most rows, 1 to <see cref="MaxPage"/>; brought into that range.</param>
    public HelloPage Page(long sinceUtcMs, string after, int count)
    {
        var most = Math.Clamp(count, 1, MaxPage);
        using var connection = database.OpenReader();
        using var query = connection.Prepare(
            Columns + " WHERE cabinet_id > ?1 AND heard_utc_ms >= ?2 ORDER BY cabinet_id LIMIT ?3");
        query.Set(1, after).Set(2, sinceUtcMs).Set(3, (long)most);
        var rows = new List<CabinetHelloShown>();
        while (query.Next())
        {
            rows.Add(new CabinetHelloShown(query.Text(11), Show(query)));
        }

        return new HelloPage(rows, rows.Count < most ? null : rows[^1].Cabinet);
    }

    private static HelloShown Show(Statement row) => new(
        row.Journal(0).ToString(), Utc(row.Long(1)), (ulong)row.Long(2), (ulong)row.Long(3),
        row.Long(4) == 0 ? null : Utc(row.Long(4)), row.Long(5), row.Long(6), row.Long(7), row.Long(8), row.Text(9),
        row.Text(10), true);

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(utcMs, -62_135_596_800_000, 253_402_300_799_999)).UtcDateTime;
}
