using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Reconciliation;

/// <summary>A sum that says what proves it. Amounts in fen, refunds taken off.</summary>
/// <param name="Figures">
/// <c>signed</c>: from signed journals alone; <c>reconciled</c>: matched with payment bills too; <c>billed</c>: from
/// bills alone.
/// </param>
/// <param name="Sales">Sales, or payments where bills alone speak.</param>
/// <param name="TotalFen">Their amount.</param>
/// <param name="AidFen">Its aid part; null where nobody knows it.</param>
internal sealed record FigureSum(string Figures, long Sales, long TotalFen, long? AidFen)
{
    /// <summary>From signed journals alone.</summary>
    public const string Signed = "signed";

    /// <summary>Matched with payment bills too.</summary>
    public const string Reconciled = "reconciled";

    /// <summary>From bills alone.</summary>
    public const string Billed = "billed";

    /// <summary>Nothing yet.</summary>
    public static FigureSum Zero(string figures) => new(figures, 0, 0, figures == Billed ? null : 0);

    /// <summary>This sum with more.</summary>
    public FigureSum Plus(long sales, long totalFen, long? aidFen) => checked(this with
    {
        Sales = Sales + sales,
        TotalFen = TotalFen + totalFen,
        AidFen = AidFen + aidFen,
    });
}

/// <summary>
/// The figures of an operator in a county, or of all. The signed figure is the sum of reconciled, pending, differing,
/// recorded and not paid, and not by bill; what was paid and not recorded is in none of them.
/// </summary>
internal sealed record ReconciliationFigures
{
    /// <summary>The operator; empty for all, and for sales without an assignment.</summary>
    public required string OperatorId { get; init; }

    /// <summary>The county; empty for all, and for payments of bills that no cabinet is known for.</summary>
    public required string CountyCode { get; init; }

    /// <summary>Everything that signed journals say.</summary>
    public FigureSum Signed { get; init; } = FigureSum.Zero(FigureSum.Signed);

    /// <summary>Of it: matched with bills.</summary>
    public FigureSum Reconciled { get; init; } = FigureSum.Zero(FigureSum.Reconciled);

    /// <summary>Of it: the bill is not there yet, or something may still come.</summary>
    public FigureSum Pending { get; init; } = FigureSum.Zero(FigureSum.Signed);

    /// <summary>Of it: the bill has another amount.</summary>
    public FigureSum Differing { get; init; } = FigureSum.Zero(FigureSum.Signed);

    /// <summary>Of it: the bill is there and does not have it.</summary>
    public FigureSum RecordedNotPaid { get; init; } = FigureSum.Zero(FigureSum.Signed);

    /// <summary>Of it: paid in a way that no bill lists, by method.</summary>
    public IReadOnlyDictionary<string, FigureSum> NotByBill { get; init; } =
        new Dictionary<string, FigureSum>(StringComparer.Ordinal);

    /// <summary>Payments of bills without a sale, after the days of waiting.</summary>
    public FigureSum PaidNotRecorded { get; init; } = FigureSum.Zero(FigureSum.Billed);

    /// <summary>Payments of bills whose sale may still come.</summary>
    public FigureSum PaidPending { get; init; } = FigureSum.Zero(FigureSum.Billed);
}

/// <summary>A payment without a sale, and where it seems to have been made.</summary>
internal sealed record PlacedPayment(UnrecordedPayment Payment, string CabinetId, string CountyCode);

/// <summary>Adds up what was recorded and what bills say. Pure.</summary>
internal static class FiguresRule
{
    /// <summary>The figures by operator and county, in their order.</summary>
    /// <param name="days">The sums of the window.</param>
    /// <param name="differing">Its sales that differ: their sums above are told apart by them.</param>
    /// <param name="payments">Payments without a sale on bills of the window.</param>
    /// <param name="wait">When absence counts.</param>
    public static IReadOnlyList<ReconciliationFigures> By(
        IEnumerable<DaySum> days, IEnumerable<StoredSale> differing, IEnumerable<PlacedPayment> payments, WaitRule wait)
    {
        var rows = new Dictionary<(string Operator, string County), ReconciliationFigures>();
        foreach (var day in days)
        {
            Add(rows, (day.OperatorId, day.CountyCode), row => Add(row, day, wait));
        }

        foreach (var (sale, settlement) in differing)
        {
            var isPending = wait.StateOf(sale, settlement) == SaleState.Pending;
            Add(rows, (sale.Place.OperatorId, sale.Place.CountyCode), row => isPending
                ? row with { Pending = Plus(row.Pending, sale) }
                : row with { Differing = Plus(row.Differing, sale) });
        }

        foreach (var (payment, cabinet, county) in payments)
        {
            var isFinal = wait.IsUnrecorded(
                new PolicySubject(cabinet, payment.OperatorId, county), payment.BillDay);
            Add(rows, (payment.OperatorId, county), row => isFinal
                ? row with { PaidNotRecorded = row.PaidNotRecorded.Plus(1, payment.KeptFen, null) }
                : row with { PaidPending = row.PaidPending.Plus(1, payment.KeptFen, null) });
        }

        return [.. rows.Values.OrderBy(r => r.OperatorId, StringComparer.Ordinal)
            .ThenBy(r => r.CountyCode, StringComparer.Ordinal)];
    }

    /// <summary>All rows together.</summary>
    public static ReconciliationFigures Total(IEnumerable<ReconciliationFigures> rows) => rows.Aggregate(
        new ReconciliationFigures { OperatorId = "", CountyCode = "" },
        (sum, row) => sum with
        {
            Signed = Plus(sum.Signed, row.Signed),
            Reconciled = Plus(sum.Reconciled, row.Reconciled),
            Pending = Plus(sum.Pending, row.Pending),
            Differing = Plus(sum.Differing, row.Differing),
            RecordedNotPaid = Plus(sum.RecordedNotPaid, row.RecordedNotPaid),
            NotByBill = row.NotByBill.Aggregate(sum.NotByBill, (all, one) => With(all, one.Key, one.Value)),
            PaidNotRecorded = Plus(sum.PaidNotRecorded, row.PaidNotRecorded),
            PaidPending = Plus(sum.PaidPending, row.PaidPending),
        });

    private static ReconciliationFigures Add(ReconciliationFigures row, DaySum day, WaitRule wait)
    {
        row = row with { Signed = Plus(row.Signed, day) };
        return day.Outcome switch
        {
            SaleOutcome.Matched => row with { Reconciled = Plus(row.Reconciled, day) },
            SaleOutcome.NotByBill => row with
            {
                NotByBill = With(row.NotByBill, Word(day.Method), Plus(FigureSum.Zero(FigureSum.Signed), day)),
            },
            // Told apart sale by sale.
            SaleOutcome.Differs => row,
            _ => wait.IsUnpaid(
                new PolicySubject(day.CabinetId, day.OperatorId, day.CountyCode), day.Method, day.BusinessDay, day.Edge)
                ? row with { RecordedNotPaid = Plus(row.RecordedNotPaid, day) }
                : row with { Pending = Plus(row.Pending, day) },
        };
    }

    private static void Add(
        Dictionary<(string, string), ReconciliationFigures> rows, (string Operator, string County) key,
        Func<ReconciliationFigures, ReconciliationFigures> change) => rows[key] = change(
            rows.GetValueOrDefault(key)
            ?? new ReconciliationFigures { OperatorId = key.Operator, CountyCode = key.County });

    private static Dictionary<string, FigureSum> With(
        IReadOnlyDictionary<string, FigureSum> sums, string method, FigureSum more)
    {
        var all = new Dictionary<string, FigureSum>(sums, StringComparer.Ordinal);
        all[method] = Plus(all.GetValueOrDefault(method) ?? FigureSum.Zero(FigureSum.Signed), more);
        return all;
    }

    private static FigureSum Plus(FigureSum sum, DaySum day) => sum.Plus(day.Sales, day.NetFen, day.NetAidFen);

    private static FigureSum Plus(FigureSum sum, RecordedSale sale) =>
        sum.Plus(1, sale.Amounts.NetFen, sale.Amounts.NetAidFen);

    private static FigureSum Plus(FigureSum sum, FigureSum more) => sum.Plus(more.Sales, more.TotalFen, more.AidFen);

    private static string Word(PaymentMethod method) => ReconciliationTexts.Word(method.ToString());
}
