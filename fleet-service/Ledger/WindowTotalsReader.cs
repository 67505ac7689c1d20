using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>What a cabinet's totals under one assignment sum to in a window. In fen, refunds positive.</summary>
internal sealed class AssignmentTotals
{
    /// <summary>The sums of aid products.</summary>
    public TotalsChange Aid;

    /// <summary>The sums of ordinary products.</summary>
    public TotalsChange Ordinary;

    /// <summary>The sums of SKUs without mapping.</summary>
    public TotalsChange Unmapped;

    /// <summary>Sums of one cabinet under one assignment.</summary>
    public AssignmentTotals(string cabinetId, long assignmentId) =>
        (CabinetId, AssignmentId) = (cabinetId, assignmentId);

    /// <summary>The cabinet.</summary>
    public string CabinetId { get; }

    /// <summary>The assignment.</summary>
    public long AssignmentId { get; }
}

/// <summary>
/// Reads the totals of any window of business days, from whole months and weeks as far as they fit and from days at the
/// edges: it costs what the window's cabinets cost, however many sales and days it holds. Reads in the caller's
/// transaction. Made anew for each window.
/// </summary>
internal sealed class WindowTotalsReader(FleetConnection connection)
{
    private const string Sums = "sales_fen, sales_lines, refunds_fen, refunds_of_day_fen";

    private const string WindowsSql = $"""
        SELECT cabinet_id, assignment_id, class, {Sums} FROM window_totals
        WHERE kind = ?1 AND first_day >= ?2 AND first_day < ?3
        ORDER BY first_day, cabinet_id, assignment_id, class
        """;

    // Whoever has a day has its week: the week's rows, side by side, say where to seek in the days.
    private const string DaysSql = """
        SELECT t.cabinet_id, t.assignment_id, t.class, t.sales_fen, t.sales_lines, t.refunds_fen, t.refunds_of_day_fen
        FROM (SELECT DISTINCT cabinet_id, assignment_id FROM window_totals WHERE kind = 2 AND first_day = ?1) w
        CROSS JOIN totals t
        WHERE t.cabinet_id = w.cabinet_id AND t.assignment_id = w.assignment_id
          AND t.business_day >= ?2 AND t.business_day < ?3
        """;

    private const string CabinetSql = $"""
        SELECT cabinet_id, assignment_id, class, {Sums} FROM totals
        WHERE cabinet_id = ?1 AND business_day >= ?2 AND business_day < ?3
        ORDER BY assignment_id
        """;

    private readonly List<AssignmentTotals> _totals = [];
    private readonly Dictionary<(string Cabinet, long Assignment), AssignmentTotals> _known = [];
    private byte[] _lastCabinet = [];
    private AssignmentTotals? _last;
    private bool _isOrdered;

    /// <summary>Reads a window [from, to), of one cabinet or of all; each cabinet and assignment once.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public IReadOnlyList<AssignmentTotals> Read(DateOnly from, DateOnly to, string? cabinetId)
    {
        if (cabinetId is not null)
        {
            // One cabinet's days stand side by side.
            using var days = connection.Prepare(CabinetSql);
            Take(days.Set(1, cabinetId).Set(2, (long)BusinessZone.Number(from)).Set(3, (long)BusinessZone.Number(to)));
            return _totals;
        }

        var parts = TotalsParts.Of(from, to);
        _isOrdered = parts is [{ IsOneWindow: true }];
        foreach (var part in parts)
        {
            using var rows = connection.Prepare(part.Kind is null ? DaysSql : WindowsSql);
            Take(rows.Set(1, part.Kind is { } kind ? (long)kind : TotalsWindow.WeekOf(BusinessZone.Number(part.From)))
                .Set(2, (long)BusinessZone.Number(part.From)).Set(3, (long)BusinessZone.Number(part.To)));
        }

        return _totals;
    }

    private void Take(Statement rows)
    {
        _last = null;
        while (rows.Next())
        {
            var totals = At(rows.Bytes(0), rows.Long(1));
            var sums = new TotalsChange
            {
                SalesFen = rows.Long(3),
                SalesLines = rows.Long(4),
                RefundsFen = rows.Long(5),
                RefundsOfDayFen = rows.Long(6),
            };
            switch ((ProductClass)rows.Long(2))
            {
                case ProductClass.Aid:
                    totals.Aid.Add(sums);
                    break;
                case ProductClass.Ordinary:
                    totals.Ordinary.Add(sums);
                    break;
                default:
                    totals.Unmapped.Add(sums);
                    break;
            }
        }
    }

    /// <summary>Rows of a cabinet follow each other, so its name is read only once.</summary>
    private AssignmentTotals At(ReadOnlySpan<byte> cabinet, long assignment)
    {
        if (_last is not null && cabinet.SequenceEqual(_lastCabinet))
        {
            if (_last.AssignmentId == assignment)
            {
                return _last;
            }

            return _last = AtNew(_last.CabinetId, assignment);
        }

        _lastCabinet = cabinet.ToArray();
        return _last = AtNew(System.Text.Encoding.UTF8.GetString(cabinet), assignment);
    }

    private AssignmentTotals AtNew(string cabinet, long assignment)
    {
        // The rows of one window come in the order of its key: what is new in them was not there before.
        if (!_isOrdered && _known.TryGetValue((cabinet, assignment), out var known))
        {
            return known;
        }

        var totals = new AssignmentTotals(cabinet, assignment);
        _totals.Add(totals);
        if (!_isOrdered)
        {
            _known.Add((cabinet, assignment), totals);
        }

        return totals;
    }
}
