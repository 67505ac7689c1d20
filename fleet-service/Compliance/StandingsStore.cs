using System.Runtime.InteropServices;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Compliance;

/// <summary>A cabinet's time at one site under one operator, with what was sold then within a window.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="AssignmentId">0 when the cabinet sold without an assignment.</param>
/// <param name="OperatorId">Empty without an assignment.</param>
/// <param name="CountyCode">Empty without an assignment.</param>
/// <param name="SiteName">Empty without an assignment.</param>
/// <param name="FromUtcMs">Beginning of the assignment; orders a cabinet's assignments.</param>
/// <param name="Life">The cabinet's life, or empty when it is not registered.</param>
/// <param name="Amounts">What was sold.</param>
internal sealed record AssignmentSales(
    string CabinetId,
    long AssignmentId,
    string OperatorId,
    string CountyCode,
    string SiteName,
    long FromUtcMs,
    string Life,
    ClassAmounts Amounts);

/// <summary>Everything that standings and totals of a window are made from, as it was at one moment.</summary>
/// <param name="Assignments">
/// Assignments that touch the window or have sales in it, by cabinet and then by their beginning.
/// </param>
/// <param name="CompleteUntilUtcMs">By cabinet: until when its data is complete; absent when never heard.</param>
internal sealed record WindowSales(
    IReadOnlyList<AssignmentSales> Assignments, IReadOnlyDictionary<string, long> CompleteUntilUtcMs)
{
    /// <summary>Which of the sums payment bills prove.</summary>
    public FiguresProof Proof { get; init; } = FiguresProof.Of([], null);
}

/// <summary>
/// Reads the ledger's totals beside the register: a window of all cabinets from whole months and weeks, so that it
/// costs what its cabinets cost and not what the ledger holds. Only reads. Thread-safe.
/// </summary>
internal sealed class StandingsStore(FleetDatabase database, BusinessZone zone)
{
    // Tables of all cabinets are read from one end to the other and put together here: at a hundred thousand cabinets
    // seeking each row costs several times as much.
    private const string AssignmentsSql = """
        SELECT assignment_id, cabinet_id, operator_id, county_code, site_name, from_utc_ms, to_utc_ms FROM assignments
        """;

    private const string Active = nameof(Fleet.CabinetLife.Active);

    private const string HellosSql =
        "SELECT cabinet_id, journal_id, tail_seq, heard_utc_ms, oldest_unsent_utc_ms FROM hellos";

    private static ReadOnlySpan<byte> ActiveUtf8 => "Active"u8;

    /// <summary>Reads a window, of one cabinet or of all.</summary>
    public WindowSales Read(JudgingWindow window, string? cabinetId = null)
    {
        using var connection = database.OpenReader();
        using var transaction = connection.BeginRead();
        return new WindowSales(ReadSales(connection, window, cabinetId), ReadCompleteness(connection, cabinetId));
    }

    /// <summary>True when the register holds the cabinet.</summary>
    public bool Knows(string cabinetId)
    {
        using var connection = database.OpenReader();
        using var known = connection.Prepare("SELECT 1 FROM cabinets WHERE cabinet_id = ?1");
        return known.Set(1, cabinetId).Next();
    }

    private List<AssignmentSales> ReadSales(FleetConnection connection, JudgingWindow window, string? cabinetId)
    {
        var totals = new WindowTotalsReader(connection).Read(window.From, window.To, cabinetId);
        var strays = new List<AssignmentTotals>();
        var unread = ByAssignment(totals, strays);
        var lives = ReadLives(connection, cabinetId);
        var (from, to) = (zone.StartOfUtcMs(window.From), zone.StartOfUtcMs(window.To));
        var sales = new List<AssignmentSales>(totals.Count);
        using var row = Query(connection, AssignmentsSql, cabinetId);
        while (row.Next())
        {
            var (id, cabinet) = (row.Long(0), row.Text(1));
            var isSold = unread.TryGetValue(id, out var sold) && sold.CabinetId == cabinet && unread.Remove(id);
            if (isSold || (row.Long(5) < to && (row.IsNull(6) || row.Long(6) > from)))
            {
                sales.Add(Sales(row, cabinet, lives.GetValueOrDefault(cabinet, Active), isSold ? sold : null));
            }
        }

        sales.AddRange(unread.Values.Concat(strays).Select(stray => ReadStray(connection, stray)));
        return InOrder(sales);
    }

    /// <summary>An assignment is one cabinet's; totals under another cabinet's are strays.</summary>
    private static Dictionary<long, AssignmentTotals> ByAssignment(
        IReadOnlyList<AssignmentTotals> totals, List<AssignmentTotals> strays)
    {
        var byAssignment = new Dictionary<long, AssignmentTotals>(totals.Count);
        foreach (var one in totals)
        {
            if (!byAssignment.TryAdd(one.AssignmentId, one))
            {
                strays.Add(one);
            }
        }

        return byAssignment;
    }

    /// <summary>Totals whose assignment is not one of their cabinet: they stay in the sums.</summary>
    private static AssignmentSales ReadStray(FleetConnection connection, AssignmentTotals stray)
    {
        using var cabinet = Query(connection, "SELECT life FROM cabinets", stray.CabinetId);
        var life = cabinet.Next() ? cabinet.Text(0) : "";
        using var row = connection.Prepare(AssignmentsSql + " WHERE assignment_id = ?1");
        return row.Set(1, stray.AssignmentId).Next()
            ? Sales(row, stray.CabinetId, life, stray)
            : new AssignmentSales(
                stray.CabinetId, stray.AssignmentId, "", "", "", 0, life, AmountsOf(stray));
    }

    private static AssignmentSales Sales(Statement row, string cabinet, string life, AssignmentTotals? sold) => new(
        cabinet, row.Long(0), row.Text(2), row.Text(3), row.Text(4), row.Long(5), life,
        sold is null ? default : AmountsOf(sold));

    private static ClassAmounts AmountsOf(AssignmentTotals totals) =>
        AmountsOf(ProductClass.Aid, totals.Aid) + AmountsOf(ProductClass.Ordinary, totals.Ordinary)
        + AmountsOf(ProductClass.Unmapped, totals.Unmapped);

    private static ClassAmounts AmountsOf(ProductClass of, in TotalsChange sums) => ClassAmounts.Of(
        of, checked(sums.SalesFen - sums.RefundsOfDayFen), sums.SalesFen, sums.RefundsFen, sums.SalesLines);

    /// <summary>By cabinet and then by the beginning of the assignment; mostly they are registered so.</summary>
    private static List<AssignmentSales> InOrder(List<AssignmentSales> sales)
    {
        for (var i = 1; i < sales.Count; i++)
        {
            if (Compare(sales[i - 1], sales[i]) > 0)
            {
                sales.Sort(Compare);
                break;
            }
        }

        return sales;
    }

    private static int Compare(AssignmentSales one, AssignmentSales other) =>
        string.CompareOrdinal(one.CabinetId, other.CabinetId) is var byCabinet and not 0 ? byCabinet
        : one.FromUtcMs.CompareTo(other.FromUtcMs) is var byTime and not 0 ? byTime
        : one.AssignmentId.CompareTo(other.AssignmentId);

    /// <summary>The lives of cabinets that are not simply active.</summary>
    private static Dictionary<string, string> ReadLives(FleetConnection connection, string? cabinetId)
    {
        using var row = Query(connection, "SELECT cabinet_id, life FROM cabinets", cabinetId);
        var lives = new Dictionary<string, string>(StringComparer.Ordinal);
        while (row.Next())
        {
            if (!row.Bytes(1).SequenceEqual(ActiveUtf8))
            {
                lives[row.Text(0)] = row.Text(1);
            }
        }

        return lives;
    }

    /// <summary>
    /// A hello says how far its journal reached when it was sent; once the head is there, everything up to the hello is
    /// committed. Until then the data is complete up to the oldest entry that was still unsent, or the head.
    /// </summary>
    private static Dictionary<string, long> ReadCompleteness(FleetConnection connection, string? cabinetId)
    {
        var heads = ReadHeads(connection, cabinetId);
        using var row = Query(connection, HellosSql, cabinetId);
        var until = new Dictionary<string, long>(heads.Count, StringComparer.Ordinal);
        while (row.Next())
        {
            var (tail, heard, oldestUnsent) = (row.Long(2), row.Long(3), row.Long(4));
            var isKnown = heads.TryGetValue(KeyOf(row.Bytes(1)), out var head);
            until[row.Text(0)] = isKnown && head.Seq >= tail ? heard
                : oldestUnsent > 0 ? Math.Max(oldestUnsent, head.UtcMs)
                : head.UtcMs;
        }

        return until;
    }

    private static Dictionary<UInt128, (long Seq, long UtcMs)> ReadHeads(
        FleetConnection connection, string? cabinetId)
    {
        using var row = Query(connection, "SELECT journal_id, head_seq, last_utc_ms FROM journals", cabinetId);
        var heads = new Dictionary<UInt128, (long, long)>();
        while (row.Next())
        {
            heads[KeyOf(row.Bytes(0))] = (row.Long(1), row.Long(2));
        }

        return heads;
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> journalId)
    {
        Span<byte> key = stackalloc byte[16];
        journalId[..Math.Min(journalId.Length, key.Length)].CopyTo(key);
        return MemoryMarshal.Read<UInt128>(key);
    }

    private static Statement Query(FleetConnection connection, string sql, string? cabinetId) => cabinetId is null
        ? connection.Prepare(sql)
        : connection.Prepare(sql + " WHERE cabinet_id = ?1").Set(1, cabinetId);
}
