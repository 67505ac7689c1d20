namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Counts what was emitted, in plain arithmetic of its own: it shares no code with the fleet service and none with the
/// steering of the generator. A refund is netted in the month of the sale it reverses. Not thread-safe.
/// </summary>
internal sealed class TruthTally
{
    private readonly Dictionary<string, CatalogueRow> _rows;
    private readonly SortedDictionary<BusinessMonth, WindowSums> _windows = [];

    /// <summary>Starts at zero.</summary>
    /// <param name="catalogue">The catalogue that the fleet service is given.</param>
    public TruthTally(IEnumerable<CatalogueRow> catalogue) => _rows = catalogue.ToDictionary(static row => row.Sku);

    /// <summary>How many events of each kind there were.</summary>
    public EventCounts Counts { get; private set; }

    /// <summary>The months with money in them, ascending.</summary>
    public IReadOnlyDictionary<BusinessMonth, WindowSums> Windows => _windows;

    /// <summary>Counts one event.</summary>
    public void Observe(LoadEvent happening)
    {
        switch (happening)
        {
            case SaleIntent sale:
                Counts = Counts with { Sales = Counts.Sales + 1 };
                foreach (var line in sale.Lines)
                {
                    Add(sale.AtUtc, line.Sku, line.PaidFen);
                }

                break;
            case RefundIntent refund:
                Counts = Counts with { Refunds = Counts.Refunds + 1 };
                Add(refund.Of.SoldAtUtc, refund.Of.Sku, -refund.AmountFen);
                break;
            case NonSaleIntent:
                Counts = Counts with { NonSales = Counts.NonSales + 1 };
                break;
            case FailedVendIntent:
                Counts = Counts with { FailedVends = Counts.FailedVends + 1 };
                break;
            case UnknownDeliveryIntent:
                Counts = Counts with { UnknownDeliveries = Counts.UnknownDeliveries + 1 };
                break;
            case HiddenSaleIntent:
                // Nobody told the agent: it is in no figure of the ledger.
                Counts = Counts with { HiddenSales = Counts.HiddenSales + 1 };
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(happening), happening.GetType(), "No such event.");
        }
    }

    /// <summary>Sold before its listing or after it, an aid product is an ordinary one.</summary>
    private void Add(DateTimeOffset soldAt, string sku, long fen)
    {
        var month = BusinessMonth.Of(soldAt);
        var sums = _windows.GetValueOrDefault(month);
        if (!_rows.TryGetValue(sku, out var row))
        {
            sums = sums with { UnmappedFen = checked(sums.UnmappedFen + fen) };
        }
        else if (row.Kind == CatalogueKind.Aid && IsInForce(row, BusinessMonth.DayOf(soldAt)))
        {
            sums = sums with { AidFen = checked(sums.AidFen + fen) };
        }
        else
        {
            sums = sums with { OrdinaryFen = checked(sums.OrdinaryFen + fen) };
        }

        _windows[month] = fen < 0 ? sums with { RefundedFen = checked(sums.RefundedFen - fen) } : sums;
    }

    private static bool IsInForce(CatalogueRow row, DateOnly day) =>
        row.ListedFrom <= day && (row.ListedTo is null || day < row.ListedTo);
}

/// <summary>The money of one cabinet, or of several, in one month, in fen, refunds taken off.</summary>
/// <param name="AidFen">Aid products in the catalogue at the moment of sale.</param>
/// <param name="OrdinaryFen">Mapped products that were not.</param>
/// <param name="UnmappedFen">Products whose SKU has no mapping: in the total, not in aid.</param>
/// <param name="RefundedFen">What was given back of these sales; already taken off the others.</param>
internal readonly record struct WindowSums(long AidFen, long OrdinaryFen, long UnmappedFen, long RefundedFen)
{
    /// <summary>Everything, net of refunds.</summary>
    public long TotalFen => AidFen + OrdinaryFen + UnmappedFen;

    /// <summary>Both together.</summary>
    public static WindowSums operator +(WindowSums left, WindowSums right) => new(
        checked(left.AidFen + right.AidFen),
        checked(left.OrdinaryFen + right.OrdinaryFen),
        checked(left.UnmappedFen + right.UnmappedFen),
        checked(left.RefundedFen + right.RefundedFen));

    /// <summary>
    /// Where the sums stand: no data at a total of zero or less; breach below the threshold; at risk above it by less
    /// than the margin; compliant beyond that. Both bounds in basis points.
    /// </summary>
    public ExpectedStanding Judge(int thresholdBasisPoints, int marginBasisPoints)
    {
        if (TotalFen <= 0)
        {
            return ExpectedStanding.NoData;
        }

        var scaled = (Int128)AidFen * 10_000;
        return scaled < (Int128)TotalFen * thresholdBasisPoints ? ExpectedStanding.Breach
            : scaled < (Int128)TotalFen * (thresholdBasisPoints + marginBasisPoints) ? ExpectedStanding.AtRisk
            : ExpectedStanding.Compliant;
    }
}

/// <summary>How many events of each kind a load has.</summary>
/// <param name="Sales">Sales.</param>
/// <param name="Refunds">Refunds, one per line and step.</param>
/// <param name="NonSales">Non-sales.</param>
/// <param name="FailedVends">Failed vends.</param>
/// <param name="UnknownDeliveries">Unknown deliveries.</param>
/// <param name="HiddenSales">Sales of which no agent is told.</param>
internal readonly record struct EventCounts(
    long Sales, long Refunds, long NonSales, long FailedVends, long UnknownDeliveries, long HiddenSales)
{
    /// <summary>Everything that agents are told.</summary>
    public long Told => Sales + Refunds + NonSales + FailedVends + UnknownDeliveries;

    /// <summary>Both together.</summary>
    public static EventCounts operator +(EventCounts left, EventCounts right) => new(
        left.Sales + right.Sales,
        left.Refunds + right.Refunds,
        left.NonSales + right.NonSales,
        left.FailedVends + right.FailedVends,
        left.UnknownDeliveries + right.UnknownDeliveries,
        left.HiddenSales + right.HiddenSales);
}

/// <summary>The standing a cabinet must be found in.</summary>
internal enum ExpectedStanding
{
    /// <summary>A total of zero or less.</summary>
    NoData,

    /// <summary>At or above threshold and warning margin.</summary>
    Compliant,

    /// <summary>At or above the threshold, within the warning margin.</summary>
    AtRisk,

    /// <summary>Below the threshold.</summary>
    Breach,
}
